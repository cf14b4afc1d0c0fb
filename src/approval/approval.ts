import type { Audit, AuditAction } from '../audit/audit.ts'
import type { ApprovalState, DecisionOutcome } from '../model/approval.ts'
import { type CrmChange, changeHash } from '../model/change.ts'
import type { ActionClass, RecommendationState } from '../model/review.ts'
import {
  type ApprovalRow,
  addVersion,
  approveInTime,
  approversOf,
  closePending,
  insertApproval,
  linkReplacement,
  lockApproval,
  recordDecision,
  versionOf,
} from '../store/approvals.ts'
import { refreshCard } from '../store/cards.ts'
import { type Db, type Tx, transaction } from '../store/db.ts'
import { planOperation } from '../store/operations.ts'
import { cardKey, enqueueCard } from '../store/outbox.ts'
import { markHomeStale } from '../store/owners.ts'
import { lockRecommendation, moveRecommendation, type RecommendationRow } from '../store/recommendations.ts'

/**
 * Opening and ending approvals: one transaction each, in which the decision, the operation it allows, the card's
 * update and, last, the audit event stand or fall together. It never talks to Slack or to the CRM.
 */
export type ApprovalTools = {
  db: Db
  audit: Audit
  /** How long a proposal may be approved. */
  ttlMs: number
  /** Amount from which two people must approve; null: one always suffices. */
  secondApproverAbove: number | null
}

export type Place = {
  /** A Slack channel, or a user id for a direct message. */
  channel: string
  threadKey?: string
}

/** Who is to decide, and where the card goes. */
export type Asked = { ownerId: string; place: Place }

/** Why an approval ended without an effect, and by whom: an owner's id, or `system`. */
export type Ending = {
  by: string
  reason?: string
  replacedBy?: string
  snoozedUntil?: Date
  /** The person does not want this kind for this account again. */
  suppressed?: boolean
}

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
  return transaction(tools.db, (tx) => openApprovalIn(tx, tools, recommendationId, asked))
}

/** The same within the caller's transaction, for what must appear together with the card, such as its digest. */
export async function openApprovalIn(
  tx: Tx,
  tools: ApprovalTools,
  recommendationId: string,
  asked: Asked,
): Promise<string | null> {
  const recommendation = await lockRecommendation(tx, recommendationId)
  if (recommendation?.state !== 'open') return null
  const { change } = recommendation
  const approval = await openIn(tx, tools, recommendation, { ...asked, change })
  await appendEvent(tx, tools, approval, 'approval.opened', asked.ownerId, { change })
  return approval.id
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
  await markHomeStale(tx, [asked.ownerId])
  return approval
}

function requiredDeciders(tools: ApprovalTools, actionClass: ActionClass, change: CrmChange): number {
  const limit = tools.secondApproverAbove
  if (limit === null || change.action !== 'update') return 1
  if (actionClass !== 'amount' && actionClass !== 'ownership' && actionClass !== 'closing') return 1
  const amounts = [change.fields.Amount, change.before.Amount].filter((value) => typeof value === 'number')
  // A change of owner or of a closed stage carries no amount of its own: it always takes two.
  return amounts.length === 0 || amounts.some((amount) => amount >= limit) ? 2 : 1
}

export type Press = {
  approvalId: string
  /** The version on the card that was pressed. */
  version: number
  /** Owner id, from the verified payload. */
  person: string
  interactionId?: string
}

/** Approves what the pressed card showed. */
export async function approve(tools: ApprovalTools, press: Press): Promise<DecisionOutcome> {
  return transaction(tools.db, async (tx) => {
    const found = await pendingVersion(tx, press)
    return 'outcome' in found ? found.outcome : approveIn(tx, tools, found.approval, press)
  })
}

/** Approves what a person made of the proposal: a new version with its own hash, then the decision on it. */
export async function approveEdited(
  tools: ApprovalTools,
  press: Press,
  change: CrmChange,
): Promise<DecisionOutcome> {
  return transaction(tools.db, async (tx) => {
    const found = await pendingVersion(tx, press)
    if ('outcome' in found) return found.outcome
    const edited = await addVersion(tx, found.approval, change, press.person)
    return approveIn(tx, tools, edited, press, { edited: true })
  })
}

async function approveIn(
  tx: Tx,
  tools: ApprovalTools,
  approval: ApprovalRow,
  press: Press,
  details: { edited?: true } = {},
): Promise<DecisionOutcome> {
  const { person, interactionId } = press
  const version = await shownVersion(tx, approval)
  const soFar = approval.requiredDeciders > 1 ? await approversOf(tx, approval) : []
  const deciders = new Set([...soFar, person])
  const payload = { ...details, change: version.change, deciders: [...deciders] }
  if (deciders.size < approval.requiredDeciders) {
    await recordDecision(tx, approval, { person, decision: 'approve', interactionId: interactionId ?? null })
    await refreshCard(tx, approval)
    await appendEvent(tx, tools, approval, 'approval.seconded', person, payload)
    return { kind: 'waiting_for_second', missing: approval.requiredDeciders - deciders.size }
  }
  const approved = await approveInTime(tx, approval, person)
  if (!approved) return expireIn(tx, tools, approval)
  await recordDecision(tx, approved, { person, decision: 'approve', interactionId: interactionId ?? null })
  const operationId = await planOperation(tx, approved)
  await moveRecommendation(tx, approved.recommendationId, 'accepted')
  await refreshCard(tx, approved)
  await appendEvent(tx, tools, approved, 'approval.approved', person, { ...payload, operationId })
  return { kind: 'decided', state: 'approved', operationId }
}

export async function reject(tools: ApprovalTools, press: Press, reason: string): Promise<DecisionOutcome> {
  return transaction(tools.db, async (tx) => {
    const found = await pendingVersion(tx, press)
    if ('outcome' in found) return found.outcome
    const ending = { by: press.person, reason }
    const rejected = await endIn(tx, tools, found.approval, 'rejected', ending, press.interactionId)
    return rejected
      ? { kind: 'decided', state: 'rejected', operationId: null }
      : expireIn(tx, tools, found.approval)
  })
}

/** Ends a pending approval for another reason than a press on it; false when it had ended already. */
export async function endApproval(
  tools: ApprovalTools,
  approvalId: string,
  state: Extract<ApprovalState, 'superseded' | 'withdrawn' | 'stale'>,
  ending: Ending,
): Promise<boolean> {
  return transaction(tools.db, async (tx) => {
    const approval = await lockApproval(tx, approvalId)
    if (approval?.state !== 'pending') return false
    return (await endIn(tx, tools, approval, state, ending)) !== null
  })
}

/** Expires one whose time has run out by the database's clock. */
export async function expireApproval(tools: ApprovalTools, approvalId: string): Promise<void> {
  await transaction(tools.db, async (tx) => {
    const approval = await lockApproval(tx, approvalId)
    if (approval?.state === 'pending') await expireIn(tx, tools, approval)
  })
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
    const closed = await closePending(tx, approval.id, 'withdrawn', { decidedBy: by, reason: 'reassigned' })
    if (!closed) return null
    await recordDecision(tx, closed, { person: by, decision: 'withdraw', reason: 'reassigned' })
    const replacement = await openIn(tx, tools, recommendation, { ...asked, change })
    await linkReplacement(tx, approval.id, replacement.id)
    await refreshCard(tx, closed)
    await markHomeStale(tx, [approval.askedOwnerId])
    await appendEvent(tx, tools, closed, 'approval.withdrawn', by, {
      reason: 'reassigned',
      to: asked.ownerId,
    })
    await appendEvent(tx, tools, replacement, 'approval.opened', by, { change, instead: approval.id })
    return replacement.id
  })
}

/** The pending approval at the pressed version; otherwise what to tell the person. */
async function pendingVersion(
  tx: Tx,
  press: Press,
): Promise<{ approval: ApprovalRow } | { outcome: DecisionOutcome }> {
  const approval = await lockApproval(tx, press.approvalId)
  if (!approval) return { outcome: { kind: 'not_found' } }
  const { state, decidedBy: by, decidedAt: at, version } = approval
  if (state !== 'pending') return { outcome: { kind: 'already', state, by, at } }
  if (version !== press.version) return { outcome: { kind: 'changed', version } }
  return { approval }
}

/** The version a card shows, which must be the one that was hashed. */
async function shownVersion(tx: Tx, approval: ApprovalRow) {
  const version = await versionOf(tx, approval.id, approval.version)
  if (!version || version.hash !== approval.changeHash || changeHash(version.change) !== version.hash) {
    throw new Error(`Approval ${approval.id} does not hold the change it was shown with`)
  }
  return version
}

async function expireIn(tx: Tx, tools: ApprovalTools, approval: ApprovalRow): Promise<DecisionOutcome> {
  await endIn(tx, tools, approval, 'expired', { by: 'system' })
  return { kind: 'expired' }
}

const AFTER: Record<Exclude<ApprovalState, 'pending' | 'approved'>, RecommendationState> = {
  rejected: 'rejected',
  expired: 'expired',
  superseded: 'superseded',
  withdrawn: 'withdrawn',
  stale: 'stale',
}

const DECISION = {
  rejected: 'reject',
  expired: 'expire',
  superseded: 'supersede',
  withdrawn: 'withdraw',
  stale: 'stale',
} as const

async function endIn(
  tx: Tx,
  tools: ApprovalTools,
  approval: ApprovalRow,
  state: Exclude<ApprovalState, 'pending' | 'approved'>,
  ending: Ending,
  interactionId?: string,
): Promise<ApprovalRow | null> {
  const { by, reason = null, replacedBy = null, snoozedUntil = null } = ending
  const closed = await closePending(tx, approval.id, state, { decidedBy: by, reason, replacedBy })
  if (!closed) return null
  await recordDecision(tx, closed, {
    person: by,
    decision: DECISION[state],
    reason,
    interactionId: interactionId ?? null,
  })
  const after = ending.suppressed ? 'suppressed' : AFTER[state]
  await moveRecommendation(tx, closed.recommendationId, after, { reason, snoozedUntil })
  await refreshCard(tx, closed)
  await appendEvent(tx, tools, closed, `approval.${state}`, by, {
    reason,
    replacedBy,
    snoozedUntil: snoozedUntil?.toISOString() ?? null,
  })
  return closed
}

async function appendEvent(
  tx: Tx,
  tools: ApprovalTools,
  approval: ApprovalRow,
  action: AuditAction,
  actor: string,
  details: Record<string, unknown>,
): Promise<void> {
  const { id, state, version, changeHash: hash, recommendationId, accountId } = approval
  await tools.audit.append(tx, {
    teamId: approval.teamId,
    actor,
    action,
    subject: id,
    payload: { state, version, changeHash: hash, recommendationId, accountId, ...details },
  })
}
