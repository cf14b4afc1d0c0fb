import { dayBegan, daysBetween } from '../../recommendations/calendar.ts'
import { activityEvidence } from '../evidence.ts'
import { touches } from '../facts.ts'
import { type Measure, median, rounded } from './habit.ts'

const WITHIN_DAYS = 180

/** The days from one contact with an account to the next; several on one day are one. */
export const touchRhythm: Measure = ({ accounts }, clock) => {
  const since = dayBegan(WITHIN_DAYS, clock)
  const spans = accounts.flatMap((facts) => {
    const dated = touches(facts, clock.now).filter(({ at }) => at >= since)
    return dated.flatMap((touch, index) => {
      const before = dated[index + 1]
      const days = before ? daysBetween(before.at, touch.at, clock.zone) : 0
      return days > 0 ? [{ days, touch }] : []
    })
  })
  const days = median(spans.map((span) => span.days))
  if (days === null) return null
  const newest = spans.toSorted((a, b) => b.touch.at.getTime() - a.touch.at.getTime())
  return {
    kind: 'touch_rhythm',
    text: `Half of the time the next contact with an account comes within ${rounded(days)} days (${spans.length} gaps between contacts in ${WITHIN_DAYS} days).`,
    value: days,
    unit: 'days',
    observations: spans.length,
    evidence: newest.slice(0, 3).map(({ touch }) => activityEvidence(touch)),
  }
}
