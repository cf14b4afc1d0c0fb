import type { AccountStanding, RecommendationState } from '../model/review.ts'
import type { RiskLevel } from '../model/signal.ts'
import { calendarDay, date, daysFrom, elapsed } from '../slack/dates.ts'
import { count, joined, type Mrkdwn, mrkdwn } from '../slack/mrkdwn.ts'
import type { Upcoming } from './compose.ts'

/** Sentences that several messages share. */

/** `Zoho read today at 05:52`, with its age once it is old enough to matter, and what could not be read. */
export function dataAge(
  { asOf, degraded, now }: { asOf: Date | null; degraded: readonly string[]; now: Date },
  zone: string,
): Mrkdwn {
  const parts: Mrkdwn[] = []
  if (asOf === null) parts.push(mrkdwn`Zoho has not been read yet.`)
  else if (now.getTime() - asOf.getTime() > 2 * 3_600_000) {
    parts.push(
      mrkdwn`Last known data: Zoho was last read ${date(asOf, 'dayTime', zone)} (${elapsed(asOf, now)}).`,
    )
  } else parts.push(mrkdwn`Zoho read ${date(asOf, 'dayTime', zone)}.`)
  if (degraded.length > 0) parts.push(mrkdwn`Not available: ${degraded.slice(0, 5).join('; ')}.`)
  return joined(parts, ' ')
}

export function analysedLine({
  analysed,
  skipped,
}: {
  analysed: number
  skipped: { count: number; why: string }
}): string {
  const rest = skipped.count > 0 ? `, skipped ${skipped.count}${skipped.why ? ` (${skipped.why})` : ''}` : ''
  return `Analysed ${count(analysed, 'account')}${rest}.`
}

export function upcomingLine({ accountName, what, deal, on }: Upcoming, zone: string, now: Date): Mrkdwn {
  const event = what === 'renewal' ? 'renewal' : deal ? `“${deal}” closes` : 'a deal closes'
  const when = daysFrom(on, now, zone)
  return mrkdwn`*${accountName}* – ${event} ${calendarDay(on, now, zone)}${when ? ` (${when})` : ''}`
}

export const RISK_WORDS: Record<RiskLevel, string> = {
  critical: 'critical risk',
  high: 'high risk',
  medium: 'some risk',
  low: 'low risk',
  none: 'no risk seen',
}

export const BANDS = [
  { name: 'High risk', levels: ['critical', 'high'] },
  { name: 'Watch', levels: ['medium'] },
  { name: 'Healthy', levels: ['low', 'none'] },
] as const satisfies { name: string; levels: RiskLevel[] }[]

export type Band = { name: (typeof BANDS)[number]['name']; standings: AccountStanding[] }

/** Every account in exactly one band, within a band the most pressing first. */
export function bands(standings: readonly AccountStanding[]): Band[] {
  return BANDS.map(({ name, levels }) => ({
    name,
    standings: standings
      .filter(({ risk }) => (levels as readonly RiskLevel[]).includes(risk.level))
      .toSorted((a, b) => b.priority - a.priority || a.name.localeCompare(b.name)),
  }))
}

export const RECOMMENDATION_WORDS: Record<RecommendationState, string> = {
  open: 'suggested',
  shown: 'waiting for a decision',
  accepted: 'approved',
  rejected: 'rejected',
  expired: 'expired, nothing written',
  superseded: 'replaced by a newer one',
  withdrawn: 'taken back',
  stale: 'overtaken by a change in the CRM',
  suppressed: 'not to be suggested again',
}
