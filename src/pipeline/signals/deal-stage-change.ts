import { dayInWords, daysSince } from '../../recommendations/calendar.ts'
import { line } from '../../recommendations/text.ts'
import { dealEvidence, quoted } from '../evidence.ts'
import { stageRank } from '../stages.ts'
import { dealMoves } from './moves.ts'
import { type Detector, onDeal } from './signal.ts'

const WINDOW_DAYS = 30

/** Any move but a step back, which is a signal of its own. */
export const dealStageChange: Detector = (facts, clock) =>
  stageMoves(facts, clock).flatMap(({ back, signal }) => (back ? [] : signal('deal_stage_change', 'info')))

/** A step back in the known order of stages; between stages we cannot place there is no back. */
export const stageRegression: Detector = (facts, clock) =>
  stageMoves(facts, clock).flatMap(({ back, signal }) => (back ? signal('stage_regression', 'medium') : []))

function stageMoves(...[facts, clock]: Parameters<Detector>) {
  return dealMoves(facts, clock, { field: 'stage', days: WINDOW_DAYS }).map(({ deal, change }) => {
    const from = stageRank(change.old)
    const to = stageRank(change.new)
    const back = from !== null && to !== null && to < from
    const signal = (kind: 'deal_stage_change' | 'stage_regression', severity: 'info' | 'medium') =>
      onDeal(kind, severity, deal, {
        reason: `${quoted(deal.name)} went ${back ? 'back ' : ''}from ${line(change.old, 40)} to ${line(change.new, 40)} on ${dayInWords(change.at, clock)}.`,
        evidence: [dealEvidence(deal, 'stage', change.at)],
        value: daysSince(change.at, clock),
      })
    return { back, signal }
  })
}
