import type { Evidence, Severity } from '../../model/signal.ts'
import { type Clock, dayInWords, daysFrom, daysSince, localDate } from '../../recommendations/calendar.ts'
import { count } from '../../recommendations/text.ts'
import { accountEvidence, activityEvidence, dealEvidence } from '../evidence.ts'
import { type AccountFacts, isWatched, touches, wonDeals } from '../facts.ts'
import { type Detector, onAccount } from './signal.ts'

export const SILENCE_DAYS = { watch: 14, high: 30, critical: 60 } as const

export const inactivity: Detector = (facts, clock) => {
  if (!isWatched(facts)) return []
  const silence = silenceOf(facts, clock)
  const severity = silence && severityOf(silence.days)
  if (!silence || !severity) return []
  const { days, reason, evidence } = silence
  return [onAccount('inactivity', severity, facts.account, { reason, evidence: [evidence], value: days })]
}

function severityOf(days: number): Severity | null {
  if (days >= SILENCE_DAYS.critical) return 'critical'
  if (days >= SILENCE_DAYS.high) return 'high'
  return days >= SILENCE_DAYS.watch ? 'medium' : null
}

/** `evidence` is the one record from which the days are counted. */
type Silence = { days: number; reason: string; evidence: Evidence }

/**
 * How long nobody has been in contact. With no contact on record it is counted from the newest thing that
 * began the relation; null when even that has no date: then silence is not measured.
 */
export function silenceOf(facts: AccountFacts, clock: Clock): Silence | null {
  const [last] = touches(facts, clock.now)
  if (last) {
    const days = daysSince(last.at, clock)
    return {
      days,
      reason: `No contact for ${count(days, 'day')}; the last was on ${dayInWords(last.at, clock)}.`,
      evidence: activityEvidence(last),
    }
  }
  return sinceWon(facts, clock) ?? sinceCreated(facts, clock)
}

/** Null when the account was created after its last deal was won. */
function sinceWon(facts: AccountFacts, clock: Clock): Silence | null {
  const [won] = wonDeals(facts)
  const date = won?.closingDate
  const days = date ? daysFrom(date, localDate(clock.now, clock.zone)) : null
  if (!won || !date || days === null || days < 0) return null
  const { createdAt } = facts.account
  if (createdAt !== null && localDate(createdAt, clock.zone) > date) return null
  return {
    days,
    reason: `No contact on record since the last deal was won on ${dayInWords(date, clock)}, ${count(days, 'day')} ago.`,
    evidence: dealEvidence(won, 'closingDate', date),
  }
}

function sinceCreated({ account }: AccountFacts, clock: Clock): Silence | null {
  const { createdAt } = account
  if (createdAt === null || createdAt > clock.now) return null
  const days = daysSince(createdAt, clock)
  return {
    days,
    reason: `No contact on record since the account was created on ${dayInWords(createdAt, clock)}, ${count(days, 'day')} ago.`,
    evidence: accountEvidence(account, 'createdAt', createdAt),
  }
}
