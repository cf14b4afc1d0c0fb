import { dayInWords, daysSince } from '../../recommendations/calendar.ts'
import { line } from '../../recommendations/text.ts'
import { accountEvidence } from '../evidence.ts'
import { newestChange } from './moves.ts'
import { type Detector, onAccount } from './signal.ts'

const WINDOW_DAYS = 30

export const statusChange: Detector = (facts, clock) => {
  const { account } = facts
  const change = newestChange(facts, clock, { module: 'Accounts', field: 'status', days: WINDOW_DAYS })
  if (!change) return []
  const worse = account.status === 'at_risk' || account.status === 'inactive' || account.status === 'closed'
  return [
    onAccount('status_change', worse ? 'medium' : 'info', account, {
      reason: `Status went from ${line(change.old ?? '', 40)} to ${line(change.new ?? '', 40)} on ${dayInWords(change.at, clock)}.`,
      evidence: [accountEvidence(account, 'status', change.at)],
      value: daysSince(change.at, clock),
    }),
  ]
}
