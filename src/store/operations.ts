import { and, eq, inArray, lte, or, type SQL, sql } from 'drizzle-orm'
import type { CrmChange, Fields } from '../model/change.ts'
import { clock, fromNow, newId } from './clock.ts'
import type { Db, Tx } from './db.ts'
import { approvals, operations, type Receipt } from './schema.ts'

export type OperationRow = typeof operations.$inferSelect

/** The one write of an approved approval. The schema refuses it for any other. */
export async function planOperation(
  tx: Tx,
  approval: { id: string; version: number; changeHash: string },
  id = newId(),
): Promise<string> {
  await tx.insert(operations).values({
    id,
    approvalId: approval.id,
    version: approval.version,
    changeHash: approval.changeHash,
    state: 'planned',
    nextAttemptAt: clock,
  })
  return id
}

const isDue = or(
  and(eq(operations.state, 'planned'), lte(operations.nextAttemptAt, clock)),
  // Its worker died, or lost the answer: the lease has run out and its next look is due.
  and(
    inArray(operations.state, ['writing', 'unknown']),
    or(sql`${operations.leaseUntil} is null`, lte(operations.leaseUntil, clock)),
    lte(operations.nextAttemptAt, clock),
  ),
)

const writesGoOn = sql`not exists (select 1 from settings where key = 'writes_stopped' and value = 'true'::jsonb)`

/**
 * Takes the operation for one attempt. Claimed before the call, not after: a crash in between leaves a row that
 * says "writing", and the next attempt reads back first.
 *
 * @returns null when it is done, not yet due, in other hands, or when writes are stopped.
 */
export async function claimOperation(db: Db, id: string, leaseMs: number): Promise<OperationRow | null> {
  const [row] = await db
    .update(operations)
    .set({
      state: 'writing',
      attempt: sql`${operations.attempt} + 1`,
      lease: newId(),
      leaseUntil: fromNow(leaseMs),
    })
    .where(and(eq(operations.id, id), isDue, writesGoOn))
    .returning()
  return row ?? null
}

/**
 * The last word before a request leaves, by the database: still ours, for as long as a write may take, and writes are
 * not stopped. Remembers when, and under which precondition, the first one left.
 *
 * @returns when the first one left; null when nothing may be sent.
 */
export async function beginSending(
  db: Db,
  operation: OperationRow,
  { leaseMs, unmodifiedSince }: { leaseMs: number; unmodifiedSince: string | null },
): Promise<Date | null> {
  const [row] = await db
    .update(operations)
    .set({
      sentAt: sql`coalesce(${operations.sentAt}, clock_timestamp())`,
      sentIfUnmodifiedSince: sql`coalesce(${operations.sentIfUnmodifiedSince}, ${unmodifiedSince})`,
      leaseUntil: fromNow(leaseMs),
    })
    .where(
      and(
        eq(operations.id, operation.id),
        eq(operations.lease, operation.lease ?? ''),
        sql`${operations.leaseUntil} > clock_timestamp()`,
        writesGoOn,
      ),
    )
    .returning({ sentAt: operations.sentAt })
  return row?.sentAt ?? null
}

export type OperationResult =
  | { state: 'applied'; receipt: Receipt; precondition: 'strong' | 'weak' }
  | { state: 'conflict'; found: Fields; error: string }
  /** `harmless`, here and below: every request was refused, so none of ours can still arrive. */
  | { state: 'failed'; error: string; harmless?: boolean }
  | { state: 'planned'; error: string; retryInMs: number; harmless?: boolean }
  /** `afterLease`: however soon, not before the lease of this attempt would have run out. */
  | { state: 'unknown'; error: string; retryInMs: number; afterLease?: boolean }

/** Records the outcome, if the lease is still ours: a worker that slept through its lease changes nothing. */
export async function recordOutcome(
  tx: Tx,
  operation: OperationRow,
  result: OperationResult,
): Promise<boolean> {
  const rows = await tx
    .update(operations)
    .set({
      state: result.state,
      lease: null,
      leaseUntil: null,
      error: 'error' in result ? result.error : null,
      ...(result.state === 'applied' ? { receipt: result.receipt, precondition: result.precondition } : {}),
      ...(result.state === 'conflict' ? { found: result.found } : {}),
      // Tried again, it is tried as if for the first time: whoever mended the record is not in its way.
      ...('harmless' in result && result.harmless ? { sentAt: null, sentIfUnmodifiedSince: null } : {}),
      ...('retryInMs' in result ? { nextAttemptAt: nextAttempt(result) } : { finishedAt: clock }),
    })
    .where(and(eq(operations.id, operation.id), eq(operations.lease, operation.lease ?? '')))
    .returning({ id: operations.id })
  return rows.length > 0
}

function nextAttempt(result: Extract<OperationResult, { retryInMs: number }>): SQL {
  const soonest = fromNow(result.retryInMs)
  const afterLease = result.state === 'unknown' && result.afterLease
  return afterLease ? sql`greatest(${soonest}, ${operations.leaseUntil})` : soonest
}

/** Gives a failed operation another try; null when it is not failed. */
export async function replanOperation(tx: Tx, approvalId: string): Promise<OperationRow | null> {
  const [row] = await tx
    .update(operations)
    .set({ state: 'planned', nextAttemptAt: clock, finishedAt: null, discardedAt: null, error: null })
    .where(and(eq(operations.approvalId, approvalId), eq(operations.state, 'failed')))
    .returning()
  return row ?? null
}

/** Operations that a worker should be working on and may not know of: the sweeper hands them over. */
export async function dueOperations(
  db: Db,
  limit: number,
): Promise<{ id: string /** Its worker let the lease run out. */; orphaned: boolean }[]> {
  return db
    .select({ id: operations.id, orphaned: sql`${operations.leaseUntil} is not null`.mapWith(Boolean) })
    .from(operations)
    .where(and(isDue, writesGoOn))
    .orderBy(operations.nextAttemptAt)
    .limit(limit)
}

export async function operationOf(db: Db, approvalId: string): Promise<OperationRow | null> {
  const [row] = await db.select().from(operations).where(eq(operations.approvalId, approvalId))
  return row ?? null
}

/** The operation that takes this approval's effect back, when someone pressed Undo. */
export async function undoOperationOf(db: Db, approvalId: string): Promise<OperationRow | null> {
  return (await undoOperationsOf(db, [approvalId])).get(approvalId) ?? null
}

/** The same of several approvals, by the one that is taken back. */
export async function undoOperationsOf(
  db: Db,
  approvalIds: readonly string[],
): Promise<Map<string, OperationRow>> {
  if (approvalIds.length === 0) return new Map()
  const rows = await db
    .select({ undoOf: approvals.undoOf, operation: operations })
    .from(operations)
    .innerJoin(approvals, eq(approvals.id, operations.approvalId))
    .where(inArray(approvals.undoOf, [...approvalIds]))
    .orderBy(operations.createdAt)
  return new Map(rows.flatMap(({ undoOf, operation }) => (undoOf ? [[undoOf, operation]] : [])))
}

/** Until when the write may be taken back; null when it cannot be promised. */
export function undoDeadline(operation: OperationRow | null, change: CrmChange, undoMs: number): Date | null {
  if (operation?.state !== 'applied' || !operation.finishedAt || change.action === 'remove') return null
  const { recordId, modifiedAt, answered = operation.attempt <= 1 } = operation.receipt ?? {}
  // A request that was never answered may still arrive, and would make again what was removed.
  if (change.action === 'create' && !answered) return null
  // What we made is told from a person's record by its id, and from a person's edit of it by its time.
  if (change.action === 'create' && (!recordId || !modifiedAt)) return null
  return new Date(operation.finishedAt.getTime() + undoMs)
}
