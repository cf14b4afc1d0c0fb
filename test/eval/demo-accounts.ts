import { mapRecords } from '../../src/crm/sync/mapping.ts'
import type { Account, Activity, Contact, Deal } from '../../src/model/account.ts'
import { MODULES, resolveFields } from '../../src/model/field.ts'
import type { AccountFacts } from '../../src/pipeline/facts.ts'
import { loadCompany } from '../../src/sandbox/data/csv-company.ts'
import type { ActivityRow } from '../../src/store/mirror-writes.ts'
import { CRM_DEMO } from '../bench/demo.ts'

/** The accounts of crm-demo as the mirror would hold them, without a database between. */
export function demoAccounts(now: Date): AccountFacts[] {
  const { records } = loadCompany(CRM_DEMO, now)
  const { fields } = resolveFields({})
  const batches = MODULES.map((module) =>
    mapRecords(module, records[module], { fields, choices: {}, problem: () => {} }),
  )
  const rowsOf = <Row>(module: string) =>
    batches.flatMap((batch) => (batch.module === module ? (batch.rows as unknown as Row[]) : []))
  type Stamped<T> = T & { crmCreatedAt: Date | null; crmModifiedAt: Date | null }
  const stamped = <T>(row: Stamped<T>): T => ({
    ...row,
    createdAt: row.crmCreatedAt,
    modifiedAt: row.crmModifiedAt,
  })
  const deals = rowsOf<Stamped<Deal>>('Deals').map(stamped)
  const contacts = rowsOf<Stamped<Contact>>('Contacts').map(stamped)
  const accountOf = new Map([...deals, ...contacts].map(({ id, accountId }) => [id, accountId]))
  const activities = ['Tasks', 'Events', 'Calls', 'Notes'].flatMap((module) =>
    rowsOf<ActivityRow>(module).map((row): Activity => {
      const about = row.parent?.id ?? ''
      return {
        ...row,
        dealId: row.parent?.module === 'Deals' ? about : null,
        accountId: accountOf.get(about) ?? (row.parent?.module === 'Accounts' ? about : null),
        createdAt: row.crmCreatedAt,
        outcome: (row.raw as { $outcome?: string | null }).$outcome ?? null,
        direction: (row.raw as { $direction?: Activity['direction'] }).$direction ?? null,
      }
    }),
  )
  return rowsOf<Stamped<Account>>('Accounts').map((row) => {
    const { usage: _, ...account } = stamped(row)
    const ofAccount = ({ accountId }: { accountId: string | null }) => accountId === account.id
    return {
      account,
      owner: null,
      contacts: contacts.filter(ofAccount),
      deals: deals.filter(ofAccount),
      activities: activities.filter(ofAccount),
      changes: [],
      asOf: now,
      missing: [],
    }
  })
}

/** The same account as it stood on an earlier day: what came later has not happened, and is not known. */
export function asOn(facts: AccountFacts, day: Date): AccountFacts {
  const date = day.toISOString().slice(0, 10)
  const { account, contacts, deals, activities } = facts
  const known = ({ createdAt }: { createdAt: Date | null }) => createdAt !== null && createdAt <= day
  return {
    ...facts,
    account: { ...account, renewalDate: account.renewalDate && nextOnYear(account.renewalDate, date) },
    contacts: contacts.filter(known),
    activities: activities.filter(({ at }) => at !== null && at <= day),
    deals: deals.filter(known).map((deal) => {
      const isLater = deal.closingDate !== null && deal.closingDate > date
      const opened = isLater ? { outcome: 'open' as const, stage: 'Negotiation', closingDate: null } : {}
      const moved = deal.stageChangedAt !== null && deal.stageChangedAt <= day
      return { ...deal, ...opened, ...(!moved && { stageChangedAt: null, modifiedAt: deal.createdAt }) }
    }),
    asOf: day,
  }
}

/** The renewal of that contract that came next on that day: they return every year. */
function nextOnYear(renewal: string, date: string): string {
  const sameDay = renewal.slice(4)
  const year = Number(date.slice(0, 4))
  return [year, year + 1].map((each) => `${each}${sameDay}`).find((each) => each >= date) ?? renewal
}
