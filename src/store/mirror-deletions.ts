import { and, asc, eq, gt, inArray, isNull, lt, or, sql } from 'drizzle-orm'
import type { Module } from '../model/field.ts'
import { type Db, type Tx, transaction } from './db.ts'
import type { ActivityModule } from './mirror-writes.ts'
import { lockAccounts, markReviewDue } from './review-due.ts'
import { accounts, activities, changes, contacts, deals } from './schema.ts'

/** Records that went from the CRM stay in the mirror, marked: evidence and history still point at them. */

type Gone = { id: string; accountId: string | null; name: string }
const MOST_IDS = 1000

/** @returns how many were there to go, and whose accounts they were */
export async function markDeleted(
  db: Db,
  {
    module,
    ids,
    at,
    source,
  }: {
    module: Module
    ids: readonly string[]
    at: Date
    source: (typeof changes.$inferSelect)['source']
  },
): Promise<{ deleted: number; accountIds: Set<string> }> {
  const accountIds = new Set<string>()
  let deleted = 0
  for (let from = 0; from < ids.length; from += MOST_IDS) {
    const part = ids.slice(from, from + MOST_IDS)
    const gone = await transaction(db, async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`mirror:${module}`}))`)
      const rows = await mark(tx, module, { ids: part, at })
      if (rows.length > 0) {
        await tx.insert(changes).values(
          rows.map(({ id, accountId, name }) => ({
            module,
            recordId: id,
            accountId,
            field: 'record',
            old: name,
            new: null,
            at,
            source,
          })),
        )
        await markReviewDue(
          tx,
          rows.flatMap(({ accountId }) => accountId ?? []),
        )
      }
      return rows
    })
    deleted += gone.length
    for (const { accountId } of gone) if (accountId) accountIds.add(accountId)
  }
  return { deleted, accountIds }
}

async function mark(tx: Tx, module: Module, { ids, at }: { ids: string[]; at: Date }): Promise<Gone[]> {
  const deletedAt = { deletedAt: at }
  switch (module) {
    case 'Accounts':
      await lockAccounts(tx, inArray(accounts.id, ids))
      return tx
        .update(accounts)
        .set(deletedAt)
        .where(and(inArray(accounts.id, ids), isNull(accounts.deletedAt)))
        .returning({ id: accounts.id, accountId: accounts.id, name: accounts.name })
    case 'Contacts':
      return tx
        .update(contacts)
        .set(deletedAt)
        .where(and(inArray(contacts.id, ids), isNull(contacts.deletedAt)))
        .returning({ id: contacts.id, accountId: contacts.accountId, name: contacts.name })
    case 'Deals':
      return tx
        .update(deals)
        .set(deletedAt)
        .where(and(inArray(deals.id, ids), isNull(deals.deletedAt)))
        .returning({ id: deals.id, accountId: deals.accountId, name: deals.name })
    default:
      return tx
        .update(activities)
        .set(deletedAt)
        .where(and(inArray(activities.id, ids), isNull(activities.deletedAt)))
        .returning({ id: activities.id, accountId: activities.accountId, name: activities.subject })
  }
}

/**
 * Ids the mirror holds of a module, in pages, without what was modified after `before`: a record that came while
 * the CRM was being walked was not there to be seen.
 */
export async function* liveIds(db: Db, module: Module, before: Date): AsyncGenerator<string[]> {
  const table = tableOf(module)
  const ofModule = table === activities ? eq(activities.module, module as ActivityModule) : undefined
  let last = ''
  for (;;) {
    const rows = await db
      .select({ id: table.id })
      .from(table)
      .where(
        and(
          gt(table.id, last),
          isNull(table.deletedAt),
          or(isNull(table.crmModifiedAt), lt(table.crmModifiedAt, before)),
          ofModule,
        ),
      )
      .orderBy(asc(table.id))
      .limit(MOST_IDS)
    if (rows.length > 0) yield rows.map(({ id }) => id)
    last = rows.at(-1)?.id ?? ''
    if (rows.length < MOST_IDS) return
  }
}

function tableOf(module: Module) {
  if (module === 'Accounts') return accounts
  if (module === 'Contacts') return contacts
  return module === 'Deals' ? deals : activities
}
