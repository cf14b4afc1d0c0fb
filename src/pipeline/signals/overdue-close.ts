import { dayInWords, daysFrom, localDate } from '../../recommendations/calendar.ts'
import { count } from '../../recommendations/text.ts'
import { dealEvidence, quoted } from '../evidence.ts'
import { openDeals } from '../facts.ts'
import { type Detector, onDeal } from './signal.ts'

const HIGH_DAYS = 30

export const overdueClose: Detector = (facts, clock) => {
  const today = localDate(clock.now, clock.zone)
  return openDeals(facts).flatMap((deal) => {
    const days = deal.closingDate === null ? null : daysFrom(deal.closingDate, today)
    if (deal.closingDate === null || days === null || days < 1) return []
    return onDeal('overdue_close', days >= HIGH_DAYS ? 'high' : 'medium', deal, {
      reason: `${quoted(deal.name)} was to close on ${dayInWords(deal.closingDate, clock)}, ${count(days, 'day')} ago, and is still open.`,
      evidence: [dealEvidence(deal, 'closingDate', deal.closingDate)],
      value: days,
    })
  })
}
