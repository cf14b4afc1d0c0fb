import { addDays, type Clock, dayInWords, daysFrom, localDate } from '../../recommendations/calendar.ts'
import { count } from '../../recommendations/text.ts'
import { accountEvidence, dealEvidence } from '../evidence.ts'
import { type AccountFacts, isCustomer, isRenewal, wonDeals } from '../facts.ts'
import { type Detector, onAccount } from './signal.ts'

export const RENEWAL_DAYS = { due: 90, high: 30 } as const

export const renewalDue: Detector = (facts, clock) => {
  const renewal = pendingRenewal(facts, clock)
  if (!renewal || renewal.daysLeft < 0 || renewal.daysLeft > RENEWAL_DAYS.due) return []
  const when = renewal.daysLeft === 0 ? 'today' : `in ${count(renewal.daysLeft, 'day')}`
  return [
    onAccount('renewal_due', renewal.daysLeft <= RENEWAL_DAYS.high ? 'high' : 'medium', facts.account, {
      reason: `The renewal is ${when}, on ${dayInWords(renewal.date, clock)}.`,
      evidence: [renewal.evidence],
      value: renewal.daysLeft,
    }),
  ]
}

export const renewalOverdue: Detector = (facts, clock) => {
  const renewal = pendingRenewal(facts, clock)
  if (!renewal || renewal.daysLeft >= 0) return []
  const days = -renewal.daysLeft
  const { lastWon } = renewal
  return [
    onAccount('renewal_overdue', 'high', facts.account, {
      reason: `The renewal date of ${dayInWords(renewal.date, clock)} passed ${count(days, 'day')} ago and no newer deal was won.`,
      evidence: [
        renewal.evidence,
        ...(lastWon ? [dealEvidence(lastWon, 'closingDate', lastWon.closingDate)] : []),
      ],
      value: days,
    }),
  ]
}

/** The renewal on record, unless the relation ended or a won deal already settled it. */
function pendingRenewal(facts: AccountFacts, clock: Clock) {
  const { account } = facts
  const date = account.renewalDate
  if (date === null || account.status === 'closed') return null
  const daysLeft = daysFrom(localDate(clock.now, clock.zone), date)
  if (daysLeft === null) return null
  const won = wonDeals(facts)
  if (won.length > 0 && !isCustomer(facts)) return null
  const earliest = addDays(date, -RENEWAL_DAYS.due)
  const settled = won.some(
    ({ closingDate, ...deal }) =>
      closingDate !== null &&
      (closingDate >= date || (isRenewal({ closingDate, ...deal }) && closingDate >= earliest)),
  )
  if (settled) return null
  return { date, daysLeft, evidence: accountEvidence(account, 'renewalDate', date), lastWon: won[0] ?? null }
}
