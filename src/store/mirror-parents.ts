import { inArray } from 'drizzle-orm'
import type { Tx } from './db.ts'
import type { ActivityRow } from './mirror-writes.ts'
import { accounts, contacts, deals } from './schema.ts'

type Adopted = Omit<ActivityRow, 'parent'>

/**
 * Gives activities their account: the one they are about, else that of their deal, else that of their contact.
 * Needs the accounts, contacts and deals to be in the mirror already.
 */
export async function adoptActivities(tx: Tx, rows: readonly ActivityRow[]): Promise<Adopted[]> {
  const parentIds = rows.flatMap(({ parent }) => (parent ? [parent.id] : []))
  const contactIds = rows.flatMap(({ contactId }) => contactId ?? [])
  const dealAccounts = await accountsOfDeals(tx, parentIds)
  const contactAccounts = await accountsOfContacts(tx, [...parentIds, ...contactIds])
  const nameless = rows.flatMap(({ parent }) => (parent && parent.module === null ? [parent.id] : []))
  const accountIds = await knownAccounts(tx, nameless)

  return rows.map(({ parent, ...row }) => {
    const isAbout = (module: string, has: { has(id: string): boolean }) =>
      parent !== null && (parent.module === null ? has.has(parent.id) : parent.module === module)
    const dealId = parent && isAbout('Deals', dealAccounts) ? parent.id : row.dealId
    const contactId = parent && isAbout('Contacts', contactAccounts) ? parent.id : row.contactId
    const accountId = parent && isAbout('Accounts', accountIds) ? parent.id : row.accountId
    return {
      ...row,
      dealId,
      contactId,
      accountId:
        accountId ??
        (dealId && dealAccounts.get(dealId)) ??
        (contactId && contactAccounts.get(contactId)) ??
        null,
    }
  })
}

async function accountsOfDeals(tx: Tx, ids: string[]): Promise<Map<string, string | null>> {
  if (ids.length === 0) return new Map()
  const found = await tx
    .select({ id: deals.id, accountId: deals.accountId })
    .from(deals)
    .where(inArray(deals.id, [...new Set(ids)]))
  return new Map(found.map(({ id, accountId }) => [id, accountId]))
}

async function accountsOfContacts(tx: Tx, ids: string[]): Promise<Map<string, string | null>> {
  if (ids.length === 0) return new Map()
  const found = await tx
    .select({ id: contacts.id, accountId: contacts.accountId })
    .from(contacts)
    .where(inArray(contacts.id, [...new Set(ids)]))
  return new Map(found.map(({ id, accountId }) => [id, accountId]))
}

async function knownAccounts(tx: Tx, ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const found = await tx
    .select({ id: accounts.id })
    .from(accounts)
    .where(inArray(accounts.id, [...new Set(ids)]))
  return new Set(found.map(({ id }) => id))
}
