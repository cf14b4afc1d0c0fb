import { and, asc, desc, eq, gte, ilike, inArray, isNull, lte, or, type SQL, sql } from 'drizzle-orm'
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
import { directionOfRaw, hasUsage, outcomeOfRaw, usageOfRaw } from './mirror-raw.ts'
import { ownerOf } from './people.ts'
import { accounts, activities, changes, contacts, deals, owners } from './schema.ts'
import { mirrorAsOf, syncStates } from './sync-state.ts'

/** Everything the mirror holds about one account. Records that were deleted in the CRM are left out. */
export type MirrorFacts = {
  account: Account
  owner: Owner | null
  contacts: Contact[]
  deals: Deal[]
  /** Newest first, at most 200; undated ones last. */
  activities: Activity[]
  /** Newest first, of the last 180 days. */
  changes: FieldChange[]
  /** When the mirror last agreed with the CRM; null while parts of it were never read. */
  asOf: Date | null
  /** Modules that could not be read lately, in words. */
  missing: string[]
}

const MOST_ACTIVITIES = 200
/** As far back as a change of executives is looked for. */
const CHANGES_DAYS = 180
const DAY_MS = 86_400_000

/** Null when the mirror does not have the account, or the CRM no longer does. */
export async function accountFacts(db: Db, accountId: string, now: Date): Promise<MirrorFacts | null> {
  const [facts] = await accountFactsOf(db, [accountId], now)
  return facts ?? null
}

/** Many accounts in one query per table. Unknown and deleted ones are left out; the order is by id. */
export async function accountFactsOf(
  db: Db,
  accountIds: readonly string[],
  now: Date,
): Promise<MirrorFacts[]> {
  if (accountIds.length === 0) return []
  const ids = [...new Set(accountIds)]
  const found = await db
    .select({ account: { ...accountColumns, usage: usageOfRaw }, hasUsage, owner: owners })
    .from(accounts)
    .leftJoin(owners, eq(owners.id, accounts.ownerId))
    .where(and(inArray(accounts.id, ids), isNull(accounts.deletedAt)))
    .orderBy(asc(accounts.id))
  const contactsOf = byAccount(await contactsOfAccounts(db, ids))
  const dealsOf = byAccount(await dealsOfAccounts(db, ids))
  const activitiesOf = byAccount(await activitiesOfAccounts(db, ids))
  const changesOf = byAccount(await changesOfAccounts(db, ids, now))
  const asOf = await mirrorAsOf(db)
  const missing = (await syncStates(db)).flatMap(({ module, error }) =>
    error === null ? [] : [`${module} could not be read from the CRM: ${error}`],
  )

  return found.map(({ account: { usage, ...account }, hasUsage: isMapped, owner }) => ({
    account: isMapped ? { ...account, usage } : account,
    owner: owner && ownerOf(owner),
    contacts: contactsOf.get(account.id) ?? [],
    deals: dealsOf.get(account.id) ?? [],
    activities: activitiesOf.get(account.id) ?? [],
    changes: changesOf.get(account.id) ?? [],
    asOf,
    missing,
  }))
}

async function contactsOfAccounts(db: Db, ids: string[]): Promise<Contact[]> {
  return db
    .select(contactColumns)
    .from(contacts)
    .where(and(inArray(contacts.accountId, ids), isNull(contacts.deletedAt)))
    .orderBy(asc(contacts.id))
}

async function dealsOfAccounts(db: Db, ids: string[]): Promise<Deal[]> {
  return db
    .select(dealColumns)
    .from(deals)
    .where(and(inArray(deals.accountId, ids), isNull(deals.deletedAt)))
    .orderBy(asc(deals.id))
}

async function activitiesOfAccounts(db: Db, ids: string[]): Promise<Activity[]> {
  const ranked = db
    .select({
      ...activityColumns,
      body: activities.body,
      outcome: outcomeOfRaw.as('outcome'),
      direction: directionOfRaw.as('direction'),
      place: sql<number>`row_number() over (
        partition by ${activities.accountId} order by ${activities.at} desc nulls last, ${activities.id} desc
      )`.as('place'),
    })
    .from(activities)
    .where(and(inArray(activities.accountId, ids), isNull(activities.deletedAt)))
    .as('ranked')
  const rows = await db
    .select()
    .from(ranked)
    .where(lte(ranked.place, MOST_ACTIVITIES))
    .orderBy(asc(ranked.place))
  return rows.map(({ place: _, ...activity }) => activity)
}

async function changesOfAccounts(db: Db, ids: string[], now: Date): Promise<FieldChange[]> {
  return db
    .select(changeColumns)
    .from(changes)
    .where(
      and(
        inArray(changes.accountId, ids),
        gte(changes.at, new Date(now.getTime() - CHANGES_DAYS * DAY_MS)),
        lte(changes.at, now),
      ),
    )
    .orderBy(desc(changes.at), desc(changes.id))
}

export type FoundAccount = Pick<Account, 'id' | 'name' | 'ownerId' | 'industry' | 'website'>

const MOST_FOUND = 6

/**
 * Accounts someone may mean by a text: its id or its name as written, else names that begin with it, else names
 * that contain it. Case does not matter. At most six, enough to see that five are not all.
 *
 * @param ownerIds whose accounts are looked at; null for all
 */
export async function findAccounts(
  db: Db,
  { text, ownerIds }: { text: string; ownerIds: readonly string[] | null },
): Promise<FoundAccount[]> {
  const sought = text.trim()
  if (sought === '') return []
  const literal = sought.replace(/[\\%_]/g, '\\$&')
  const steps = [
    or(eq(accounts.id, sought), ilike(accounts.name, literal)),
    ilike(accounts.name, `${literal}%`),
    ilike(accounts.name, `%${literal}%`),
  ]
  for (const step of steps) {
    const found = await db
      .select({
        id: accounts.id,
        name: accounts.name,
        ownerId: accounts.ownerId,
        industry: accounts.industry,
        website: accounts.website,
      })
      .from(accounts)
      .where(and(step, isNull(accounts.deletedAt), ownedBy(ownerIds)))
      .orderBy(asc(accounts.name), asc(accounts.id))
      .limit(MOST_FOUND)
    if (found.length > 0) return found
  }
  return []
}

/** True of every account when null. */
export function ownedBy(ownerIds: readonly string[] | null): SQL | undefined {
  if (ownerIds === null) return undefined
  return ownerIds.length === 0 ? sql`false` : inArray(accounts.ownerId, [...ownerIds])
}
