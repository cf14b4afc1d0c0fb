import type { Audit } from '../audit/audit.ts'
import type { ApprovalState, DecisionOutcome } from '../model/approval.ts'
import type { CrmChange, Fields } from '../model/change.ts'
import type { RecommendationState } from '../model/review.ts'
import {
  type ApprovalRow,
  addVersion,
  approveInTime,
  approversOf,
  closePending,
  hasTimeLeft,
  lockApproval,
  recordDecision,
  type Version,
  versionOf,
} from '../store/approvals.ts'
import { refreshCard } from '../store/cards.ts'
import { newId } from '../store/clock.ts'
import { type Db, type Tx, transaction } from '../store/db.ts'
import { finishInteraction } from '../store/interactions.ts'
import { planOperation } from '../store/operations.ts'
import { lockRecommendation, moveRecommendation, suppress } from '../store/recommendations.ts'
import { demands } from './demands.ts'
import { appendEvent, assertHashed, shownVersion } from './trail.ts'

/**
 * Deciding: one transaction each, in which the decision, the operation it allows, the card's
 * update and the audit event stand or fall together. It never talks to Slack or to the CRM.
 */
export type ApprovalTools = {
  db: Db
  audit: Audit
  /** How long a proposal may be approved. */
  ttlMs: number
  /** Amount from which two people must approve; null: one always suffices. */
  secondApproverAbove: number | null
}

/** Why an approval ended without an effect, and by whom: an owner's id, or `system`. */
export type Ending = {
  by: string
  reason?: string
  replacedBy?: string
  snoozedUntil?: Date
  /** The person does not want this kind for this account again. */
  suppressed?: boolean
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
    // One after the other on their way, so the version is read under the lock.
    const [found, pressed] = await Promise.all([
      pendingVersion(tx, press),
      versionOf(tx, press.approvalId, press.version),
    ])
    if ('outcome' in found) return found.outcome
    return approveIn(tx, tools, { ...found, version: assertHashed(found.approval, pressed) }, press)
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
    const edited = await addVersion(tx, found.approval, change, {
      by: press.person,
      ...demands(tools, found.approval, change),
    })
    const shown = { approval: edited, version: await shownVersion(tx, edited) }
    return approveIn(tx, tools, shown, press, { edited: true })
  })
}

async function approveIn(
  tx: Tx,
  tools: ApprovalTools,
  { approval, version }: { approval: ApprovalRow; version: Version },
  press: Press,
  details: { edited?: true } = {},
): Promise<DecisionOutcome> {
  const { person, interactionId } = press
  const soFar = approval.requiredDeciders > 1 ? await approversOf(tx, approval) : []
  const deciders = new Set([...soFar, person])
  const payload = { ...details, change: version.change, deciders: [...deciders] }
  if (deciders.size < approval.requiredDeciders) {
    if (!(await hasTimeLeft(tx, approval.id))) return expireIn(tx, tools, approval)
    await recordDecision(tx, approval, { person, decision: 'approve', interactionId: interactionId ?? null })
    await refreshCard(tx, approval)
    await appendEvent(tx, tools, approval, 'approval.seconded', person, payload)
    return { kind: 'waiting_for_second', missing: approval.requiredDeciders - deciders.size }
  }
  const approved = await approveInTime(tx, approval, person)
  if (!approved) return expireIn(tx, tools, approval)
  const operationId = newId()
  // None needs another's answer: sent together, they take one round trip.
  await Promise.all([
    recordDecision(tx, approved, { person, decision: 'approve', interactionId: interactionId ?? null }),
    planOperation(tx, approved, operationId),
    moveRecommendation(tx, approved.recommendationId, 'accepted'),
    refreshCard(tx, approved),
    interactionId && finishInteraction(tx, interactionId, { state: 'applied', outcome: 'approved' }),
    appendEvent(tx, tools, approved, 'approval.approved', person, { ...payload, operationId }),
  ])
  return { kind: 'decided', state: 'approved', operationId }
}

/**
 * Lays the proposal over what the record holds now, for someone about to edit it: a new version, whose difference they
 * have seen, instead of one that could only end in a conflict.
 *
 * @returns the approval at its new version; null when it is no longer the one that was looked at.
 */
export async function rebase(tools: ApprovalTools, press: Press, found: Fields): Promise<ApprovalRow | null> {
  return transaction(tools.db, async (tx) => {
    const pending = await pendingVersion(tx, press)
    if ('outcome' in pending) return null
    const { approval } = pending
    const { change } = await shownVersion(tx, approval)
    if (change.action !== 'update') return approval
    const moved = { ...change, before: found }
    const rebased = await addVersion(tx, approval, moved, {
      by: press.person,
      ...demands(tools, approval, moved),
    })
    await refreshCard(tx, rebased)
    await appendEvent(tx, tools, rebased, 'approval.edited', press.person, {
      change: moved,
      why: 'the record moved',
    })
    return rebased
  })
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
  if (ending.suppressed) await suppressKind(tx, closed, by)
  if (interactionId) await finishInteraction(tx, interactionId, { state: 'applied', outcome: state })
  await moveRecommendation(tx, closed.recommendationId, after, { reason, snoozedUntil })
  await refreshCard(tx, closed)
  await appendEvent(tx, tools, closed, `approval.${state}`, by, {
    reason,
    replacedBy,
    snoozedUntil: snoozedUntil?.toISOString() ?? null,
  })
  return closed
}

/** "Don't suggest this again": with the ending, or not at all. */
async function suppressKind(
  tx: Tx,
  { recommendationId, accountId }: ApprovalRow,
  byOwnerId: string,
): Promise<void> {
  const recommendation = await lockRecommendation(tx, recommendationId)
  if (!recommendation) return
  await suppress(tx, { accountId, kind: recommendation.kind, byOwnerId, reason: 'asked on a card' })
}
