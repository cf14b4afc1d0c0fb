import type { KnownCommitment } from '../../model/pattern.ts'
import type { Evidence } from '../../model/signal.ts'
import { dayBegan, daysSince } from '../../recommendations/calendar.ts'
import { count } from '../../recommendations/text.ts'
import type { AccountFacts } from '../facts.ts'
import { lacking, MOST_CITED, notFound, type PatternDetector, share } from './pattern.ts'

const LEAST = 2
/** A promise without a date is late after this. */
const PATIENCE_DAYS = 30

/** Before a renewal, two promises or more are overdue. */
export const commitmentGaps: PatternDetector = {
  pattern: 'commitment_gaps',
  family: 'renewal',
  windowDays: 180,
  yieldsTo: [],
  detect({ facts, clock, commitments }) {
    if (commitments === null) return lacking('commitments, which nobody keeps for this account')
    const since = dayBegan(this.windowDays - 1, clock)
    const known = commitments
      .map((each) => ({ ...each, evidence: ofAccount(each.evidence, facts) }))
      .filter(({ madeAt, evidence }) => madeAt >= since && madeAt <= clock.now && evidence.length > 0)
    const open = known
      .filter(({ keptAt }) => keptAt === null || keptAt > clock.now)
      .map((each) => ({ ...each, lateDays: lateDays(each, (at) => daysSince(at, clock)) }))
      .filter(({ lateDays }) => lateDays > 0)
      .toSorted((a, b) => b.lateDays - a.lateDays || a.madeAt.getTime() - b.madeAt.getTime())
    const [longest] = open
    if (!longest || open.length < LEAST) {
      return notFound(`${open.length} of ${count(known.length, 'promise')} overdue.`)
    }
    return {
      state: 'found',
      confidence: Math.min(0.95, 0.6 + 0.05 * open.length),
      strength: share(0.5 + 0.1 * open.length),
      reason: `${open.length} of ${count(known.length, 'promise')} overdue, the longest by ${count(longest.lateDays, 'day')}.`,
      evidence: distinct(open.flatMap(({ evidence }) => evidence)).slice(0, MOST_CITED),
    }
  },
}

function lateDays({ madeAt, dueAt }: KnownCommitment, since: (at: Date) => number): number {
  return dueAt ? since(dueAt) : since(madeAt) - PATIENCE_DAYS
}

/** Whoever hands commitments over may know records that the mirror lost since. */
function ofAccount(
  evidence: readonly Evidence[],
  { account, contacts, deals, activities }: AccountFacts,
): Evidence[] {
  const ids = new Set([account, ...contacts, ...deals, ...activities].map(({ id }) => id))
  return evidence.filter(({ recordId }) => ids.has(recordId))
}

function distinct(evidence: readonly Evidence[]): Evidence[] {
  return [...new Map(evidence.map((each) => [`${each.module}:${each.recordId}`, each])).values()]
}
