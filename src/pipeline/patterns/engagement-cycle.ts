import type { EngagementCycle } from '../../model/pattern.ts'
import { addDays, localDate } from '../../recommendations/calendar.ts'
import { count } from '../../recommendations/text.ts'
import type { Seen } from './pattern.ts'

const LEAST = 10
/** Standard deviation over mean of the days between contacts; above it there is no rhythm to speak of. */
const REGULAR = 0.6

/** How often there is contact, and by when the next would be due. Contacts of one day are one. */
export function engagementCycle({ touched, clock }: Seen): EngagementCycle {
  const days = [...new Set(touched.map(({ daysAgo }) => daysAgo))]
  if (days.length < LEAST) {
    return {
      state: 'not measured',
      reason: `Only ${count(days.length, 'day')} with contact on record; ${LEAST} are needed.`,
    }
  }
  const ages = days.toSorted((a, b) => a - b)
  const gaps = ages.slice(1).map((age, at) => age - (ages[at] ?? age))
  const everyDays = median(gaps)
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
  const spread = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length) / mean
  const isRegular = spread <= REGULAR
  const next = addDays(localDate(clock.now, clock.zone), everyDays - (ages[0] ?? 0))
  return {
    state: isRegular ? 'regular' : 'irregular',
    everyDays,
    nextBy: isRegular ? next : null,
    reason: `Contact about every ${count(everyDays, 'day')}, ${isRegular ? 'regularly' : 'at irregular times'}.`,
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
