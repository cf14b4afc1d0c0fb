import type { AccountStatus } from '../model/account.ts'
import type { Signal } from '../model/signal.ts'
import { daysBetween } from '../recommendations/calendar.ts'
import { count, line } from '../recommendations/text.ts'
import { type AccountFacts, isCustomer, openDeals, touches } from './facts.ts'
import { rhythm } from './rhythm.ts'

/** 0–100 from four parts: contact 40, rhythm 20, deals 20, standing 20. What is unknown counts half. */

type Part = { points: number; reason: string }

const CONTACT = { points: 40, freshDays: 14, goneDays: 90 }
const RHYTHM = { points: 20, basis: 4 }
const DEALS = { points: 20 }
const STANDING: Record<AccountStatus, number> = {
  active: 20,
  onboarding: 15,
  pending: 12,
  unknown: 10,
  inactive: 5,
  at_risk: 3,
  closed: 0,
}

export function assessHealth(
  facts: AccountFacts,
  signals: readonly Signal[],
  now: Date,
): { score: number; reasons: string[] } {
  const parts = [contact(facts, now), pace(facts, now), deals(facts, signals), standing(facts)]
  return {
    score: Math.round(parts.reduce((sum, { points }) => sum + points, 0)),
    reasons: parts.map(({ reason }) => reason),
  }
}

function contact(facts: AccountFacts, now: Date): Part {
  const [last] = touches(facts, now)
  if (!last) return { points: 0, reason: 'No contact on record.' }
  const days = daysBetween(last.at, now)
  const share = 1 - (days - CONTACT.freshDays) / (CONTACT.goneDays - CONTACT.freshDays)
  return {
    points: CONTACT.points * Math.min(1, Math.max(0, share)),
    reason: days === 0 ? 'Last contact today.' : `Last contact ${count(days, 'day')} ago.`,
  }
}

function pace(facts: AccountFacts, now: Date): Part {
  const { recent, usual, basis } = rhythm(
    touches(facts, now).map(({ at }) => at),
    now,
  )
  if (basis < RHYTHM.basis) {
    return { points: RHYTHM.points / 2, reason: 'Too little contact to know its rhythm.' }
  }
  return {
    points: RHYTHM.points * Math.min(1, recent / usual),
    reason: `${count(recent, 'contact')} in 30 days, ${usual.toFixed(1)} being usual.`,
  }
}

function deals(facts: AccountFacts, signals: readonly Signal[]): Part {
  const open = openDeals(facts)
  if (open.length === 0) {
    return isCustomer(facts)
      ? { points: DEALS.points * 0.75, reason: 'A customer without an open deal.' }
      : { points: DEALS.points / 2, reason: 'No open deal.' }
  }
  const troubled = new Set(
    signals
      .filter(
        ({ kind }) => kind === 'stalled_deal' || kind === 'overdue_close' || kind === 'stage_regression',
      )
      .map(({ subject }) => subject.recordId),
  )
  return {
    points: DEALS.points * (1 - troubled.size / open.length),
    reason: `${troubled.size} of ${count(open.length, 'open deal')} stuck or overdue.`,
  }
}

function standing({ account }: AccountFacts): Part {
  const points = STANDING[account.status]
  const status =
    account.status === 'unknown'
      ? 'Status not known'
      : `Status ${line(account.statusText ?? account.status, 40)}`
  return account.paymentStatus === 'overdue'
    ? { points: points / 2, reason: `${status}, payment overdue.` }
    : { points, reason: `${status}.` }
}
