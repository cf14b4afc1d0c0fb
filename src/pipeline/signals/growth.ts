import { type Clock, dayInWords, daysFrom, localDate } from '../../recommendations/calendar.ts'
import { amountInWords } from '../../recommendations/text.ts'
import { accountEvidence, activityEvidence, dealEvidence } from '../evidence.ts'
import { type AccountFacts, isCustomer, openDeals, touches, wonDeals } from '../facts.ts'
import { rhythm } from '../rhythm.ts'
import { newestChange } from './moves.ts'
import { type Detector, onAccount } from './signal.ts'

const MIN_GROWTH = 0.2
const RECENT_TOUCHES = 3
const WON_WITHIN_DAYS = 365
/** One contact more or less in a month is no change of rhythm. */
const STEADY = 0.8

/**
 * A customer in good standing and regular contact whose revenue or won amounts grow by a fifth or more.
 * Anything open or overdue comes first, so then there is none.
 */
export const growth: Detector = (facts, clock) => {
  const { account } = facts
  const sound = account.status === 'active' && account.paymentStatus !== 'overdue'
  if (!sound || !isCustomer(facts) || openDeals(facts).length > 0) return []
  const touched = touches(facts, clock.now)
  const { recent, usual } = rhythm(
    touched.map(({ at }) => at),
    clock,
  )
  const grown = grownRevenue(facts, clock) ?? grownWins(facts, clock)
  if (recent < RECENT_TOUCHES || recent < usual * STEADY || !grown) return []
  return [
    onAccount('growth', 'low', account, {
      reason: `${grown.reason} There were ${recent} contacts in the last 30 days.`,
      evidence: [...grown.evidence, ...touched.slice(0, 2).map(activityEvidence)],
      value: Math.round(grown.share * 100),
    }),
  ]
}

function grownRevenue(facts: AccountFacts, clock: Clock) {
  const change = newestChange(facts, clock, { module: 'Accounts', field: 'annualRevenue', days: 90 })
  if (!change) return null
  const from = Number(change.old)
  const to = Number(change.new)
  if (!(from > 0) || !(to >= from * (1 + MIN_GROWTH))) return null
  return {
    share: to / from - 1,
    reason: `Annual revenue rose from ${amountInWords(from)} to ${amountInWords(to)} on ${dayInWords(change.at, clock)}.`,
    evidence: [accountEvidence(facts.account, 'annualRevenue', change.at)],
  }
}

function grownWins(facts: AccountFacts, clock: Clock) {
  const [newest, before] = wonDeals(facts).filter(({ amount, closingDate }) => amount && closingDate)
  if (!newest?.amount || !newest.closingDate || !before?.amount || !before.closingDate) return null
  const age = daysFrom(newest.closingDate, localDate(clock.now, clock.zone))
  if (age === null || age < 0 || age > WON_WITHIN_DAYS) return null
  if (newest.amount < before.amount * (1 + MIN_GROWTH)) return null
  return {
    share: newest.amount / before.amount - 1,
    reason: `The deal won on ${dayInWords(newest.closingDate, clock)} was worth ${amountInWords(newest.amount)}, after ${amountInWords(before.amount)} on ${dayInWords(before.closingDate, clock)}.`,
    evidence: [newest, before].map((deal) => dealEvidence(deal, 'amount', deal.closingDate)),
  }
}
