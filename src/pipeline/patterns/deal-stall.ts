import type { Deal } from '../../model/account.ts'
import { dayInWords, daysSince } from '../../recommendations/calendar.ts'
import { count } from '../../recommendations/text.ts'
import { dealEvidence, quoted } from '../evidence.ts'
import { openDeals } from '../facts.ts'
import { lacking, MOST_CITED, notFound, type PatternDetector, type Seen, share } from './pattern.ts'

/** Nobody touched an open deal for 45 days: no change of it, nothing done about it. */
export const dealStall: PatternDetector = {
  pattern: 'deal_stall',
  family: 'churn',
  windowDays: 45,
  yieldsTo: ['stalled_deal'],
  detect(seen) {
    const open = openDeals(seen.facts)
    if (open.length === 0) return notFound('There is no open deal.')
    const dated = open.flatMap((deal) => {
      const at = lastTouched(deal, seen)
      return at ? [{ deal, at, days: daysSince(at, seen.clock) }] : []
    })
    if (dated.length === 0) return lacking('a date on an open deal')
    const stalled = dated
      .filter(({ days }) => days >= this.windowDays)
      .toSorted((a, b) => b.days - a.days || a.deal.id.localeCompare(b.deal.id))
    const [worst] = stalled
    if (!worst) {
      return notFound(`${count(dated.length, 'open deal')} touched within ${this.windowDays} days.`)
    }
    const others = stalled.length > 1 ? `, and ${count(stalled.length - 1, 'more deal')} likewise` : ''
    return {
      state: 'found',
      confidence: 0.75,
      strength: share((50 + worst.days / 2) / 100),
      reason: `Nothing was done about ${quoted(worst.deal.name)} for ${count(worst.days, 'day')}, since ${dayInWords(worst.at, seen.clock)}${others}.`,
      evidence: stalled.slice(0, MOST_CITED).map(({ deal, at }) => dealEvidence(deal, 'modifiedAt', at)),
    }
  },
}

/** The newest of what is dated about it; a planned activity has not touched it yet. */
function lastTouched(deal: Deal, { facts, clock }: Seen): Date | null {
  const times = [
    deal.modifiedAt,
    deal.stageChangedAt,
    deal.createdAt,
    ...facts.changes.flatMap(({ recordId, at }) => (recordId === deal.id ? [at] : [])),
    ...facts.activities.flatMap(({ dealId, at }) => (dealId === deal.id ? [at] : [])),
  ].flatMap((at) => (at && at <= clock.now ? [at.getTime()] : []))
  return times.length === 0 ? null : new Date(Math.max(...times))
}
