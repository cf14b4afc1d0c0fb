import { type Activity, type Deal, isTouch } from '../model/account.ts'
import { daysBetween, daysSince } from '../recommendations/calendar.ts'
import { type Case, has } from './author-case.ts'
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

/** Silence is broken by a letter, unless the new owner introduces themselves anyway. */
export function toBreakSilence(of: Case): boolean {
  return !has(of, 'owner_change', ['high'])
}

/** What a stuck deal needs said to the customer, once: an updated proposal where that is the stage, else a letter. */
export function needsProposal(of: Case): boolean {
  return isProposalStage(of.deal?.stage ?? null) && isAskedAlone(of)
}

export function needsLetter(of: Case): boolean {
  return !isProposalStage(of.deal?.stage ?? null) && isAskedAlone(of)
}

/** Neither an executive is written to about it, nor the silence broken first. */
function isAskedAlone(of: Case): boolean {
  return !worth(LARGE_DEAL)(of) && !has(of, 'inactivity', ['critical', 'high'])
}

/** The account's deals that are stuck in their stage, most valuable first. */
export function stalledDeals({ snapshot }: Case): Deal[] {
  const stalled = snapshot.signals.filter(({ kind }) => kind === 'stalled_deal')
  return mostValuable(
    snapshot.deals.filter(({ id }) => stalled.some(({ subject }) => subject.recordId === id)),
  )
}

export function mostValuable(deals: readonly Deal[]): Deal[] {
  return deals.toSorted((a, b) => (b.amount ?? 0) - (a.amount ?? 0) || a.id.localeCompare(b.id))
}

/** The deal is the account owner's own work, and was when it came to a halt. */
export function isOwnDeal(of: Case, deal: Deal): boolean {
  return deal.ownerId === of.snapshot.account.ownerId && !has(of, 'owner_change')
}

/** No next step is written down, or the one there was written before the deal entered its stage. */
export function hasNoCurrentNextStep({ deal, snapshot }: Case): boolean {
  if (!deal?.nextStep?.trim()) return true
  const written = snapshot.changes.find(({ recordId, field }) => recordId === deal.id && field === 'nextStep')
  return written !== undefined && deal.stageChangedAt !== null && written.at < deal.stageChangedAt
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
  const [largest] = mostValuable(
    snapshot.deals.filter(
      ({ outcome, amount }) => (outcome === 'won' || outcome === 'open') && amount !== null,
    ),
  )
  return largest ?? null
}

/** What is won is at stake only when its renewal is due. */
export function isAtStake(of: Case, deal: Deal): boolean {
  return deal.outcome === 'open' || has(of, 'renewal_due') || has(of, 'renewal_overdue')
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
  return !hasPlan(of) && !isSafeAgain(of)
}

export function hasPlan(of: Case): boolean {
  return of.history.past.some(
    ({ kind, state, decidedAt }) =>
      kind === 'risk_mitigation' &&
      state === 'accepted' &&
      decidedAt !== null &&
      daysSince(decidedAt, of) < PLAN_HOLDS_DAYS,
  )
}

export type Resumption = { silentDays: number; touches: Activity[] }

const GAP_DAYS = 30
const FRESH_DAYS = 14

/** Two contacts or more, the newest within 14 days, after a silence of 30: contact has resumed. */
export function resumptionOf({ snapshot, now, zone }: Case): Resumption | null {
  const touched = snapshot.activities.flatMap((activity) =>
    isTouch(activity, now) && activity.at ? [{ activity, at: activity.at }] : [],
  )
  const gap = touched.findIndex(({ at }, index) => {
    const before = touched[index + 1]
    return before !== undefined && daysBetween(before.at, at, zone) >= GAP_DAYS
  })
  const [newest] = touched
  const first = touched[gap]
  const before = touched[gap + 1]
  if (!newest || !first || !before || gap < 1) return null
  if (daysBetween(newest.at, now, zone) > FRESH_DAYS || daysBetween(first.at, now, zone) > GAP_DAYS)
    return null
  return {
    silentDays: daysBetween(before.at, first.at, zone),
    touches: touched.slice(0, gap + 1).map(({ activity }) => activity),
  }
}
