import { type Clock, dayBegan, daysBetween } from '../recommendations/calendar.ts'

/** How often there is contact: an account is measured against its own habit, never against others. */

const MONTH_DAYS = 30
const USUAL_DAYS = 150

export type Rhythm = {
  /** Touches in the last 30 days. */
  recent: number
  /** Touches per 30 days, over the (up to) 150 days before. */
  usual: number
  /** How many touches `usual` rests on. */
  basis: number
}

/** @param touchedAt the instants of contact that happened. */
export function rhythm(touchedAt: readonly Date[], clock: Clock): Rhythm {
  // Today is the first of the 30 days: after a silence of 30 days there is no recent contact.
  const month = dayBegan(MONTH_DAYS - 1, clock)
  const start = dayBegan(MONTH_DAYS + USUAL_DAYS - 1, clock)
  const recent = touchedAt.filter((at) => at >= month && at <= clock.now).length
  const earlier = touchedAt.filter((at) => at >= start && at < month)
  if (earlier.length === 0) return { recent, usual: 0, basis: 0 }
  // A relation younger than half a year is measured over the time it has lasted, or it would look slower.
  const older = touchedAt.some((at) => at < start)
  const first = Math.min(...earlier.map((at) => at.getTime()))
  const span = older ? USUAL_DAYS : Math.max(MONTH_DAYS, daysBetween(new Date(first), month, clock.zone))
  return { recent, usual: (earlier.length / span) * MONTH_DAYS, basis: earlier.length }
}
