import { DateTime } from 'luxon'

/**
 * Days as an account owner counts them: calendar days in the owner's own zone, for instants as for dates, over
 * any change of clocks. Dates are `YYYY-MM-DD`; one that no calendar has is answered with null, never guessed.
 */

/** The moment, and the IANA zone in which its owner's days begin and end. */
export type Clock = { now: Date; zone: string }

const DAY_MS = 86_400_000
const DATE = /^\d{4}-\d{2}-\d{2}$/
const WORKING_HOURS = { from: 9, until: 17 }

/** Midnights passed from one instant to a later one; negative when it is not later. */
export function daysBetween(from: Date, to: Date, zone: string): number {
  // The two dates are held in UTC, where every day has 24 hours.
  const [start, end] = [from, to].map((instant) =>
    inZone(instant, zone).startOf('day').setZone('UTC', { keepLocalTime: true }).toMillis(),
  )
  return Math.round(((end ?? Number.NaN) - (start ?? Number.NaN)) / DAY_MS)
}

/** How many days ago it was: 0 for today. */
export function daysSince(instant: Date, { now, zone }: Clock): number {
  return daysBetween(instant, now, zone)
}

/** When the day so many days ago began; an instant is at most `days` days ago when it is not earlier. */
export function dayBegan(days: number, { now, zone }: Clock): Date {
  return inZone(now, zone).minus({ days }).startOf('day').toJSDate()
}

/** The date it is at `instant` in an IANA zone; a zone nobody knows counts as UTC. */
export function localDate(instant: Date, zone: string): string {
  return inZone(instant, zone).toFormat('yyyy-MM-dd')
}

/** Calendar days from one date to another, negative when it has passed; null for a date that does not exist. */
export function daysFrom(from: string, to: string): number | null {
  const start = day(from)
  const end = day(to)
  return start.isValid && end.isValid ? Math.round(end.diff(start, 'days').days) : null
}

/** @throws RangeError for a date that does not exist: only dates already checked are added to. */
export function addDays(date: string, days: number): string {
  return existing(date).plus({ days }).toFormat('yyyy-MM-dd')
}

export function laterDate(a: string, b: string): string {
  return a.localeCompare(b) > 0 ? a : b
}

/** The date itself, or the Monday after when it falls on a weekend. */
export function workingDay(date: string): string {
  const start = existing(date)
  const weekend = start.weekday >= 6
  return start.plus({ days: weekend ? 8 - start.weekday : 0 }).toFormat('yyyy-MM-dd')
}

/** So many working days later; from a weekend, counted from its Monday. */
export function addWorkingDays(date: string, days: number): string {
  const counted = Array.from({ length: days }).reduce<string>((day) => workingDay(addDays(day, 1)), date)
  return workingDay(counted)
}

/**
 * A meeting inside working hours on a working day that is still to come, as ISO 8601 with the zone's offset.
 *
 * @param minutes at most a working day; a start too late in the day is moved forward to fit.
 */
export function meetingSlot(
  wish: { date: string; time: string; minutes: number },
  zone: string,
  now: Date,
): { start: string; end: string } {
  const tomorrow = addDays(localDate(now, zone), 1)
  const date = workingDay(laterDate(wish.date, tomorrow))
  const [hour = 0, minute = 0] = wish.time.split(':').map(Number)
  const latest = WORKING_HOURS.until * 60 - wish.minutes
  const startMinute = Math.min(Math.max(hour * 60 + minute, WORKING_HOURS.from * 60), latest)
  const start = DateTime.fromISO(date, { zone: knownZone(zone) }).set({
    hour: Math.floor(startMinute / 60),
    minute: startMinute % 60,
  })
  // Zoho refuses `Z`; an offset is always written out.
  const iso = "yyyy-MM-dd'T'HH:mm:ssZZ"
  return { start: start.toFormat(iso), end: start.plus({ minutes: wish.minutes }).toFormat(iso) }
}

/** `13 Oct`, for sentences; the year only when it is not this year: `13 Oct 2025`. */
export function dayInWords(value: Date | string, { now, zone }: Clock): string {
  const moment = typeof value === 'string' ? day(value) : inZone(value, zone)
  if (!moment.isValid) return String(value)
  const format = moment.year === inZone(now, zone).year ? 'd LLL' : 'd LLL yyyy'
  // Not en-GB, which writes "Sept".
  return moment.setLocale('en-US').toFormat(format)
}

function inZone(instant: Date, zone: string): DateTime {
  return DateTime.fromJSDate(instant, { zone: knownZone(zone) })
}

function knownZone(zone: string): string {
  return DateTime.local({ zone }).isValid ? zone : 'UTC'
}

function day(date: string): DateTime {
  return DATE.test(date) ? DateTime.fromISO(date, { zone: 'UTC' }) : DateTime.invalid('not a date')
}

function existing(date: string): DateTime {
  const found = day(date)
  if (!found.isValid) throw new RangeError(`${date} is not a date`)
  return found
}
