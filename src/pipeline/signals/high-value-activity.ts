import { dayInWords, daysSince } from '../../recommendations/calendar.ts'
import { activityEvidence, quoted } from '../evidence.ts'
import { touches } from '../facts.ts'
import { type Detector, onAccount } from './signal.ts'

const WINDOW_DAYS = 30
const HIGH_VALUE = /\bdemo\b|\bcontract (review|negotiation)\b|\bexecutive\b|\b(C-level|board) meeting\b/i

/** A demo, a contract review or a meeting with executives: the newest of the last 30 days. */
export const highValueActivity: Detector = (facts, clock) => {
  const newest = touches(facts, clock.now).find(
    (activity) => HIGH_VALUE.test(activity.subject) && daysSince(activity.at, clock) < WINDOW_DAYS,
  )
  if (!newest) return []
  return [
    onAccount('high_value_activity', 'info', facts.account, {
      reason: `${quoted(newest.subject)} took place on ${dayInWords(newest.at, clock)}.`,
      evidence: [activityEvidence(newest)],
      value: daysSince(newest.at, clock),
    }),
  ]
}
