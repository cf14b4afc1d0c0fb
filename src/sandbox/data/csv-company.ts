import { type CrmData, emptyRecords, type HistoryEntry, type Lookup, recordId, zohoTime } from './crm-data.ts'
import { peopleOf } from './csv-people.ts'
import { accountRecord, addActivity, contactRecord, dealRecord, type Ids } from './csv-records.ts'
import { type Replayed, replay } from './csv-replay.ts'
import { type CompanyRows, type ContactRow, type DealRow, readCompanyRows } from './csv-tables.ts'
import { addDays, at, dayOf, earliest } from './days.ts'
import { groupBy } from './grouping.ts'
import { hash } from './seeded.ts'

/**
 * The company of a folder of CSV files (accounts, contacts, deals, activities; plain or gzipped), moved in time
 * so that its newest activity was yesterday.
 *
 * @throws ConfigError listing file, row, column and reason; nothing is loaded then
 */
export function loadCompany(folder: string, now: Date): CrmData {
  const rows = readCompanyRows(folder)
  const today = dayOf(now)
  const ownerNames = ownersOf(rows)
  const people = peopleOf([...new Set([...ownerNames.values(), ...writers(rows)])].sort())
  const users = new Map(people.map((person) => [person.name, person]))
  const userNamed = (name: string | null): Lookup | null => {
    const person = name === null ? undefined : users.get(name)
    return person?.crmId ? { id: person.crmId, name: person.name, email: person.email } : null
  }

  // Ids follow the order of the files, so the same folder gives the same ids in every run.
  const ids: Ids = {
    accounts: new Map(rows.accounts.map((row) => [row.id, recordId('Accounts', row.row - 1)])),
    contacts: new Map(rows.contacts.map((row) => [row.contact_id, recordId('Contacts', row.row - 1)])),
    deals: new Map(rows.deals.map((row) => [row.deal_id, recordId('Deals', row.row - 1)])),
  }
  const records = emptyRecords()
  const history: HistoryEntry[] = []
  const contactsOf = groupBy(rows.contacts, (contact) => contact.account_id)
  const replayed = replay(rows, today)
  const handedOver = pickHandedOver(replayed)

  for (const each of replayed) {
    const owner = userNamed(ownerNames.get(each.account.id) ?? null)
    const began = firstDay(each, today)
    records.Accounts.push(accountRecord(each, { ids, owner, began, today }))
    for (const contact of contactsOf.get(each.account.id) ?? []) {
      records.Contacts.push(
        contactRecord(contact, { ids, owner: userNamed(contact.contact_owner) ?? owner, began }),
      )
    }
    for (const deal of each.deals) {
      records.Deals.push(dealRecord(deal, { ids, owner: userNamed(deal.deal_owner) ?? owner }))
    }
    for (const activity of each.activities) {
      addActivity(records, activity, { ids, owner: userNamed(activity.activity_owner) ?? owner })
    }
    if (each === handedOver && owner)
      history.push(...handover(ids.accounts.get(each.account.id), owner, { people, today }))
  }
  return { people, records, history }
}

/** The timeline of an account that came to its owner from a colleague. */
function handover(
  accountId: string | undefined,
  owner: Lookup,
  { people, today }: { people: CrmData['people']; today: string },
): HistoryEntry[] {
  const before = people.find((person) => person.role === 'owner' && person.crmId !== owner.id)
  const manager = people.find((person) => person.role === 'manager')
  if (accountId === undefined || !before || !manager?.crmId) return []
  return [
    {
      id: recordId('Accounts', 9_000_000),
      module: 'Accounts',
      recordId: accountId,
      at: zohoTime(at(addDays(today, -3), 10 * 60)),
      action: 'updated',
      source: 'crm_ui',
      by: { id: manager.crmId, name: manager.name },
      changes: [{ field: 'Owner', old: before.name, new: owner.name ?? null }],
    },
  ]
}

/** The owner of each account: of its newest deal, else of its first contact. */
function ownersOf({ accounts, contacts, deals }: CompanyRows): Map<string, string> {
  const dealsOf = groupBy(deals, (deal) => deal.account_id)
  const contactsOf = groupBy(contacts, (contact) => contact.account_id)
  const owners = new Map<string, string>()
  for (const { id } of accounts) {
    const newest = (dealsOf.get(id) ?? []).reduce<DealRow | null>(
      (latest, deal) => (latest === null || deal.created_date >= latest.created_date ? deal : latest),
      null,
    )
    const first = (contactsOf.get(id) ?? []).reduce<ContactRow | null>(
      (lowest, contact) =>
        lowest === null || Number(contact.contact_id) < Number(lowest.contact_id) ? contact : lowest,
      null,
    )
    const owner = newest?.deal_owner ?? first?.contact_owner
    if (owner) owners.set(id, owner)
  }
  return owners
}

function writers({ contacts, deals, activities }: CompanyRows): string[] {
  const names = [
    ...contacts.map((contact) => contact.contact_owner),
    ...deals.map((deal) => deal.deal_owner),
    ...activities.map((activity) => activity.activity_owner),
  ]
  return [...new Set(names)].filter((name) => name !== null)
}

/** One account changed hands three days ago: a customer that would give no other reason to act. */
function pickHandedOver(replayed: readonly Replayed[]): Replayed | null {
  const customers = replayed.filter((each) => each.healthy)
  return customers.sort((a, b) => hash(a.account.id) - hash(b.account.id))[0] ?? null
}

/** The day the company first appears in the files: before any deal, contact or activity of it. */
function firstDay({ deals, activities, account, shiftDays }: Replayed, today: string): string {
  const dates = [...deals.map((deal) => deal.created), ...activities.map((activity) => activity.date)]
  const first = earliest([...dates, addDays(today, -400)]) ?? today
  return addDays(first, -14 - (hash(`began ${account.id} ${shiftDays}`) % 60))
}
