import type { Role } from '../model/owner.ts'
import type { AccountStanding, PastRecommendation, RecommendationState } from '../model/review.ts'
import type { RiskLevel } from '../model/signal.ts'
import { date, dayAndDistance, elapsed } from '../slack/dates.ts'
import { count, joined, type Mrkdwn, mrkdwn, oneLine, truncateWords } from '../slack/mrkdwn.ts'
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
  return mrkdwn`*${accountName}* – ${event} ${dayAndDistance(on, now, zone) ?? on}`
}

/** An account that left is not weighed. */
export const CLOSED = 'Closed: not watched any more.'

/** After `Risk:`. */
export const RISK_WORDS: Record<RiskLevel, string> = {
  critical: 'critical',
  high: 'high',
  medium: 'some',
  low: 'low',
  none: 'none seen',
}

/** In a sentence: `some risk`, `no risk seen`. */
export function riskPhrase(level: RiskLevel): string {
  return level === 'none' ? 'no risk seen' : `${RISK_WORDS[level]} risk`
}

/** `1 account needs you`, `3 accounts need someone`. */
export function needWords(n: number, whom: 'you' | 'someone'): string {
  return `${count(n, 'account')} ${n === 1 ? 'needs' : 'need'} ${whom}`
}

/** `2 of 42 accounts need you`. */
export function needOfAll(n: number, all: number, whom: 'you' | 'someone'): string {
  return `${n} of ${count(all, 'account')} ${n === 1 ? 'needs' : 'need'} ${whom}`
}

/** For somebody without an account of their own. */
export function noAccounts(role: Role): Mrkdwn {
  if (role === 'manager') return mrkdwn`You own no accounts. \`/portfolio team\` shows your reports’.`
  return mrkdwn`You own no accounts in Zoho.`
}

/** By risk, and named so: an account that pays late may be at low risk, yet nobody would call it healthy. */
export const BANDS = [
  { name: 'High risk', levels: ['critical', 'high'] },
  { name: 'Some risk', levels: ['medium'] },
  { name: 'Low or no risk', levels: ['low', 'none'] },
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

/** What became of a suggestion, with its reason unless that says the same. */
export function pastWords({ state, reason }: Pick<PastRecommendation, 'state' | 'reason'>): string {
  const isOwnWord = state === 'withdrawn' && ['snoozed', 'reassigned', 'paused'].includes(reason ?? '')
  if (isOwnWord && reason) return reason
  const why = reason && state !== 'suppressed' ? ` (${truncateWords(oneLine(reason), 80)})` : ''
  return `${RECOMMENDATION_WORDS[state]}${why}`
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
  suppressed: 'not suggested again',
}
