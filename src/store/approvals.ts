import { and, asc, desc, eq, exists, inArray, isNull, lte, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { ApprovalState, Decision } from '../model/approval.ts'
import type { CrmChange } from '../model/change.ts'
import { changeHash } from '../model/change.ts'
import { clock, fromNow, newId } from './clock.ts'
import type { Db, Tx } from './db.ts'
import { accounts, approvals, approvalVersions, decisions } from './schema.ts'

/** Why an approval was taken back when its card went to somebody else. */
export const REASSIGNED = 'reassigned'
/** Why one was taken back when whoever was asked paused. */
export const PAUSED = 'paused'

export type ApprovalRow = typeof approvals.$inferSelect

export async function insertApproval(
  tx: Tx,
  approval: Pick<
    ApprovalRow,
    | 'teamId'
    | 'recommendationId'
    | 'kind'
    | 'undoOf'
    | 'accountId'
    | 'actionClass'
    | 'askedOwnerId'
    | 'requiredDeciders'
  > & { change: CrmChange; ttlMs: number; editedBy?: string },
): Promise<ApprovalRow> {
  const { change, ttlMs, editedBy, ...values } = approval
  const hash = changeHash(change)
  const id = newId()
  const [row] = await tx
    .insert(approvals)
    .values({ ...values, id, state: 'pending', changeHash: hash, openedAt: clock, expiresAt: fromNow(ttlMs) })
    .returning()
  if (!row) throw new Error('The approval was not stored')
  await tx
    .insert(approvalVersions)
    .values({ approvalId: id, version: 1, change, hash, editedBy: editedBy ?? null })
  return row
}

/** Locks the row: whoever decides next waits here, and then sees what was decided. */
export async function lockApproval(tx: Tx, id: string): Promise<ApprovalRow | null> {
  const [row] = await tx.select().from(approvals).where(eq(approvals.id, id)).for('update')
  return row ?? null
}

export type Version = { change: CrmChange; hash: string }

export async function versionOf(db: Db, approvalId: string, version: number): Promise<Version | null> {
  const [row] = await db
    .select({ change: approvalVersions.change, hash: approvalVersions.hash })
    .from(approvalVersions)
    .where(and(eq(approvalVersions.approvalId, approvalId), eq(approvalVersions.version, version)))
  return row ?? null
}

/** Adds what a person made of the proposal; the button of the version before it stops working. */
export async function addVersion(
  tx: Tx,
  approval: ApprovalRow,
  change: CrmChange,
  edited: { by: string } & Pick<ApprovalRow, 'actionClass' | 'requiredDeciders'>,
): Promise<ApprovalRow> {
  const version = approval.version + 1
  const hash = changeHash(change)
  await tx
    .insert(approvalVersions)
    .values({ approvalId: approval.id, version, change, hash, editedBy: edited.by })
  const [row] = await tx
    .update(approvals)
    .set({
      version,
      changeHash: hash,
      actionClass: edited.actionClass,
      requiredDeciders: edited.requiredDeciders,
    })
    .where(eq(approvals.id, approval.id))
    .returning()
  if (!row) throw new Error('The approval is gone')
  return row
}

/**
 * Moves a pending approval, provided nothing about it changed and its time has not run out.
 *
 * A second statement after the lock, with the clock of this instant: one statement that waited for the lock would
 * not look at the time again, and would approve after the deadline. A tie counts as expired.
 */
export async function approveInTime(
  tx: Tx,
  approval: ApprovalRow,
  decidedBy: string,
): Promise<ApprovalRow | null> {
  const [row] = await tx
    .update(approvals)
    .set({ state: 'approved', decidedAt: clock, decidedBy })
    .where(
      and(
        eq(approvals.id, approval.id),
        eq(approvals.version, approval.version),
        eq(approvals.changeHash, approval.changeHash),
        eq(approvals.state, 'pending'),
        // The stored times are rounded to a millisecond.
        sql`${approvals.expiresAt} > clock_timestamp() + interval '2 milliseconds'`,
      ),
    )
    .returning()
  return row ?? null
}

/** Whether there is time left, by the same rule. */
export async function hasTimeLeft(tx: Tx, id: string): Promise<boolean> {
  const [row] = await tx
    .select({
      left: sql`${approvals.expiresAt} > clock_timestamp() + interval '2 milliseconds'`.mapWith(Boolean),
    })
    .from(approvals)
    .where(eq(approvals.id, id))
  return row?.left ?? false
}

/** Ends a pending approval without an effect on the CRM; null when it was no longer pending. */
export async function closePending(
  tx: Tx,
  id: string,
  state: Exclude<ApprovalState, 'pending' | 'approved'>,
  details: { decidedBy: string; reason?: string | null; replacedBy?: string | null },
): Promise<ApprovalRow | null> {
  const [row] = await tx
    .update(approvals)
    .set({
      state,
      decidedAt: clock,
      decidedBy: details.decidedBy,
      reason: details.reason ?? null,
      replacedBy: details.replacedBy ?? null,
    })
    .where(
      and(
        eq(approvals.id, id),
        eq(approvals.state, 'pending'),
        ...(state === 'rejected' ? [sql`${approvals.expiresAt} > clock_timestamp()`] : []),
      ),
    )
    .returning()
  return row ?? null
}

export async function recordDecision(
  tx: Tx,
  approval: ApprovalRow,
  decision: { person: string; decision: Decision; reason?: string | null; interactionId?: string | null },
): Promise<void> {
  await tx
    .insert(decisions)
    .values({
      approvalId: approval.id,
      version: approval.version,
      changeHash: approval.changeHash,
      person: decision.person,
      decision: decision.decision,
      reason: decision.reason ?? null,
      interactionId: decision.interactionId ?? null,
      at: clock,
    })
    .onConflictDoNothing()
}

/** Who approved this version so far. */
export async function approversOf(db: Db, approval: Pick<ApprovalRow, 'id' | 'version'>): Promise<string[]> {
  const rows = await db
    .select({ person: decisions.person })
    .from(decisions)
    .where(
      and(
        eq(decisions.approvalId, approval.id),
        eq(decisions.version, approval.version),
        eq(decisions.decision, 'approve'),
      ),
    )
    .orderBy(asc(decisions.at))
  return rows.map((row) => row.person)
}

/** Pending approvals whose time has run out by the database's clock. */
export async function dueToExpire(db: Db, limit: number): Promise<string[]> {
  const rows = await db
    .select({ id: approvals.id })
    .from(approvals)
    .where(and(eq(approvals.state, 'pending'), lte(approvals.expiresAt, clock)))
    .orderBy(asc(approvals.expiresAt))
    .limit(limit)
  return rows.map((row) => row.id)
}

/** Pending approvals about these accounts, with the change each would make. */
export async function pendingOfAccounts(
  db: Db,
  accountIds: readonly string[],
): Promise<{ approval: ApprovalRow; change: CrmChange }[]> {
  if (accountIds.length === 0) return []
  return db
    .select({ approval: approvals, change: approvalVersions.change })
    .from(approvals)
    .innerJoin(
      approvalVersions,
      and(eq(approvalVersions.approvalId, approvals.id), eq(approvalVersions.version, approvals.version)),
    )
    .where(and(eq(approvals.state, 'pending'), inArray(approvals.accountId, [...accountIds])))
}

export async function approvalById(db: Db, id: string): Promise<ApprovalRow | null> {
  const [row] = await db.select().from(approvals).where(eq(approvals.id, id))
  return row ?? null
}

/** Names the approval that took this one's place. */
export async function linkReplacement(tx: Tx, id: string, replacedBy: string): Promise<void> {
  await tx.update(approvals).set({ replacedBy }).where(eq(approvals.id, id))
}

/** The last approval of a recommendation, whatever became of it. */
export async function approvalOfRecommendation(
  db: Db,
  recommendationId: string,
): Promise<ApprovalRow | null> {
  const [row] = await db
    .select()
    .from(approvals)
    .where(and(eq(approvals.recommendationId, recommendationId), eq(approvals.kind, 'change')))
    .orderBy(desc(approvals.openedAt))
    .limit(1)
  return row ?? null
}

/** False when it was reminded, or decided, meanwhile. */
export async function markReminded(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx
    .update(approvals)
    .set({ remindedAt: clock })
    .where(and(eq(approvals.id, id), eq(approvals.state, 'pending'), isNull(approvals.remindedAt)))
    .returning({ id: approvals.id })
  return rows.length > 0
}

export type AskedApproval = {
  approval: ApprovalRow
  /** Who owns its account in the CRM now. */
  accountOwnerId: string | null
  /** It took the place of one that somebody entitled handed over. */
  passedOn: boolean
}

/** An approval with what decides who may decide it; null for one that does not exist. */
export async function askedApproval(db: Db, id: string): Promise<AskedApproval | null> {
  const before = alias(approvals, 'before')
  const handedOver = db
    .select({ id: before.id })
    .from(before)
    .where(and(eq(before.replacedBy, approvals.id), eq(before.reason, REASSIGNED)))
  const [row] = await db
    .select({
      approval: approvals,
      accountOwnerId: accounts.ownerId,
      passedOn: exists(handedOver).mapWith(Boolean),
    })
    .from(approvals)
    .leftJoin(accounts, and(eq(accounts.id, approvals.accountId), isNull(accounts.deletedAt)))
    .where(eq(approvals.id, id))
  return row ?? null
}

/** What an operation writes, and how long ago by the database's clock it was approved. */
export async function approvedVersion(
  db: Db,
  operation: { approvalId: string; version: number },
): Promise<{ approval: ApprovalRow; change: CrmChange; ageMs: number }> {
  const [row] = await db
    .select({
      approval: approvals,
      change: approvalVersions.change,
      ageMs: sql`extract(epoch from clock_timestamp() - ${approvals.decidedAt}) * 1000`.mapWith(Number),
    })
    .from(approvals)
    .innerJoin(
      approvalVersions,
      and(eq(approvalVersions.approvalId, approvals.id), eq(approvalVersions.version, operation.version)),
    )
    .where(eq(approvals.id, operation.approvalId))
  // The foreign keys of the operation hold both rows in place.
  if (!row) throw new Error(`Approval ${operation.approvalId} lost the version that was approved`)
  return row
}
