import { type Activity, type Deal, isTouch } from '../model/account.ts'
import { daysBetween } from '../recommendations/calendar.ts'
import { type Case, contactFor, executiveFor, has } from './author-case.ts'
import { isProposalStage } from './stages.ts'

/** The conditions of the rules, named so that the table reads as sentences. */

export const LARGE_DEAL = 50_000
export const VERY_LARGE_DEAL = 100_000

export function nothingStalled(of: Case): boolean {
  return !has(of, 'stalled_deal')
}

/** The account is in contact and its deals move: what is wrong is only the date. */
export function inContact(of: Case): boolean {
  return !has(of, 'inactivity') && nothingStalled(of)
}

/** Nobody gets two letters at once: not beside the one that begins anew, nor as the executive written to. */
export function betterAsked(of: Case): boolean {
  const executive = worth(LARGE_DEAL)(of) ? executiveFor(of) : null
  const twice = executive !== null && executive.id === contactFor(of)?.id
  return !has(of, 'inactivity', ['critical', 'high']) && !inProposal(of) && !twice
}

export function inProposal({ deal }: Case): boolean {
  return isProposalStage(deal?.stage ?? null)
}

export function withoutNextStep({ deal }: Case): boolean {
  return !deal?.nextStep?.trim()
}

export const worth =
  (amount: number) =>
  ({ deal }: Case): boolean =>
    (deal?.amount ?? 0) >= amount

/** A customer whose status the facts contradict; a word of the company's own is left alone. */
export function customerSeemsSafe({ snapshot }: Case): boolean {
  const { status, statusText } = snapshot.account
  if (!snapshot.isCustomer) return false
  if (status === 'unknown') return statusText === null
  return status === 'active' || status === 'onboarding' || status === 'pending'
}

export function customerWithLargeDeal(of: Case): boolean {
  return of.snapshot.isCustomer && (largestDeal(of)?.amount ?? 0) >= LARGE_DEAL
}

/** The largest deal won or open: what there is to lose. */
export function largestDeal({ snapshot }: Case): Deal | null {
  const [largest] = snapshot.deals
    .filter(({ outcome, amount }) => (outcome === 'won' || outcome === 'open') && amount !== null)
    .toSorted((a, b) => (b.amount ?? 0) - (a.amount ?? 0))
  return largest ?? null
}

/** Marked at risk, yet in contact again and nothing else is wrong. */
export function isSafeAgain(of: Case): boolean {
  const troubled =
    has(of, 'inactivity') ||
    has(of, 'stalled_deal') ||
    has(of, 'payment_overdue') ||
    has(of, 'renewal_overdue')
  return !troubled && resumptionOf(of) !== null
}

const PLAN_HOLDS_DAYS = 30

/** Marked at risk, not safe again, and no plan agreed lately. */
export function needsPlan(of: Case): boolean {
  const planned = of.history.past.some(
    ({ kind, state, decidedAt }) =>
      kind === 'risk_mitigation' &&
      state === 'accepted' &&
      decidedAt !== null &&
      daysBetween(decidedAt, of.now) < PLAN_HOLDS_DAYS,
  )
  return !planned && !isSafeAgain(of)
}

export type Resumption = { silentDays: number; touches: Activity[] }

const GAP_DAYS = 30
const FRESH_DAYS = 14

/** Two contacts or more, the newest within 14 days, after a silence of 30: contact has resumed. */
export function resumptionOf({ snapshot, now }: Case): Resumption | null {
  const touched = snapshot.activities.flatMap((activity) =>
    isTouch(activity, now) && activity.at ? [{ activity, at: activity.at }] : [],
  )
  const gap = touched.findIndex(({ at }, index) => {
    const before = touched[index + 1]
    return before !== undefined && daysBetween(before.at, at) >= GAP_DAYS
  })
  const [newest] = touched
  const first = touched[gap]
  const before = touched[gap + 1]
  if (!newest || !first || !before || gap < 1) return null
  if (daysBetween(newest.at, now) > FRESH_DAYS || daysBetween(first.at, now) > GAP_DAYS) return null
  return {
    silentDays: daysBetween(before.at, first.at),
    touches: touched.slice(0, gap + 1).map(({ activity }) => activity),
  }
}
