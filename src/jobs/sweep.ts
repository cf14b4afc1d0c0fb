import { endApproval, expireApproval } from '../approval/approval.ts'
import { renderNoAnswer } from '../digest/answer-view.ts'
import { dueToExpire } from '../store/approvals.ts'
import { failuresToRetry } from '../store/failed-jobs.ts'
import { unprocessed } from '../store/inbox.ts'
import { dueOperations } from '../store/operations.ts'
import { channelsToDeliver } from '../store/outbox.ts'
import { staleHomes } from '../store/owners.ts'
import { unansweredQuestions } from '../store/questions.ts'
import { expireOpen } from '../store/recommendations.ts'
import { dueToResurface, overtakenApprovals } from '../store/returning.ts'
import { unfinishedReviews } from '../store/reviews.ts'
import { giveUpBrief } from './account-brief.ts'
import { endQuestion } from './answer-question.ts'
import { attempt } from './attempt.ts'
import { tellAdmins } from './dead-letter-card.ts'
import { handOverAgain } from './dead-letters.ts'
import { isFollowUpDue } from './follow-up.ts'
import { ZOHO } from './process-inbox.ts'
import { isRememberDue } from './remember.ts'
import type { JobTools } from './tools.ts'

export const SWEEP_EVERY_MS = 5_000
const AT_ONCE = 200
/** By then a review is over, or its process is. */
const REVIEW_TAKES_MS = 60_000
const GIVE_UP_MS = 600_000

/**
 * Finds by query whatever should be under way and may not be, and hands it over. It is why nothing that was
 * acknowledged depends on a queue remembering it, and what ends approvals whose time has run out. It never throws:
 * what fails in one section is told to the log, and the next sweep tries it again.
 *
 * @param atStart jobs of a killed process still count as running for some seconds: hand over beside them.
 */
export async function sweep(tools: JobTools, { atStart = false } = {}): Promise<void> {
  for (const [part, section] of Object.entries(SECTIONS)) {
    await attempt(tools.log, { part }, () => section(tools, { anyway: atStart }))
  }
}

type Section = (tools: JobTools, handover: { anyway: boolean }) => Promise<void>

const SECTIONS: Record<string, Section> = {
  async 'approvals out of time'({ db, approval, log }) {
    for (const approvalId of await dueToExpire(db, AT_ONCE)) {
      await attempt(log, { part: 'expiry', approvalId }, () => expireApproval(approval, approvalId))
    }
  },
  async 'cards that a newer review overtook'({ db, approval, log }) {
    for (const approvalId of await overtakenApprovals(db, AT_ONCE)) {
      await attempt(log, { part: 'superseding', approvalId }, async () => {
        // Looking again asks what is to be asked now, at an hour that suits the person.
        await endApproval(approval, approvalId, 'superseded', { by: 'system', snoozedUntil: new Date() })
      })
    }
  },
  async operations({ db, enqueue }) {
    for (const { id, orphaned } of await dueOperations(db, AT_ONCE))
      await enqueue('execute-operation', { operationId: id }, { anyway: orphaned })
  },
  async messages({ db, enqueue }) {
    for (const { channel, orphaned } of await channelsToDeliver(db))
      await enqueue('deliver-messages', { channel }, { anyway: orphaned })
  },
  async webhooks({ db, enqueue, settings }) {
    const [waiting] = await unprocessed(db, ZOHO, settings.mergeWindowMs, 1)
    if (waiting) await enqueue('process-inbox', {})
  },
  async 'accounts that moved'(tools) {
    if (await isFollowUpDue(tools)) await tools.enqueue('follow-up', {})
  },
  async memory(tools) {
    if (await isRememberDue(tools)) await tools.enqueue('remember', {})
  },
  async 'snoozes that are over'({ db, enqueue }) {
    for (const { id } of await dueToResurface(db, AT_ONCE))
      await enqueue('look-again', { recommendationId: id })
  },
  async 'suggestions never shown'({ db }) {
    await expireOpen(db)
  },
  async briefs(tools) {
    const { db, enqueue, log } = tools
    for (const review of await unfinishedReviews(db, REVIEW_TAKES_MS)) {
      const isOver = Date.now() - review.startedAt.getTime() > GIVE_UP_MS
      await attempt(log, { part: 'brief', reviewId: review.id }, async () => {
        if (isOver) await giveUpBrief(tools, review)
        else await enqueue('account-brief', { reviewId: review.id })
      })
    }
  },
  async questions({ db, enqueue }) {
    for (const question of await unansweredQuestions(db, REVIEW_TAKES_MS)) {
      const isOver = Date.now() - question.askedAt.getTime() > GIVE_UP_MS
      if (isOver) await endQuestion({ db, enqueue }, question, renderNoAnswer('gone'))
      else await enqueue('answer-question', { questionId: question.id })
    }
  },
  async 'jobs that an admin wants tried again'({ db, enqueue, log }) {
    for (const failure of await failuresToRetry(db)) {
      await attempt(log, { part: 'retry', failure: failure.id }, () =>
        handOverAgain({ db, enqueue }, failure),
      )
    }
  },
  'dead letters': tellAdmins,
  async 'App Homes'({ db, enqueue }, handover) {
    for (const ownerId of await staleHomes(db)) await enqueue('publish-home', { ownerId }, handover)
  },
}
