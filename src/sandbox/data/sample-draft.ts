import {
  type CrmData,
  emptyRecords,
  type HistoryEntry,
  type Lookup,
  type ModuleName,
  recordId,
  zohoTime,
} from './crm-data.ts'
import { addDays, at, dayOf } from './days.ts'
import type { SampleAccount } from './sample-accounts.ts'
import { SAMPLE_PEOPLE } from './sample-people.ts'
import type { Random } from './seeded.ts'

/** One account of the sample company while it is being made. */
export type Draft = {
  account: SampleAccount
  id: string
  owner: Lookup
  contacts: (Lookup & { first: string })[]
  random: Random
}

export type Ledger = ReturnType<typeof createLedger>

/** Collects the sample company's records, and knows what day it is there. */
export function createLedger(now: Date) {
  const today = dayOf(now)
  const company: CrmData = {
    people: SAMPLE_PEOPLE.map((person) => ({ ...person })),
    records: emptyRecords(),
    history: [],
  }
  return {
    company,
    records: company.records,
    today,
    daysAgo: (days: number, minutesAfterMidnight: number) => at(addDays(today, -days), minutesAfterMidnight),
    nextOrdinal: (module: ModuleName) => company.records[module].length + 1,
    tell(
      { module, id, at: instant }: { module: ModuleName; id: string; at: Date },
      by: { id: string; name?: string },
      changes: HistoryEntry['changes'],
    ) {
      company.history.push({
        id: recordId(module, 9_000_000 + company.history.length),
        module,
        recordId: id,
        at: zohoTime(instant),
        action: 'updated',
        source: 'crm_ui',
        by: { id: by.id, name: by.name ?? '' },
        changes,
      })
    },
  }
}

export function stamps(owner: Lookup, created: Date, modified: Date = created) {
  return {
    Owner: owner,
    Created_Time: zohoTime(created),
    Modified_Time: zohoTime(modified),
    Created_By: owner,
    Modified_By: owner,
  }
}
