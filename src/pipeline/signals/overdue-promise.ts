import type { Activity } from '../../model/account.ts'
import type { Commitment } from '../../model/commitment.ts'
import { type Clock, dayBegan, dayInWords, daysSince } from '../../recommendations/calendar.ts'
import { count } from '../../recommendations/text.ts'
import { commitmentsOf } from '../commitments/commitments.ts'
import { contentWordsOf } from '../commitments/content-words.ts'
import { quoted } from '../evidence.ts'
import type { AccountFacts } from '../facts.ts'
import { type Detector, onAccount } from './signal.ts'

const MEDIUM_DAYS = 3
/** What was promised longer ago than this nobody waits for any more. */
const WITHIN_DAYS = 90

export type OverduePromise = Commitment & { dueAt: Date }

/** What we promised, or were asked for, by a day that has passed: longest overdue first. */
export function overduePromises(
  facts: Pick<AccountFacts, 'activities' | 'contacts' | 'owner'>,
  clock: Clock,
): OverduePromise[] {
  const since = dayBegan(WITHIN_DAYS, clock)
  const activities = facts.activities.filter(({ at }) => at !== null && at >= since)
  return commitmentsOf({ ...facts, activities }, clock.now)
    .filter((promise): promise is OverduePromise => promise.by === 'us' && promise.state === 'overdue')
    .filter((promise) => !facts.activities.some((activity) => isPlanFor(activity, promise)))
    .toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime())
}

/** Somebody has an open task for it, which is late or not for itself. */
function isPlanFor(activity: Activity, { text }: Commitment): boolean {
  if (activity.type !== 'task' || activity.completed !== false) return false
  const planned = contentWordsOf(activity.subject)
  return [...contentWordsOf(text)].some((word) => planned.has(word))
}

/** One signal for all that is overdue, named by the oldest. */
export const overduePromise: Detector = (facts, clock) => {
  const late = overduePromises(facts, clock)
  const [oldest] = late
  if (!oldest) return []
  const days = daysSince(oldest.dueAt, clock)
  const several = late.length > 1 ? `${count(late.length, 'promise')} overdue; the oldest: ` : ''
  return [
    onAccount('overdue_promise', days >= MEDIUM_DAYS ? 'medium' : 'low', facts.account, {
      reason: `${several}${quoted(oldest.text)}: ${promiseInWords(oldest, clock)}, ${count(days, 'day')} ago, and nothing since looks like it was done.`,
      evidence: late.slice(0, 3).map(({ evidence }) => evidence),
      value: days,
    }),
  ]
}

export function promiseInWords({ kind, madeAt, dueAt }: OverduePromise, clock: Clock): string {
  const verb = kind === 'promise' ? 'promised' : 'asked for'
  return `${verb} on ${dayInWords(madeAt, clock)} for ${dayInWords(dueAt, clock)}`
}
