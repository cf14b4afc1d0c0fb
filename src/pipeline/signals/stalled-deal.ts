import { dayInWords, daysSince } from '../../recommendations/calendar.ts'
import { count, line } from '../../recommendations/text.ts'
import { dealEvidence, quoted } from '../evidence.ts'
import { openDeals } from '../facts.ts'
import { type Detector, onDeal } from './signal.ts'

export const STALL_DAYS = { medium: 30, high: 45 } as const

/** A deal whose entry into its stage has no date is not measured; the snapshot says so. */
export const stalledDeal: Detector = (facts, clock) =>
  openDeals(facts).flatMap((deal) => {
    if (deal.stageChangedAt === null) return []
    const days = daysSince(deal.stageChangedAt, clock)
    if (days < STALL_DAYS.medium) return []
    const since = dayInWords(deal.stageChangedAt, clock)
    return onDeal('stalled_deal', days >= STALL_DAYS.high ? 'high' : 'medium', deal, {
      reason: `${quoted(deal.name)} has been in ${line(deal.stage ?? '', 40) || 'its stage'} for ${count(days, 'day')}, since ${since}.`,
      evidence: [dealEvidence(deal, 'stageChangedAt', deal.stageChangedAt)],
      value: days,
    })
  })
