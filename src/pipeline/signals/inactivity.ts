import type { Severity } from '../../model/signal.ts'
import { dayInWords, daysBetween } from '../../recommendations/calendar.ts'
import { count } from '../../recommendations/text.ts'
import { accountEvidence, activityEvidence, dealEvidence } from '../evidence.ts'
import { type AccountFacts, isWatched, openDeals, touches, wonDeals, zoneOf } from '../facts.ts'
import { type Detector, onAccount } from './signal.ts'

export const SILENCE_DAYS = { watch: 14, high: 30, critical: 60 } as const

export const inactivity: Detector = (facts, now) => {
  if (!isWatched(facts)) return []
  const silence = silenceOf(facts, now)
  if (!silence) return []
  const days = daysBetween(silence.since, now)
  const severity = severityOf(days)
  if (!severity) return []
  return [onAccount('inactivity', severity, facts.account, { ...silence.told(days), value: days })]
}

function severityOf(days: number): Severity | null {
  if (days >= SILENCE_DAYS.critical) return 'critical'
  if (days >= SILENCE_DAYS.high) return 'high'
  return days >= SILENCE_DAYS.watch ? 'medium' : null
}

/**
 * Since when nobody has been in contact. With no contact on record it is counted from the newest thing that
 * began the relation; null when even that has no date: then silence is not measured.
 */
export function silenceOf(facts: AccountFacts, now: Date) {
  const zone = zoneOf(facts)
  const context = openDeals(facts)[0] ?? wonDeals(facts)[0]
  const [last] = touches(facts, now)
  if (last) {
    return {
      since: last.at,
      told: (days: number) => ({
        reason: `No contact for ${count(days, 'day')}; the last was on ${dayInWords(last.at, zone)}.`,
        evidence: [activityEvidence(last), context ? dealEvidence(context) : accountEvidence(facts.account)],
      }),
    }
  }
  const [won] = wonDeals(facts)
  const wonAt = won?.closingDate ? new Date(`${won.closingDate}T00:00:00Z`) : null
  const created = facts.account.createdAt
  if (won && wonAt && wonAt <= now && (!created || wonAt > created)) {
    return {
      since: wonAt,
      told: (days: number) => ({
        reason: `No contact on record since the last deal was won on ${dayInWords(wonAt)}, ${count(days, 'day')} ago.`,
        evidence: [dealEvidence(won, 'closingDate', won.closingDate), accountEvidence(facts.account)],
      }),
    }
  }
  if (!created || created > now) return null
  return {
    since: created,
    told: (days: number) => ({
      reason: `No contact on record since the account was created on ${dayInWords(created, zone)}, ${count(days, 'day')} ago.`,
      evidence: [
        accountEvidence(facts.account, 'createdAt', created),
        ...(context ? [dealEvidence(context)] : []),
      ],
    }),
  }
}
