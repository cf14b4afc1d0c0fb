import { daysSince } from '../../recommendations/calendar.ts'
import { dealEvidence } from '../evidence.ts'
import { openDeals } from '../facts.ts'
import { STALL_DAYS } from '../signals/stalled-deal.ts'
import type { Measure } from './habit.ts'

/** Of the open deals whose entry into their stage is dated, how many have been there for a month. */
export const stalledShare: Measure = ({ accounts }, clock) => {
  const measured = accounts
    .flatMap(openDeals)
    .flatMap((deal) => (deal.stageChangedAt ? [{ deal, days: daysSince(deal.stageChangedAt, clock) }] : []))
    .toSorted((a, b) => b.days - a.days)
  const stalled = measured.filter(({ days }) => days >= STALL_DAYS.medium)
  if (measured.length === 0) return null
  return {
    kind: 'stalled_share',
    text: `${stalled.length} of ${measured.length} open deals have been in their stage for ${STALL_DAYS.medium} days or more.`,
    value: stalled.length / measured.length,
    unit: 'share',
    observations: measured.length,
    evidence: measured
      .slice(0, 3)
      .map(({ deal }) => dealEvidence(deal, 'stageChangedAt', deal.stageChangedAt)),
  }
}
