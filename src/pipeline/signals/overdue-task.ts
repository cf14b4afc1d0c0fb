import type { Activity } from '../../model/account.ts'
import { dayInWords, daysSince } from '../../recommendations/calendar.ts'
import { count } from '../../recommendations/text.ts'
import { activityEvidence, quoted } from '../evidence.ts'
import { type Detector, onAccount } from './signal.ts'

const MEDIUM_DAYS = 14

/** Open tasks whose day has passed: one signal for all of them, named by the oldest. */
export const overdueTask: Detector = (facts, clock) => {
  const late = facts.activities
    .filter(
      (activity): activity is Activity & { at: Date } =>
        activity.module === 'Tasks' &&
        activity.completed === false &&
        activity.at !== null &&
        daysSince(activity.at, clock) >= 1,
    )
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
  const [oldest] = late
  if (!oldest) return []
  const days = daysSince(oldest.at, clock)
  return [
    onAccount('overdue_task', days >= MEDIUM_DAYS ? 'medium' : 'low', facts.account, {
      reason: `${count(late.length, 'task')} overdue; the oldest, ${quoted(oldest.subject)}, was due on ${dayInWords(oldest.at, clock)}, ${count(days, 'day')} ago.`,
      evidence: late.slice(0, 3).map(activityEvidence),
      value: days,
    }),
  ]
}
