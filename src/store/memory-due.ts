import { and, asc, eq, gt, inArray, isNotNull, isNull, lte, or, sql } from 'drizzle-orm'
import { clock } from './clock.ts'
import type { Db, Tx } from './db.ts'
import { lockAccounts } from './review-due.ts'
import { accounts, approvals, memoryEvents, operations } from './schema.ts'

/**
 * Which accounts memory has to look at again. What moves in the CRM marks its account in the same transaction, see
 * `markReviewDue`. A decision marks nobody, so that a press never waits for a sync's lock: it is found by not being in
 * memory yet.
 */

export type MemoryDue = { accountId: string; dueAt: Date }

export async function memoryDue(db: Db, limit: number): Promise<MemoryDue[]> {
  const rows = await db
    .select({ accountId: accounts.id, dueAt: accounts.memoryDueAt })
    .from(accounts)
    .where(and(isNotNull(accounts.memoryDueAt), lte(accounts.memoryDueAt, clock)))
    .orderBy(asc(accounts.memoryDueAt), asc(accounts.id))
    .limit(limit)
  return rows.flatMap(({ accountId, dueAt }) => (dueAt ? [{ accountId, dueAt }] : []))
}

/**
 * Those of the marks that are still the ones taken, with their accounts locked: what another worker remembered, or
 * what moved since, is not overwritten with an older look at it.
 */
export async function stillDue(tx: Tx, taken: readonly MemoryDue[]): Promise<string[]> {
  if (taken.length === 0) return []
  const still = or(
    ...taken.map(({ accountId, dueAt }) => and(eq(accounts.id, accountId), eq(accounts.memoryDueAt, dueAt))),
  )
  return (await lockAccounts(tx, still)).map(({ id }) => id)
}

/** Of accounts that are locked. */
export async function clearMemoryDue(tx: Tx, accountIds: readonly string[]): Promise<void> {
  await tx
    .update(accounts)
    .set({ memoryDueAt: null })
    .where(inArray(accounts.id, [...accountIds]))
}

/** Puts off what could not be remembered, so that the rest gets its turn. */
export async function postponeMemory(db: Db, accountId: string, byMs: number): Promise<void> {
  await db
    .update(accounts)
    .set({ memoryDueAt: sql`clock_timestamp() + ${byMs}::float8 * interval '1 millisecond'` })
    .where(eq(accounts.id, accountId))
}

/** Far longer than the queue and the sweeper are ever behind. */
const lately = sql`clock_timestamp() - interval '1 day'`

/** Accounts with a decision, or an outcome of one, that memory does not hold. */
export async function accountsDecidedAbout(db: Db): Promise<string[]> {
  const decided = await db
    .selectDistinct({ id: approvals.accountId })
    .from(approvals)
    .innerJoin(accounts, and(eq(accounts.id, approvals.accountId), isNull(accounts.deletedAt)))
    .where(
      and(
        gt(approvals.decidedAt, lately),
        eq(approvals.kind, 'change'),
        inArray(approvals.state, ['approved', 'rejected', 'expired']),
        sql`not exists (select from ${memoryEvents} where ${memoryEvents.key} = 'approvals:' || ${approvals.id})`,
      ),
    )
  // By its state too: one that failed may be tried again and come through.
  const key = sql`'operations:' || ${operations.id} || ':' || ${operations.state}`
  const written = await db
    .selectDistinct({ id: approvals.accountId })
    .from(operations)
    .innerJoin(approvals, eq(approvals.id, operations.approvalId))
    .innerJoin(accounts, and(eq(accounts.id, approvals.accountId), isNull(accounts.deletedAt)))
    .where(
      and(
        gt(operations.finishedAt, lately),
        inArray(operations.state, ['applied', 'conflict', 'failed']),
        sql`not exists (select from ${memoryEvents} where ${memoryEvents.key} = ${key})`,
      ),
    )
  return [...new Set([...decided, ...written].map(({ id }) => id))].sort()
}

/** @param accountIds null for all there are */
export async function markMemoryDue(db: Db, accountIds: readonly string[] | null): Promise<void> {
  if (accountIds?.length === 0) return
  const which = accountIds ? inArray(accounts.id, [...accountIds]) : undefined
  await db
    .update(accounts)
    .set({
      memoryDueAt: sql`greatest(clock_timestamp(), ${accounts.memoryDueAt} + interval '1 millisecond')`,
    })
    .where(inArray(accounts.id, lockAccounts(db, which)))
}

/** A thirtieth of all accounts, another one each day: whatever an older build missed is remembered within a month. */
export async function markSomeMemoryDue(db: Db): Promise<void> {
  const today = sql`mod(extract(day from clock_timestamp())::int, 30)`
  await db
    .update(accounts)
    .set({ memoryDueAt: clock })
    .where(
      inArray(
        accounts.id,
        lockAccounts(
          db,
          and(isNull(accounts.memoryDueAt), sql`abs(hashtext(${accounts.id}) % 30) = ${today}`),
        ),
      ),
    )
}
