import { type Account, type Activity, type Contact, type Deal, isTouch } from '../model/account.ts'
import type { Owner } from '../model/owner.ts'
import type { FieldChange } from '../model/review.ts'
import { type Clock, dayBegan } from '../recommendations/calendar.ts'

/** Everything the mirror holds about one account, and how fresh it is. */
export type AccountFacts = {
  account: Account
  owner: Owner | null
  contacts: readonly Contact[]
  deals: readonly Deal[]
  activities: readonly Activity[]
  changes: readonly FieldChange[]
  /** When the mirror last agreed with the CRM. */
  asOf: Date | null
  /** What could not be had, in words for a person. */
  missing: readonly string[]
}

export const ACTIVITIES_KEPT = 200
const CHANGES_KEPT_DAYS = 90

/** Newest first, and no more than a snapshot carries; undated activities come last. */
export function inOrder(facts: AccountFacts, now: Date): AccountFacts {
  const since = dayBegan(CHANGES_KEPT_DAYS, clockOf(facts, now))
  return {
    ...facts,
    activities: facts.activities
      .toSorted((a, b) => (b.at?.getTime() ?? -Infinity) - (a.at?.getTime() ?? -Infinity) || 0)
      .slice(0, ACTIVITIES_KEPT),
    changes: facts.changes
      .filter((change) => change.at >= since && change.at <= now)
      .toSorted((a, b) => b.at.getTime() - a.at.getTime()),
  }
}

/** The zone in which this account's days are counted. */
export function zoneOf(facts: { owner: Owner | null }): string {
  return facts.owner?.zone ?? 'UTC'
}

export function clockOf(facts: { owner: Owner | null }, now: Date): Clock {
  return { now, zone: zoneOf(facts) }
}

/** Contact that happened, newest first. */
export function touches(facts: AccountFacts, now: Date): (Activity & { at: Date })[] {
  return facts.activities
    .filter((activity): activity is Activity & { at: Date } => isTouch(activity, now))
    .toSorted((a, b) => b.at.getTime() - a.at.getTime())
}

export function openDeals(facts: AccountFacts): Deal[] {
  return facts.deals.filter((deal) => deal.outcome === 'open')
}

/** Won deals, newest first; those without a date last. */
export function wonDeals(facts: AccountFacts): Deal[] {
  return facts.deals
    .filter((deal) => deal.outcome === 'won')
    .toSorted((a, b) => (b.closingDate ?? '').localeCompare(a.closingDate ?? ''))
}

/** A won deal, the account not closed, and no renewal lost after the last one won. */
export function isCustomer(facts: AccountFacts): boolean {
  const [newest] = wonDeals(facts)
  if (!newest || facts.account.status === 'closed') return false
  return !facts.deals.some(
    (deal) =>
      deal.outcome === 'lost' &&
      (isRenewal(deal) || /churn/i.test(deal.stage ?? '')) &&
      (deal.closingDate ?? '') > (newest.closingDate ?? ''),
  )
}

export function isRenewal(deal: Deal): boolean {
  return /renewal/i.test(deal.pipeline ?? '')
}

/** Customers and accounts with an open deal: the ones whose silence means something. */
export function isWatched(facts: AccountFacts): boolean {
  return facts.account.status !== 'closed' && (isCustomer(facts) || openDeals(facts).length > 0)
}
