import { dayInWords, daysBetween } from '../../recommendations/calendar.ts'
import { line } from '../../recommendations/text.ts'
import { accountEvidence } from '../evidence.ts'
import { zoneOf } from '../facts.ts'
import { newestChange } from './moves.ts'
import { type Detector, onAccount } from './signal.ts'

const WINDOW_DAYS = 30

export const statusChange: Detector = (facts, now) => {
  const { account } = facts
  const change = newestChange(facts, now, { module: 'Accounts', field: 'status', days: WINDOW_DAYS })
  if (!change) return []
  const worse = account.status === 'at_risk' || account.status === 'inactive' || account.status === 'closed'
  return [
    onAccount('status_change', worse ? 'medium' : 'info', account, {
      reason: `Status went from ${line(change.old ?? '', 40)} to ${line(change.new ?? '', 40)} on ${dayInWords(change.at, zoneOf(facts))}.`,
      evidence: [accountEvidence(account, 'status', change.at)],
      value: daysBetween(change.at, now),
    }),
  ]
}
