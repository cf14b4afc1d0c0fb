import type { Account, Activity, Contact, Deal } from '../model/account.ts'
import type { Owner } from '../model/owner.ts'
import type { FieldChange } from '../model/review.ts'

/** A record as it is today, and when it went. */
export type Past<Record> = Record & { deletedAt: Date | null }

/** All that is remembered of one account, today's values and the way to them; in any order. */
export type AccountHistory = {
  account: Past<Account>
  owners: ReadonlyMap<string, Owner>
  contacts: readonly Past<Contact>[]
  deals: readonly Past<Deal>[]
  activities: readonly Past<Activity>[]
  /** Moves of followed fields, as far back as they are kept. */
  changes: readonly FieldChange[]
}

/** Where histories come from. */
export type HistorySource = {
  /** First and last day that the data speak of, `YYYY-MM-DD`; null when there is nothing. */
  days: { first: string; last: string } | null
  /** The day since when moves of fields were kept; null when none were. */
  followed: string | null
  /** What was left out, in words for a person. */
  notes: readonly string[]
  /** True when moves of fields have been kept since that moment or earlier. */
  followedBy(moment: Date): boolean
  accounts(): AsyncIterable<AccountHistory>
}

/** The last moment of a day: what is known as of a date is what was known in its evening. */
export function evening(day: string): Date {
  return new Date(`${day}T23:59:59.999Z`)
}

/** A moment that falls on that day in nearly every zone. */
export function noon(day: string): Date {
  return new Date(`${day}T12:00:00Z`)
}

/** When a deal was won or lost; null while it is not, and when the day is not on record. */
export function endOf({ outcome, stageChangedAt, closingDate }: Deal): Date | null {
  if (outcome !== 'won' && outcome !== 'lost') return null
  return stageChangedAt ?? (closingDate === null ? null : noon(closingDate))
}
