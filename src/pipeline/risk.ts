import type { Account } from '../model/account.ts'
import { type Risk, riskLevel, type Signal, type SignalKind } from '../model/signal.ts'
import { line } from '../recommendations/text.ts'
import type { ContactOutlook } from './contact-outlook.ts'

/**
 * Points for what endangers the relation: signals, and how likely contact is over by the account's own habit. An
 * account without an open deal is not at risk for that, and nothing is counted twice. The points shown add up to
 * the score.
 */

type Weight = (signal: Signal) => number

const byKind: Partial<Record<SignalKind, Weight>> = {
  at_risk_status: () => 30,
  renewal_overdue: () => 25,
  payment_overdue: () => 20,
  owner_change: ({ severity }) => (severity === 'high' ? 20 : 5),
  stalled_deal: ({ severity }) => (severity === 'high' ? 20 : 15),
  renewal_due: ({ severity }) => (severity === 'high' ? 15 : 5),
  amount_change: ({ severity }) => ({ critical: 0, high: 15, medium: 10, low: 0, info: 0 })[severity],
  stage_regression: () => 10,
  overdue_close: () => 10,
  overdue_task: () => 5,
  overdue_promise: () => 10,
}

/** However many deals, one kind of trouble weighs at most this much. */
const MOST_PER_KIND: Partial<Record<SignalKind, number>> = {
  stalled_deal: 40,
  overdue_close: 20,
  stage_regression: 20,
  amount_change: 20,
}
const INACTIVE_POINTS = 25

/** Silence and a drop in contact are told as signals, by their days; what they weigh is the habit's to say. */
const CONTACT = { points: 60, usualDoubt: 0.1 } as const

export function assessRisk(
  account: Account,
  signals: readonly Signal[],
  outlook: ContactOutlook | null,
): Risk {
  const spent = new Map<SignalKind, number>()
  const reasons: Risk['reasons'] = []
  const add = (text: string, points: number) => {
    if (points > 0) reasons.push({ text, points })
  }
  for (const signal of signals) {
    const already = spent.get(signal.kind) ?? 0
    const most = MOST_PER_KIND[signal.kind] ?? 100
    const points = Math.min(byKind[signal.kind]?.(signal) ?? 0, most - already)
    spent.set(signal.kind, already + points)
    add(signal.reason, points)
  }
  if (account.status === 'inactive') {
    add(`The CRM marks the account as ${line(account.statusText ?? 'inactive', 40)}.`, INACTIVE_POINTS)
  }
  const points = contactPoints(outlook)
  if (outlook && points > 0) {
    const told =
      signals.find(({ kind }) => kind === 'inactivity') ??
      signals.find(({ kind }) => kind === 'engagement_drop')
    reasons.push(
      told ? { text: told.reason, points } : { text: outlook.reason, points, evidence: outlook.evidence },
    )
  }
  return capped(reasons)
}

/** In quarters, so that two accounts seldom stand level, and sums stay exact. */
function contactPoints(outlook: ContactOutlook | null): number {
  if (outlook === null) return 0
  const beyond = (outlook.overLikely - CONTACT.usualDoubt) / (1 - CONTACT.usualDoubt)
  return Math.max(0, Math.round(beyond * CONTACT.points * 4) / 4)
}

function capped(reasons: Risk['reasons']): Risk {
  let left = 100
  const kept: Risk['reasons'] = []
  for (const reason of reasons.toSorted((a, b) => b.points - a.points)) {
    if (left === 0) break
    const points = Math.min(reason.points, left)
    kept.push({ ...reason, points })
    left -= points
  }
  const score = 100 - left
  return { score, level: riskLevel(score), reasons: kept }
}
