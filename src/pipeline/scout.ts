import type { Deal } from '../model/account.ts'
import type { Snapshot } from '../model/review.ts'
import type { Risk, Severity } from '../model/signal.ts'
import { type Clock, dayBegan, daysFrom, daysSince } from '../recommendations/calendar.ts'
import { count } from '../recommendations/text.ts'
import { contactOutlook } from './contact-outlook.ts'
import { quoted } from './evidence.ts'
import { type AccountFacts, clockOf, inOrder, isCustomer, isWatched, openDeals, touches } from './facts.ts'
import { assessHealth } from './health.ts'
import { assessRisk } from './risk.ts'
import { silenceOf } from './signals/inactivity.ts'
import { DETECTORS } from './signals/table.ts'

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info']

/**
 * Reads an account: signals worst first, risk, health and priority, and what could not be measured.
 *
 * @param facts in any order; the snapshot holds the newest 200 activities and 90 days of changes.
 */
export function scout(facts: AccountFacts, now: Date): Snapshot {
  const known = inOrder(facts, now)
  const clock = clockOf(known, now)
  const signals = Object.values(DETECTORS)
    .flatMap((detect) => detect(known, clock))
    .toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
  const risk = assessRisk(known.account, signals, contactOutlook(known, clock))
  const [last] = touches(known, now)
  const openAmount = openDeals(known).reduce((sum, { amount }) => sum + (amount ?? 0), 0)
  return {
    account: known.account,
    owner: known.owner,
    contacts: [...known.contacts],
    deals: [...known.deals],
    activities: [...known.activities],
    changes: [...known.changes],
    signals,
    risk,
    health: assessHealth(known, signals, clock),
    priority: priorityOf(known, risk, openAmount, clock),
    lastTouch: last ? { activity: last, daysAgo: daysSince(last.at, clock) } : null,
    isCustomer: isCustomer(known),
    openAmount,
    missing: [...known.missing, ...notMeasured(known, clock)],
    takenAt: now,
    asOf: known.asOf,
  }
}

const RISK_POINTS: Record<Risk['level'], number> = { critical: 40, high: 30, medium: 20, low: 10, none: 0 }

/** Danger first, then how much moved, what is at stake, and how lively it is. */
function priorityOf(facts: AccountFacts, risk: Risk, openAmount: number, clock: Clock): number {
  const monthAgo = dayBegan(30, clock)
  const moved = facts.changes.filter(({ at }) => at >= monthAgo).length
  const active = touches(facts, clock.now).filter(({ at }) => at >= monthAgo).length
  const stake = openAmount > 100_000 ? 20 : openAmount > 50_000 ? 15 : openAmount > 10_000 ? 10 : 0
  const liveliness = active > 5 ? 10 : active > 2 ? 5 : 0
  return Math.min(100, RISK_POINTS[risk.level] + Math.min(30, 5 * moved) + stake + liveliness)
}

function notMeasured(facts: AccountFacts, clock: Clock): string[] {
  const { account } = facts
  const said: string[] = []
  if (isWatched(facts) && silenceOf(facts, clock) === null) {
    said.push('Silence was not measured: no contact and no creation date on record')
  }
  const undated = openDeals(facts).filter(({ stageChangedAt }) => stageChangedAt === null)
  if (undated.length > 0) {
    said.push(`Days in stage were not measured for ${named(undated)}: the CRM does not say when it changed`)
  }
  if (account.renewalDate !== null && daysFrom(account.renewalDate, account.renewalDate) === null) {
    said.push('The renewal was not checked: its date cannot be read')
  }
  return said
}

function named(deals: readonly Deal[]): string {
  const names = deals
    .slice(0, 3)
    .map(({ name }) => quoted(name))
    .join(', ')
  return deals.length > 3 ? `${names} and ${count(deals.length - 3, 'other deal')}` : names
}
