import type { AccountStatus } from '../model/account.ts'
import type { Signal, SignalKind } from '../model/signal.ts'
import { type Clock, daysSince } from '../recommendations/calendar.ts'
import { count, line } from '../recommendations/text.ts'
import { complaintOf } from './complaints.ts'
import { quoted } from './evidence.ts'
import { type AccountFacts, isCustomer, openDeals, touches } from './facts.ts'
import { rhythm } from './rhythm.ts'

/**
 * 0–100 from four parts: contact 40, rhythm 20, deals 20, standing 20. What is unknown counts half. However
 * lively, an account in trouble stays under a ceiling: much contact may be much complaint.
 */

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
  clock: Clock,
): { score: number; reasons: string[] } {
  const parts = [contact(facts, clock), pace(facts, clock), deals(facts, signals), standing(facts)]
  const reasons = parts.map(({ reason }) => reason)
  const sum = Math.round(parts.reduce((total, { points }) => total + points, 0))
  const [lowest] = ceilings(facts, signals, clock).toSorted((a, b) => a.points - b.points)
  return lowest && lowest.points < sum
    ? { score: lowest.points, reasons: [...reasons, lowest.reason] }
    : { score: sum, reasons }
}

const CEILING = { critical: 30, troubled: 40, untidy: 60 } as const

/** Serious, but a date or an event: no trouble by itself. */
const NO_TROUBLE: ReadonlySet<SignalKind> = new Set(['renewal_due', 'owner_change'])

/** What holds the score down, and to how much. */
function ceilings(facts: AccountFacts, signals: readonly Signal[], clock: Clock): Part[] {
  const { account } = facts
  const found: Part[] = []
  const complaint = complaintOf(facts, clock)
  if (account.status === 'at_risk' || account.status === 'inactive') {
    const status = line(account.statusText ?? account.status, 40)
    found.push({ points: CEILING.troubled, reason: `Not above ${CEILING.troubled} while marked ${status}.` })
  }
  if (complaint) {
    const about = quoted(complaint.subject)
    found.push({
      points: CEILING.troubled,
      reason: `Not above ${CEILING.troubled} while ${about} is recent or open.`,
    })
  }
  for (const { kind, severity, reason } of signals) {
    if (NO_TROUBLE.has(kind)) continue
    if (severity === 'critical') found.push({ points: CEILING.critical, reason })
    else if (severity === 'high') found.push({ points: CEILING.troubled, reason })
    else if (kind === 'overdue_task') found.push({ points: CEILING.untidy, reason })
  }
  return found
}

function contact(facts: AccountFacts, clock: Clock): Part {
  const [last] = touches(facts, clock.now)
  if (!last) return { points: 0, reason: 'No contact on record.' }
  const days = daysSince(last.at, clock)
  const share = 1 - (days - CONTACT.freshDays) / (CONTACT.goneDays - CONTACT.freshDays)
  return {
    points: CONTACT.points * Math.min(1, Math.max(0, share)),
    reason: days === 0 ? 'Last contact today.' : `Last contact ${count(days, 'day')} ago.`,
  }
}

function pace(facts: AccountFacts, clock: Clock): Part {
  const { recent, usual, basis } = rhythm(
    touches(facts, clock.now).map(({ at }) => at),
    clock,
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
