import { DateTime } from 'luxon'
import { orgOffset, zohoTime } from './crm-data.ts'

/** Calendar days of the organisation, as `YYYY-MM-DD`. */

const DAY_MS = 86_400_000

export function dayOf(instant: Date): string {
  return zohoTime(instant).slice(0, 10)
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10)
}

/** The same day of another month, or its last day where it is shorter. */
export function addMonths(date: string, months: number): string {
  return DateTime.fromISO(date, { zone: 'utc' }).plus({ months }).toFormat('yyyy-MM-dd')
}

/** Days from one date to a later one. */
export function daysFrom(earlier: string, later: string): number {
  return (Date.parse(later) - Date.parse(earlier)) / DAY_MS
}

/** A time of that day in the organisation's zone. */
export function at(date: string, minutesAfterMidnight: number): Date {
  const utc = Date.parse(date) + minutesAfterMidnight * 60_000
  // The offset of a moment some hours off, which differs only in the night the clocks change.
  return new Date(utc - orgOffset(utc) * 60_000)
}

/** The latest of some dates; null of none. */
export function latest(dates: Iterable<string>): string | null {
  let found: string | null = null
  for (const date of dates) if (found === null || date > found) found = date
  return found
}

/** The earliest of some dates; null of none. */
export function earliest(dates: Iterable<string>): string | null {
  let found: string | null = null
  for (const date of dates) if (found === null || date < found) found = date
  return found
}
