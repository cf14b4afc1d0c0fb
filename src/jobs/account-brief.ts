import { z } from 'zod'
import { ownerById } from '../access/identity.ts'
import { openApproval } from '../approval/approval.ts'
import { renderEvidence, renderProgress, type Step } from '../digest/account-messages.ts'
import { renderBrief } from '../digest/brief-view.ts'
import { briefFacts } from '../digest/gather.ts'
import { UpstreamError } from '../errors.ts'
import { reviewAccounts, type Stage } from '../pipeline/review.ts'
import type { Message } from '../slack/message.ts'
import { newId } from '../store/clock.ts'
import { enqueueMessage, postChannel } from '../store/outbox.ts'
import { accountNames } from '../store/portfolio.ts'
import { recommendationsOfAccounts } from '../store/recommendations.ts'
import { reviewById, reviewReached } from '../store/reviews.ts'
import { defineJob } from './define.ts'
import type { JobTools } from './tools.ts'

/** Cards that follow in the brief's thread; the rest stays in App Home. */
const CARDS = 2

/**
 * Answers `/account`: reads the account live, reviews it, and tells its owner or their manager in a direct message,
 * which shows each agent's progress until the brief takes its place.
 */
export const accountBrief = defineJob({
  name: 'account-brief',
  lane: 'work',
  payload: z.object({ reviewId: z.string() }),
  subject: ({ reviewId }) => reviewId,
  whileRunning: 'once',
  attempts: 2,
  async run({ reviewId }, tools) {
    const { db, review, gather, approval } = tools
    const row = await reviewById(db, reviewId)
    const person = row?.requestedBy ? await ownerById(db, row.requestedBy) : null
    const name = row && (await accountNames(db, [row.accountId])).get(row.accountId)
    if (!person?.slackUserId || !name || row.finishedAt) return
    const { accountId } = row
    const channel = person.slackUserId
    const brief = progressiveMessage(tools, { key: briefKey(reviewId), channel })

    await brief.show(progress(name, 'reading'))
    const stale = await refreshOrSay(tools, accountId)
    await reviewAccounts(review, [accountId], {
      trigger: 'request',
      reviewId,
      async onStage(stage) {
        await reviewReached(db, reviewId, stage)
        await brief.show(progress(name, stage))
      },
    })

    const reader = { zone: person.zone, now: new Date() }
    const facts = await briefFacts(gather, accountId, reader)
    if (!facts) return
    await brief.show(renderBrief({ ...facts, degraded: [...facts.degraded, ...stale] }))
    const suggestions = await recommendationsOfAccounts(db, [accountId], ['open', 'shown'])
    const threadKey = briefKey(reviewId)
    for (const { id } of suggestions.filter(({ state }) => state === 'open').slice(0, CARDS)) {
      await openApproval(approval, id, { ownerId: person.id, place: { channel, threadKey } })
    }
    const rationale = suggestions.flatMap((suggestion) => suggestion.rationale)
    const evidence = renderEvidence(
      { accountName: name, rationale },
      { ...reader, recordUrl: gather.recordUrl },
    )
    await progressiveMessage(tools, { key: `${threadKey}:evidence`, channel, threadKey }).show(evidence)
  },
})

export const briefKey = (requestId: string) => `brief:${requestId}`

/** Empty when the account was read anew; otherwise why what follows is older. */
async function refreshOrSay({ sync, log }: JobTools, accountId: string): Promise<string[]> {
  try {
    await sync.account(accountId)
    return []
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    log.warn({ accountId, reason: error.message }, 'account not refreshed')
    return ['Zoho just now, so these are the last known data']
  }
}

const AGENTS = [
  ['reading', 'Reading Zoho'],
  ['scouting', 'Data Scout'],
  ['remembering', 'Memory Analyst'],
  ['authoring', 'Recommendation Author'],
  ['complying', 'Compliance Reviewer'],
] as const satisfies [Stage | 'reading', string][]

function progress(accountName: string, now: Stage | 'reading'): Message {
  const current = AGENTS.findIndex(([stage]) => stage === now)
  const steps = AGENTS.map(([, agent], index): Step => {
    const state = index < current ? 'done' : index === current ? 'running' : 'waiting'
    return { agent, state, note: null }
  })
  return renderProgress({ accountName, steps })
}

/** One message, posted by the first `show` and edited in place by the next. */
function progressiveMessage(
  { db, teamId, enqueue }: JobTools,
  { key, channel, threadKey }: { key: string; channel: string; threadKey?: string },
) {
  return {
    async show(body: Message) {
      const posted = (await postChannel(db, key)) !== null
      await enqueueMessage(db, {
        teamId,
        channel,
        messageKey: key,
        action: posted ? 'update' : 'post',
        ...(threadKey ? { threadKey } : {}),
        dedupeKey: posted ? `${key}:${newId()}` : key,
        body,
      })
      await enqueue('deliver-messages', { channel })
    },
  }
}
