import type { Deal } from '../../model/account.ts'
import { addDays, daysFrom, localDate } from '../../recommendations/calendar.ts'
import { dealEvidence } from '../evidence.ts'
import { type AccountFacts, isRenewal, touches } from '../facts.ts'
import { type Measure, median, type OwnerRecords, rounded } from './habit.ts'

const BEFORE_DAYS = 30
const WITHIN_DAYS = 730
/** As many of either as make the comparison worth saying. */
const ENOUGH_LOST = 20

/** How much contact there was in the month before a deal was won, and before one was lost. What came before is no cause. */
export const beforeWins: Measure = (records, clock) =>
  before(records, clock, { kind: 'before_wins', of: (deal) => !isRenewal(deal), noun: 'deals' })

export const beforeRenewals: Measure = (records, clock) =>
  before(records, clock, { kind: 'before_renewals', of: isRenewal, noun: 'renewals' })

type Which = { kind: 'before_wins' | 'before_renewals'; of(deal: Deal): boolean; noun: string }
type Closed = { deal: Deal; contacts: number }

function before({ accounts }: OwnerRecords, clock: Parameters<Measure>[1], { kind, of, noun }: Which) {
  const today = localDate(clock.now, clock.zone)
  const closed = accounts.flatMap((facts) => closedIn(facts, clock, today)).filter(({ deal }) => of(deal))
  const won = closed.filter(({ deal }) => deal.outcome === 'won')
  const lost = closed.filter(({ deal }) => deal.outcome === 'lost')
  const contacts = median(won.map((each) => each.contacts))
  if (contacts === null) return null
  const lostContacts = lost.length >= ENOUGH_LOST ? median(lost.map((each) => each.contacts)) : null
  const against = lostContacts === null ? '' : `, ${rounded(lostContacts)} before ${lost.length} lost`
  return {
    kind,
    text: `In the ${BEFORE_DAYS} days before there were typically ${rounded(contacts)} contacts with the account for ${won.length} ${noun} won${against}.`,
    value: contacts,
    unit: 'contacts' as const,
    observations: won.length,
    evidence: won
      .toSorted((a, b) => (b.deal.closingDate ?? '').localeCompare(a.deal.closingDate ?? ''))
      .slice(0, 3)
      .map(({ deal }) => dealEvidence(deal, 'closingDate', deal.closingDate)),
  }
}

function closedIn(facts: AccountFacts, clock: Parameters<Measure>[1], today: string): Closed[] {
  const days = touches(facts, clock.now).map(({ at }) => localDate(at, clock.zone))
  return facts.deals.flatMap((deal) => {
    const { closingDate } = deal
    if (closingDate === null || (deal.outcome !== 'won' && deal.outcome !== 'lost')) return []
    const ago = daysFrom(closingDate, today)
    if (ago === null || ago < 0 || ago > WITHIN_DAYS) return []
    const from = addDays(closingDate, -BEFORE_DAYS)
    return [{ deal, contacts: days.filter((day) => day >= from && day <= closingDate).length }]
  })
}
