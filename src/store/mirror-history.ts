import { asc, gt, inArray, lte, max, min, ne, sql } from 'drizzle-orm'
import type { Account, Activity, Contact, Deal } from '../model/account.ts'
import type { Owner } from '../model/owner.ts'
import type { FieldChange } from '../model/review.ts'
import type { Db } from './db.ts'
import {
  accountColumns,
  activityColumns,
  byAccount,
  changeColumns,
  contactColumns,
  dealColumns,
} from './mirror-columns.ts'
import { ownerOf } from './people.ts'
import { accounts, activities, changes, contacts, deals, owners, reviews } from './schema.ts'

/**
 * What is remembered of accounts over time, for looking back: records that went too, all activities, and every move
 * that was kept. Texts of activities are left in the database.
 */
type Kept<Record> = Record & { deletedAt: Date | null }
export type RememberedAccount = {
  account: Kept<Account>
  contacts: Kept<Contact>[]
  deals: Kept<Deal>[]
  activities: Kept<Activity>[]
  changes: FieldChange[]
}

/** So many accounts and what belongs to them are in memory at once. */
const PAGE = 200

/** All accounts the mirror ever held, by id, in pages. */
export async function* rememberedAccounts(db: Db): AsyncGenerator<RememberedAccount> {
  for (let last = ''; ; ) {
    const found = await db
      .select({ ...accountColumns, deletedAt: accounts.deletedAt })
      .from(accounts)
      .where(gt(accounts.id, last))
      .orderBy(asc(accounts.id))
      .limit(PAGE)
    const ids = found.map(({ id }) => id)
    if (ids.length > 0) {
      const contactsOf = byAccount(
        await db
          .select({ ...contactColumns, deletedAt: contacts.deletedAt })
          .from(contacts)
          .where(inArray(contacts.accountId, ids)),
      )
      const dealsOf = byAccount(
        await db
          .select({ ...dealColumns, deletedAt: deals.deletedAt })
          .from(deals)
          .where(inArray(deals.accountId, ids)),
      )
      const activitiesOf = byAccount(
        await db
          .select({ ...activityColumns, body: sql<null>`null`, deletedAt: activities.deletedAt })
          .from(activities)
          .where(inArray(activities.accountId, ids)),
      )
      const changesOf = byAccount(
        await db
          .select(changeColumns)
          .from(changes)
          .where(inArray(changes.accountId, ids))
          .orderBy(asc(changes.at), asc(changes.id)),
      )
      for (const account of found) {
        yield {
          account,
          contacts: contactsOf.get(account.id) ?? [],
          deals: dealsOf.get(account.id) ?? [],
          activities: activitiesOf.get(account.id) ?? [],
          changes: changesOf.get(account.id) ?? [],
        }
      }
    }
    last = ids.at(-1) ?? ''
    if (ids.length < PAGE) return
  }
}

export async function allOwners(db: Db): Promise<Map<string, Owner>> {
  return new Map((await db.select().from(owners)).map((row) => [row.id, ownerOf(row)]))
}

/** First and last moment something dated happened, up to now; null of an empty mirror. */
export async function mirrorSpan(db: Db, now: Date): Promise<{ first: Date; last: Date } | null> {
  const spans = [
    ...(await db
      .select({ first: min(activities.at), last: max(activities.at) })
      .from(activities)
      .where(lte(activities.at, now))),
    ...(await db
      .select({ first: min(deals.crmCreatedAt), last: max(deals.crmCreatedAt) })
      .from(deals)
      .where(lte(deals.crmCreatedAt, now))),
  ]
  const moments = spans.flatMap(({ first, last }) => [first, last]).filter((moment) => moment !== null)
  if (moments.length === 0) return null
  const times = moments.map((moment) => moment.getTime())
  return { first: new Date(Math.min(...times)), last: new Date(Math.max(...times)) }
}

/** Moves are forgotten after two years, see retention. */
const KEPT_MS = 729 * 86_400_000

/**
 * Since when every move of a followed field is kept, as far as can be proven: by a move itself, whose value before
 * the mirror must have held, or by a review, which reads the mirror. Null when nothing proves it.
 */
export async function followedSince(db: Db, now: Date): Promise<Date | null> {
  const [moved] = await db
    .select({ at: min(changes.at) })
    .from(changes)
    .where(ne(changes.field, 'record'))
  const [reviewed] = await db.select({ at: min(reviews.startedAt) }).from(reviews)
  const known = [moved?.at, reviewed?.at].flatMap((at) => (at ? [at.getTime()] : []))
  if (known.length === 0) return null
  return new Date(Math.max(Math.min(...known), now.getTime() - KEPT_MS))
}
