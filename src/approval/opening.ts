import type { CrmChange } from '../model/change.ts'
import {
  type ApprovalRow,
  closePending,
  insertApproval,
  linkReplacement,
  lockApproval,
  REASSIGNED,
  recordDecision,
} from '../store/approvals.ts'
import { refreshCard } from '../store/cards.ts'
import { type Db, type Tx, transaction } from '../store/db.ts'
import { cardKey, enqueueCard } from '../store/outbox.ts'
import { markHomeStale } from '../store/owners.ts'
import { waitingFor } from '../store/portfolio.ts'
import {
  lockOpen,
  lockRecommendation,
  moveRecommendation,
  type RecommendationRow,
} from '../store/recommendations.ts'
import type { ApprovalTools } from './approval.ts'
import { requiredDeciders } from './demands.ts'
import { appendEvent, shownVersion } from './trail.ts'

/** Asking someone: the approval opens with its card, and its time begins. */

export type Place = {
  /** A Slack channel, or a user id for a direct message. */
  channel: string
  threadKey?: string
}

/** Nobody decides well with more than this waiting: what comes unasked beyond it stays in App Home. */
const MOST_WAITING = 20

/** How many more cards this person may be sent unasked. */
export async function roomForCards(db: Db, ownerId: string): Promise<number> {
  return Math.max(0, MOST_WAITING - (await waitingFor(db, [ownerId])).length)
}

/** Who is to decide, and where the card goes. */
export type Asked = { ownerId: string; place: Place }

/**
 * Shows a recommendation to someone: opens its approval and posts its card. One already shown keeps its approval.
 *
 * @returns the pending approval, or null when the recommendation is no longer open.
 */
export function openApproval(
  tools: ApprovalTools,
  recommendationId: string,
  asked: Asked,
): Promise<string | null> {
  return transaction(tools.db, async (tx) => {
    const [approvalId] = await openApprovalsIn(tx, tools, [recommendationId], asked)
    return approvalId ?? null
  })
}

/**
 * Several at once within the caller's transaction, for what must appear together with its cards, such as a digest.
 * Locked in one order: a review of the same accounts then waits instead of dying.
 */
export async function openApprovalsIn(
  tx: Tx,
  tools: ApprovalTools,
  recommendationIds: readonly string[],
  asked: Asked,
): Promise<string[]> {
  const open = new Map((await lockOpen(tx, recommendationIds)).map((row) => [row.id, row]))
  const opened: ApprovalRow[] = []
  for (const id of recommendationIds) {
    const recommendation = open.get(id)
    if (!recommendation) continue
    opened.push(await openIn(tx, tools, recommendation, { ...asked, change: recommendation.change }))
  }
  if (opened.length > 0) await markHomeStale(tx, [asked.ownerId])
  for (const approval of opened) {
    const { change } = open.get(approval.recommendationId) ?? {}
    await appendEvent(tx, tools, approval, 'approval.opened', asked.ownerId, { change })
  }
  return opened.map(({ id }) => id)
}

async function openIn(
  tx: Tx,
  tools: ApprovalTools,
  recommendation: RecommendationRow,
  asked: Asked & { change: CrmChange },
): Promise<ApprovalRow> {
  const approval = await insertApproval(tx, {
    teamId: recommendation.teamId,
    recommendationId: recommendation.id,
    kind: 'change',
    undoOf: null,
    accountId: recommendation.accountId,
    actionClass: recommendation.actionClass,
    askedOwnerId: asked.ownerId,
    requiredDeciders: requiredDeciders(tools, recommendation.actionClass, asked.change),
    change: asked.change,
    ttlMs: tools.ttlMs,
  })
  await moveRecommendation(tx, recommendation.id, 'shown')
  await enqueueCard(tx, {
    teamId: approval.teamId,
    channel: asked.place.channel,
    ...(asked.place.threadKey ? { threadKey: asked.place.threadKey } : {}),
    approvalId: approval.id,
    action: 'post',
    dedupeKey: cardKey(approval.id),
  })
  return approval
}

/**
 * Asks someone else: the first card ends, and a new approval with a new deadline opens for that person.
 *
 * @returns the new approval; null when the first had ended already.
 */
export async function reassign(
  tools: ApprovalTools,
  approvalId: string,
  by: string,
  asked: Asked,
): Promise<string | null> {
  return transaction(tools.db, async (tx) => {
    const approval = await lockApproval(tx, approvalId)
    if (approval?.state !== 'pending') return null
    const recommendation = await lockRecommendation(tx, approval.recommendationId)
    if (!recommendation) return null
    const { change } = await shownVersion(tx, approval)
    const closed = await closePending(tx, approval.id, 'withdrawn', { decidedBy: by, reason: REASSIGNED })
    if (!closed) return null
    await recordDecision(tx, closed, { person: by, decision: 'withdraw', reason: REASSIGNED })
    const replacement = await openIn(tx, tools, recommendation, { ...asked, change })
    await linkReplacement(tx, approval.id, replacement.id)
    await refreshCard(tx, closed)
    await markHomeStale(tx, [approval.askedOwnerId, asked.ownerId])
    await appendEvent(tx, tools, closed, 'approval.withdrawn', by, {
      reason: REASSIGNED,
      to: asked.ownerId,
    })
    await appendEvent(tx, tools, replacement, 'approval.opened', by, { change, instead: approval.id })
    return replacement.id
  })
}
