import { and, asc, count, eq, isNull, ne } from 'drizzle-orm'
import type { Db } from './db.ts'
import { accountFactsOf, type MirrorFacts } from './mirror.ts'
import { accounts, owners } from './schema.ts'

/** More than anyone looks after; who has them is a queue, not a person. */
const MOST_ACCOUNTS = 500

/** All that is known of one owner's accounts, and how many open accounts each active colleague has, in no order. */
export async function ownerRecords(
  db: Db,
  ownerId: string,
  now: Date,
): Promise<{ ownerId: string; accounts: MirrorFacts[]; colleagueLoads: number[] }> {
  const owned = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(eq(accounts.ownerId, ownerId), isNull(accounts.deletedAt)))
    .orderBy(asc(accounts.id))
    .limit(MOST_ACCOUNTS)
  const loads = await db
    .select({ accounts: count() })
    .from(accounts)
    .innerJoin(owners, eq(owners.id, accounts.ownerId))
    .where(
      and(
        ne(accounts.ownerId, ownerId),
        isNull(accounts.deletedAt),
        ne(accounts.status, 'closed'),
        eq(owners.active, true),
      ),
    )
    .groupBy(owners.id)
    // By figure: the order of people would tell who has which.
    .orderBy(asc(count()))
  const ids = owned.map(({ id }) => id)
  return {
    ownerId,
    accounts: await accountFactsOf(db, ids, now),
    colleagueLoads: loads.map((load) => load.accounts),
  }
}
