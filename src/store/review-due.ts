import { and, asc, eq, inArray, isNotNull, lte, or, type SQL, sql } from 'drizzle-orm'
import { clock, fromNow } from './clock.ts'
import type { Db, Tx } from './db.ts'
import { accounts } from './schema.ts'

/**
 * Which accounts moved and were not followed up yet. The mark is set in the transaction that stores the change, and
 * taken off only where it is still the one that was followed up: what moves meanwhile is followed up again.
 */

export type DueReview = { accountId: string; dueAt: Date }

/** Locks these accounts in one order, whoever asks: merges of different modules meet in them. */
export function lockAccounts(tx: Db, where: SQL | undefined) {
  return tx.select({ id: accounts.id }).from(accounts).where(where).orderBy(asc(accounts.id)).for('update')
}

/** Deleted accounts too: what waits about them has to end. */
export async function markReviewDue(tx: Tx, accountIds: Iterable<string>): Promise<void> {
  const ids = [...accountIds]
  if (ids.length === 0) return
  await tx
    .update(accounts)
    // Never the same mark twice, even within one millisecond.
    .set({
      reviewDueAt: sql`greatest(clock_timestamp(), ${accounts.reviewDueAt} + interval '1 millisecond')`,
      // Whatever is followed up is remembered too.
      memoryDueAt: sql`greatest(clock_timestamp(), ${accounts.memoryDueAt} + interval '1 millisecond')`,
    })
    .where(inArray(accounts.id, lockAccounts(tx, inArray(accounts.id, ids))))
}

/** Those that wait longest first. */
export async function reviewsDue(db: Db, limit: number): Promise<DueReview[]> {
  const rows = await db
    .select({ accountId: accounts.id, dueAt: accounts.reviewDueAt })
    .from(accounts)
    .where(and(isNotNull(accounts.reviewDueAt), lte(accounts.reviewDueAt, clock)))
    .orderBy(asc(accounts.reviewDueAt), asc(accounts.id))
    .limit(limit)
  return rows.flatMap(({ accountId, dueAt }) => (dueAt ? [{ accountId, dueAt }] : []))
}

/** The mark of one account; null when nothing waits. */
export async function reviewDueOf(db: Db, accountId: string): Promise<DueReview | null> {
  const [row] = await db
    .select({ dueAt: accounts.reviewDueAt })
    .from(accounts)
    .where(eq(accounts.id, accountId))
  return row?.dueAt ? { accountId, dueAt: row.dueAt } : null
}

const MOST_AT_ONCE = 500

/** Takes off the marks that are still the ones taken. */
export async function clearReviewDue(db: Db, taken: readonly DueReview[]): Promise<void> {
  for (let from = 0; from < taken.length; from += MOST_AT_ONCE) {
    await setStill(db, taken.slice(from, from + MOST_AT_ONCE), null)
  }
}

/** Puts off what could not be followed up, so that the rest gets its turn. */
export async function postponeReview(db: Db, taken: DueReview, byMs: number): Promise<void> {
  await setStill(db, [taken], fromNow(byMs))
}

async function setStill(db: Db, taken: readonly DueReview[], reviewDueAt: SQL | null): Promise<void> {
  if (taken.length === 0) return
  const still = or(
    ...taken.map(({ accountId, dueAt }) => and(eq(accounts.id, accountId), eq(accounts.reviewDueAt, dueAt))),
  )
  await db
    .update(accounts)
    .set({ reviewDueAt })
    .where(inArray(accounts.id, lockAccounts(db, still)))
}
