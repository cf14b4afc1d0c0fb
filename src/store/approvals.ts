import { and, asc, desc, eq, gt, inArray, isNull, lte, sql } from 'drizzle-orm'
import type { ApprovalState, Decision } from '../model/approval.ts'
import type { CrmChange } from '../model/change.ts'
import { changeHash } from '../model/change.ts'
import { clock, fromNow, newId } from './clock.ts'
import type { Db, Tx } from './db.ts'
import { accounts, approvals, approvalVersions, decisions } from './schema.ts'

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

export async function versionOf(
  db: Db,
  approvalId: string,
  version: number,
): Promise<{ change: CrmChange; hash: string } | null> {
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
  editedBy: string,
): Promise<ApprovalRow> {
  const version = approval.version + 1
  const hash = changeHash(change)
  await tx.insert(approvalVersions).values({ approvalId: approval.id, version, change, hash, editedBy })
  const [row] = await tx
    .update(approvals)
    .set({ version, changeHash: hash })
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

/** Pending approvals that opened at least this long ago and were not mentioned since. */
export async function unremindedSince(db: Db, ageMs: number, limit: number): Promise<ApprovalRow[]> {
  return db
    .select()
    .from(approvals)
    .where(
      and(
        eq(approvals.state, 'pending'),
        isNull(approvals.remindedAt),
        lte(approvals.openedAt, fromNow(-ageMs)),
        gt(approvals.expiresAt, clock),
      ),
    )
    .limit(limit)
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

/** An approval with who owns its account in the CRM now; null for one that does not exist. */
export async function approvalWithOwner(
  db: Db,
  id: string,
): Promise<{ approval: ApprovalRow; accountOwnerId: string | null } | null> {
  const [row] = await db
    .select({ approval: approvals, accountOwnerId: accounts.ownerId })
    .from(approvals)
    .leftJoin(accounts, and(eq(accounts.id, approvals.accountId), isNull(accounts.deletedAt)))
    .where(eq(approvals.id, id))
  return row ?? null
}
