import { dayInWords, daysBetween } from '../../recommendations/calendar.ts'
import { line } from '../../recommendations/text.ts'
import { dealEvidence, quoted } from '../evidence.ts'
import { zoneOf } from '../facts.ts'
import { stageRank } from '../stages.ts'
import { dealMoves } from './moves.ts'
import { type Detector, onDeal } from './signal.ts'

const WINDOW_DAYS = 30

/** Any move but a step back, which is a signal of its own. */
export const dealStageChange: Detector = (facts, now) =>
  stageMoves(facts, now).flatMap(({ back, signal }) => (back ? [] : signal('deal_stage_change', 'info')))

/** A step back in the known order of stages; between stages we cannot place there is no back. */
export const stageRegression: Detector = (facts, now) =>
  stageMoves(facts, now).flatMap(({ back, signal }) => (back ? signal('stage_regression', 'medium') : []))

function stageMoves(...[facts, now]: Parameters<Detector>) {
  return dealMoves(facts, now, { field: 'stage', days: WINDOW_DAYS }).map(({ deal, change }) => {
    const from = stageRank(change.old)
    const to = stageRank(change.new)
    const back = from !== null && to !== null && to < from
    const signal = (kind: 'deal_stage_change' | 'stage_regression', severity: 'info' | 'medium') =>
      onDeal(kind, severity, deal, {
        reason: `${quoted(deal.name)} went ${back ? 'back ' : ''}from ${line(change.old, 40)} to ${line(change.new, 40)} on ${dayInWords(change.at, zoneOf(facts))}.`,
        evidence: [dealEvidence(deal, 'stage', change.at)],
        value: daysBetween(change.at, now),
      })
    return { back, signal }
  })
}
