import { RiskLevel } from '../model/signal.ts'
import type { Outcome } from './outcome.ts'
import { type Auc, aucOf } from './ranking.ts'
import type { Replayed } from './replay.ts'

/** What is kept of a replayed account to count with. */
export type Judged = Pick<Replayed, 'asOf' | 'accountId' | 'plain'> & {
  score: number
  level: RiskLevel
  outcome: Outcome
}

export type Measures = {
  accounts: number
  bad: number
  lost: number
  churned: number
  /** Null where there are too few bad or good accounts. */
  auc: Record<'risk' | 'recency' | 'frequency', Auc | null>
  /** How many times more often the tenth with the highest risk was bad; null when none was. */
  lift: number | null
  /** Accounts of high or critical risk. */
  flagged: number
  bands: { level: RiskLevel; accounts: number; bad: number }[]
}

export function measuresOf(judged: readonly Judged[]): Measures {
  const count = (test: (each: Judged) => boolean, of = judged) => of.filter(test).length
  const auc = (value: (each: Judged) => number) =>
    aucOf(judged.map((each) => ({ value: value(each), bad: each.outcome.bad, accountId: each.accountId })))
  return {
    accounts: judged.length,
    bad: count(({ outcome }) => outcome.bad),
    lost: count(({ outcome }) => outcome.lost),
    churned: count(({ outcome }) => outcome.churned),
    auc: {
      risk: auc(({ score }) => score),
      recency: auc(({ plain }) => plain.recency),
      frequency: auc(({ plain }) => plain.frequency),
    },
    lift: liftOf(judged),
    flagged: count(({ level }) => level === 'high' || level === 'critical'),
    bands: RiskLevel.options.map((level) => {
      const within = judged.filter((each) => each.level === level)
      return { level, accounts: within.length, bad: count(({ outcome }) => outcome.bad, within) }
    }),
  }
}

/** Of accounts that share the last score of the tenth, each counts in part: their order would be chance. */
function liftOf(judged: readonly Judged[]): number | null {
  const bad = judged.filter(({ outcome }) => outcome.bad).length
  if (bad === 0) return null
  const places = Math.max(1, Math.round(judged.length / 10))
  const last = judged.map(({ score }) => score).toSorted((a, b) => b - a)[places - 1] ?? 0
  const above = judged.filter(({ score }) => score > last)
  const level = judged.filter(({ score }) => score === last)
  const badOf = (of: readonly Judged[]) => of.filter(({ outcome }) => outcome.bad).length
  const found = badOf(above) + (badOf(level) * (places - above.length)) / level.length
  return found / places / (bad / judged.length)
}
