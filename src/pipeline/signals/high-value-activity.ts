import { dayInWords, daysBetween } from '../../recommendations/calendar.ts'
import { activityEvidence, quoted } from '../evidence.ts'
import { touches, zoneOf } from '../facts.ts'
import { type Detector, onAccount } from './signal.ts'

const WINDOW_DAYS = 30
const HIGH_VALUE = /\bdemo\b|\bcontract (review|negotiation)\b|\bexecutive\b|\b(C-level|board) meeting\b/i

/** A demo, a contract review or a meeting with executives: the newest of the last 30 days. */
export const highValueActivity: Detector = (facts, now) => {
  const newest = touches(facts, now).find(
    (activity) => HIGH_VALUE.test(activity.subject) && daysBetween(activity.at, now) < WINDOW_DAYS,
  )
  if (!newest) return []
  return [
    onAccount('high_value_activity', 'info', facts.account, {
      reason: `${quoted(newest.subject)} took place on ${dayInWords(newest.at, zoneOf(facts))}.`,
      evidence: [activityEvidence(newest)],
      value: daysBetween(newest.at, now),
    }),
  ]
}
