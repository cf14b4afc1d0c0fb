import type { Severity } from '../../model/signal.ts'
import { dayInWords } from '../../recommendations/calendar.ts'
import { amountInWords } from '../../recommendations/text.ts'
import { dealEvidence, quoted } from '../evidence.ts'
import { dealMoves } from './moves.ts'
import { type Detector, onDeal } from './signal.ts'

const WINDOW_DAYS = 30
const SHARE = 0.2
const HIGH_SHARE = 0.5

export const amountChange: Detector = (facts, clock) =>
  dealMoves(facts, clock, { field: 'amount', days: WINDOW_DAYS }).flatMap(({ deal, change }) => {
    const from = Number(change.old)
    const to = Number(change.new)
    if (!(from > 0) || !Number.isFinite(to)) return []
    const share = (to - from) / from
    if (Math.abs(share) < SHARE) return []
    return onDeal('amount_change', severityOf(share), deal, {
      reason: `${quoted(deal.name)} went from ${amountInWords(from)} to ${amountInWords(to)} (${share > 0 ? '+' : ''}${Math.round(share * 100)} %) on ${dayInWords(change.at, clock)}.`,
      evidence: [dealEvidence(deal, 'amount', change.at)],
      value: to - from,
    })
  })

function severityOf(share: number): Severity {
  if (share > 0) return 'info'
  return share <= -HIGH_SHARE ? 'high' : 'medium'
}
