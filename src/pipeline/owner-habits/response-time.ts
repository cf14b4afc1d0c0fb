import type { Activity } from '../../model/account.ts'
import { dayBegan } from '../../recommendations/calendar.ts'
import { namesOf, writerOf } from '../commitments/voice.ts'
import { activityEvidence } from '../evidence.ts'
import { type AccountFacts, touches } from '../facts.ts'
import { type Measure, median, rounded } from './habit.ts'

const WITHIN_DAYS = 180
const HOUR_MS = 3_600_000

/**
 * From a customer's e-mail to what answers it: our next e-mail to them, a call or a meeting. One that was never
 * answered counts as longer than any other, so that silence does not look quick; weekends count as they pass.
 */
export const responseTime: Measure = ({ accounts }, clock) => {
  const since = dayBegan(WITHIN_DAYS, clock)
  const waits = accounts
    .flatMap((facts) => waitsOf(facts, clock.now))
    .filter(({ email }) => email.at >= since)
  const answered = waits.filter(({ hours }) => Number.isFinite(hours))
  const hours = median(waits.map((wait) => wait.hours))
  if (hours === null || !Number.isFinite(hours)) return null
  return {
    kind: 'response_time',
    text: `Half of the customers’ e-mails are answered within ${rounded(hours)} hours (${answered.length} of ${waits.length} were answered, ${WITHIN_DAYS} days).`,
    value: hours,
    unit: 'hours',
    observations: waits.length,
    evidence: waits
      .toSorted((a, b) => b.email.at.getTime() - a.email.at.getTime())
      .slice(0, 3)
      .map(({ email }) => activityEvidence(email)),
  }
}

type Wait = { email: Activity & { at: Date }; hours: number }

function waitsOf(facts: AccountFacts, now: Date): Wait[] {
  const names = namesOf(facts)
  const found: Wait[] = []
  // The first of several e-mails in a row is the one that has waited longest.
  let waiting: (Activity & { at: Date }) | null = null
  for (const touch of touches(facts, now).toReversed()) {
    const writer = touch.type === 'email' ? writerOf(touch, names) : 'us'
    if (writer === 'customer') waiting ??= touch
    else if (writer === 'us' && waiting) {
      found.push({ email: waiting, hours: (touch.at.getTime() - waiting.at.getTime()) / HOUR_MS })
      waiting = null
    }
  }
  return waiting ? [...found, { email: waiting, hours: Number.POSITIVE_INFINITY }] : found
}
