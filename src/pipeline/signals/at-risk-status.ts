import { dayInWords } from '../../recommendations/calendar.ts'
import { line } from '../../recommendations/text.ts'
import { accountEvidence } from '../evidence.ts'
import { newestChange } from './moves.ts'
import { type Detector, onAccount } from './signal.ts'

export const atRiskStatus: Detector = (facts, clock) => {
  const { account } = facts
  if (account.status !== 'at_risk') return []
  const change = newestChange(facts, clock, { module: 'Accounts', field: 'status', days: 90 })
  const since = change ? `, since ${dayInWords(change.at, clock)}` : ''
  return [
    onAccount('at_risk_status', 'high', account, {
      reason: `The CRM marks the account as ${line(account.statusText ?? '', 40) || 'at risk'}${since}.`,
      evidence: [accountEvidence(account, 'status', change?.at)],
      value: null,
    }),
  ]
}
