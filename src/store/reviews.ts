import { and, asc, desc, eq, inArray, isNotNull, isNull, lt, max, sql } from 'drizzle-orm'
import type { AccountStanding } from '../model/review.ts'
import { clock, fromNow } from './clock.ts'
import type { Db, Tx } from './db.ts'
import { accounts, reviews } from './schema.ts'

export type ReviewRow = typeof reviews.$inferSelect
export type NewReview = typeof reviews.$inferInsert

/** The last review of an account that came to a standing: one step down `reviews_account`, however many there are. */
function lastReview(db: Db) {
  return db
    .select()
    .from(reviews)
    .where(and(eq(reviews.accountId, accounts.id), isNotNull(reviews.standing)))
    .orderBy(desc(reviews.startedAt))
    .limit(1)
    .as('last_review')
}

/** The last review of each of these accounts. */
export async function latestReviews(db: Db, accountIds: readonly string[]): Promise<Map<string, ReviewRow>> {
  if (accountIds.length === 0) return new Map()
  const last = lastReview(db)
  const rows = await db
    .select({ review: last._.selectedFields })
    .from(accounts)
    .innerJoinLateral(last, sql`true`)
    .where(inArray(accounts.id, [...accountIds]))
  return new Map(rows.map(({ review }) => [review.accountId, review]))
}

/** Stores finished reviews; one that stands already, because a person waits for it, is completed. */
export async function keepReviews(tx: Tx, rows: readonly NewReview[]): Promise<void> {
  if (rows.length === 0) return
  const names = ['state', 'input_hash', 'same_as', 'stages', 'standing', 'refusals', 'degraded']
  const set = {
    ...Object.fromEntries(names.map((name) => [camel(name), sql.raw(`excluded.${name}`)])),
    // What was answered stays answered.
    finishedAt: sql`coalesce(${reviews.finishedAt}, excluded.finished_at)`,
  }
  await tx
    .insert(reviews)
    .values([...rows])
    .onConflictDoUpdate({ target: reviews.id, set })
}

const camel = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())

/** A review that a person asked for stands from the moment of asking, so that it survives whatever happens next. */
export async function openReview(
  db: Db,
  review: { id: string; accountId: string; ownerId: string | null; requestedBy: string },
): Promise<void> {
  await db.insert(reviews).values({ ...review, trigger: 'request', state: 'received' })
}

export async function reviewById(db: Db, id: string): Promise<ReviewRow | null> {
  const [row] = await db.select().from(reviews).where(eq(reviews.id, id))
  return row ?? null
}

/** Where each account of these owners stands, from its last review; the account must still exist. */
export async function standingsOf(
  db: Db,
  ownerIds: readonly string[],
): Promise<{ ownerId: string; standing: AccountStanding; reviewedAt: Date }[]> {
  if (ownerIds.length === 0) return []
  const last = lastReview(db)
  const rows = await db
    .select({ ownerId: accounts.ownerId, standing: last.standing, reviewedAt: last.startedAt })
    .from(accounts)
    .innerJoinLateral(last, sql`true`)
    .where(and(inArray(accounts.ownerId, [...ownerIds]), isNull(accounts.deletedAt)))
    .orderBy(asc(accounts.id))
  return rows.flatMap(({ ownerId, standing, reviewedAt }) =>
    ownerId && standing ? [{ ownerId, standing, reviewedAt }] : [],
  )
}

/** The standing of an account at the last review before this time, to tell what moved. */
export async function standingBefore(
  db: Db,
  accountId: string,
  before: Date,
): Promise<{ standing: AccountStanding; at: Date } | null> {
  const [row] = await db
    .select({ standing: reviews.standing, at: reviews.startedAt })
    .from(reviews)
    .where(and(eq(reviews.accountId, accountId), lt(reviews.startedAt, before), isNotNull(reviews.standing)))
    .orderBy(desc(reviews.startedAt))
    .limit(1)
  return row?.standing ? { standing: row.standing, at: row.at } : null
}

export async function lastReviewAt(db: Db, ownerIds: readonly string[]): Promise<Date | null> {
  if (ownerIds.length === 0) return null
  const [row] = await db
    .select({ at: max(reviews.startedAt) })
    .from(reviews)
    .where(inArray(reviews.ownerId, [...ownerIds]))
  return row?.at ?? null
}

/** Reviews someone waits for whose process died in the middle: younger ones are done again, older ones given up. */
export async function unfinishedReviews(db: Db, olderThanMs: number): Promise<ReviewRow[]> {
  return db
    .select()
    .from(reviews)
    .where(and(isNull(reviews.finishedAt), lt(reviews.startedAt, fromNow(-olderThanMs))))
    .orderBy(asc(reviews.startedAt))
    .limit(50)
}

/** @returns false when it is finished: nobody waits for it any more. */
export async function reviewReached(db: Db, id: string, state: ReviewRow['state']): Promise<boolean> {
  const rows = await db
    .update(reviews)
    .set({ state })
    .where(and(eq(reviews.id, id), isNull(reviews.finishedAt)))
    .returning({ id: reviews.id })
  return rows.length > 0
}

/**
 * Ends a review somebody waits for, in the transaction that holds their answer.
 *
 * @param error why there is no other answer; null when it came to its end
 * @returns false when it had ended before
 */
export async function finishReview(tx: Tx, id: string, error: string | null): Promise<boolean> {
  const rows = await tx
    .update(reviews)
    .set({ finishedAt: clock, ...(error === null ? {} : { state: 'failed', error }) })
    .where(and(eq(reviews.id, id), isNull(reviews.finishedAt)))
    .returning({ id: reviews.id })
  return rows.length > 0
}

/** Reviews that merely pointed at another one tell nothing after two weeks. */
export async function forgetPointers(db: Db): Promise<void> {
  await db
    .delete(reviews)
    .where(
      and(
        isNotNull(reviews.sameAs),
        isNotNull(reviews.finishedAt),
        lt(reviews.startedAt, sql`clock_timestamp() - interval '14 days'`),
      ),
    )
}

/** Stage outputs live for two weeks; the review itself stays. */
export async function forgetStages(db: Db): Promise<void> {
  await db
    .update(reviews)
    .set({ stages: {} })
    .where(
      and(
        lt(reviews.startedAt, sql`clock_timestamp() - interval '14 days'`),
        sql`${reviews.stages} <> '{}'::jsonb`,
      ),
    )
}
