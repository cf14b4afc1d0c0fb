import { z } from 'zod'
import { ownerById } from '../access/identity.ts'
import { openApproval } from '../approval/approval.ts'
import { UpstreamError } from '../errors.ts'
import { reviewAccounts } from '../pipeline/review.ts'
import { plainMessage } from '../slack/blocks.ts'
import { approvalOfRecommendation } from '../store/approvals.ts'
import { replaceApproval } from '../store/cards.ts'
import { newId } from '../store/clock.ts'
import { transaction } from '../store/db.ts'
import { cardKey, enqueueMessage } from '../store/outbox.ts'
import { accountNames } from '../store/portfolio.ts'
import {
  clearSnooze,
  openRecommendations,
  type RecommendationRow,
  recommendationById,
} from '../store/recommendations.ts'
import { defineJob } from './define.ts'
import type { JobTools } from './tools.ts'

/**
 * Looks again, with fresh facts, at what was snoozed, expired, or overtaken by the CRM. What still stands returns as a
 * new card with new 72 hours, and the old card points at it; what does not is said in the old card's thread.
 */
export const lookAgain = defineJob({
  name: 'look-again',
  lane: 'work',
  payload: z.object({ recommendationId: z.string() }),
  subject: ({ recommendationId }) => recommendationId,
  whileRunning: 'once',
  attempts: 3,
  async run({ recommendationId }, tools) {
    const { db, review } = tools
    const before = await recommendationById(db, recommendationId)
    if (!before || before.state === 'open' || before.state === 'shown') return
    await refreshed(tools, before.accountId)
    await clearSnooze(db, recommendationId)
    await reviewAccounts(review, [before.accountId], { trigger: 'request' })
    const owner = before.ownerId ? await ownerById(db, before.ownerId) : null
    if (!owner?.slackUserId) return
    const open = await openRecommendations(db, { accountId: before.accountId })
    const again = open.find((row) => row.dedupeKey === before.dedupeKey)
    if (again) await openInstead(tools, before, again, { ownerId: owner.id, channel: owner.slackUserId })
    else await sayNoLonger(tools, before, owner.slackUserId)
    await tools.enqueue('deliver-messages', { channel: owner.slackUserId })
  },
})

async function refreshed({ sync, log }: JobTools, accountId: string): Promise<void> {
  try {
    await sync.account(accountId)
  } catch (error) {
    // The mirror is minutes old, and the card says how old.
    if (!(error instanceof UpstreamError)) throw error
    log.warn({ accountId, reason: error.message }, 'account not refreshed')
  }
}

async function openInstead(
  { db, approval: tools }: JobTools,
  before: RecommendationRow,
  again: RecommendationRow,
  { ownerId, channel }: { ownerId: string; channel: string },
): Promise<void> {
  const replacement = await openApproval(tools, again.id, { ownerId, place: { channel } })
  const old = await approvalOfRecommendation(db, before.id)
  if (replacement && old) await transaction(db, (tx) => replaceApproval(tx, old, replacement))
}

async function sayNoLonger(
  { db, teamId }: JobTools,
  before: RecommendationRow,
  channel: string,
): Promise<void> {
  const old = await approvalOfRecommendation(db, before.id)
  const name = (await accountNames(db, [before.accountId])).get(before.accountId) ?? 'The account'
  const key = `no-longer:${before.id}:${newId()}`
  await enqueueMessage(db, {
    teamId,
    channel,
    messageKey: key,
    action: 'post',
    ...(old ? { threadKey: cardKey(old.id) } : {}),
    dedupeKey: key,
    body: plainMessage(
      `${name}: I looked again, and with what Zoho says now this is no longer needed. Nothing was written.`,
    ),
  })
}
