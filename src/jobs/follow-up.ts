import { z } from 'zod'
import { endApproval } from '../approval/approval.ts'
import { staleApprovals } from '../approval/stale.ts'
import { goneAccounts } from '../store/account-ids.ts'
import { pendingOfAccounts } from '../store/approvals.ts'
import { transaction } from '../store/db.ts'
import { dropOpen } from '../store/recommendations.ts'
import { clearReviewDue, type DueReview, postponeReview, reviewsDue } from '../store/review-due.ts'
import { setting } from '../store/settings.ts'
import { reviewMany } from './account-reviews.ts'
import { attempt } from './attempt.ts'
import { defineJob } from './define.ts'
import type { JobTools } from './tools.ts'

const AT_ONCE = 200
/** An account that cannot be followed up is tried again after this, so that it never holds up the others. */
const PUT_OFF_MS = 600_000

/**
 * What every change of the mirror leads to: approvals that the CRM overtook end, and the accounts are reviewed. Which
 * accounts is in their rows, marked by whatever saw the change, so it carries nothing and may be lost.
 */
export const followUp = defineJob({
  name: 'follow-up',
  lane: 'work',
  payload: z.object({}),
  subject: () => 'company',
  whileRunning: 'again',
  attempts: 3,
  async run(_, tools) {
    if (!(await isFollowUpDue(tools))) return
    for (;;) {
      const due = await reviewsDue(tools.db, AT_ONCE)
      if (due.length === 0) return
      await follow(tools, due)
    }
  },
})

/** A company that is being taken in is half read, and its first review covers everything. */
export async function isFollowUpDue({ db }: Pick<JobTools, 'db'>): Promise<boolean> {
  if ((await setting(db, 'onboarded_at')) === null) return false
  return (await reviewsDue(db, 1)).length > 0
}

async function follow(tools: JobTools, due: readonly DueReview[]): Promise<void> {
  const { db, log } = tools
  const accountIds = due.map(({ accountId }) => accountId)
  const failed = new Set<string>()
  const pending = await pendingOfAccounts(db, accountIds)
  for (const accountId of new Set(pending.map(({ approval }) => approval.accountId))) {
    const part = { part: 'overtaken approvals', accountId }
    if (!(await attempt(log, part, () => staleApprovals(tools.approval, [accountId])))) failed.add(accountId)
  }
  for (const accountId of await goneAccounts(db, accountIds)) await endAllOf(tools, accountId)
  for (const accountId of await reviewMany(tools, accountIds, 'webhook')) failed.add(accountId)
  await clearReviewDue(
    db,
    due.filter(({ accountId }) => !failed.has(accountId)),
  )
  for (const one of due) if (failed.has(one.accountId)) await postponeReview(db, one, PUT_OFF_MS)
}

/** Nothing can be written to an account that the CRM no longer has, nor to what would hang on it. */
async function endAllOf({ db, approval }: JobTools, accountId: string): Promise<void> {
  for (const pending of await pendingOfAccounts(db, [accountId])) {
    await endApproval(approval, pending.approval.id, 'stale', { by: 'system', reason: 'gone' })
  }
  await transaction(db, (tx) => dropOpen(tx, accountId, [], 'the account is gone from the CRM'))
}
