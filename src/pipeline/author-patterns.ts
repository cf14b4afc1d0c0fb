import { type FoundPattern, isNews, type PatternName } from '../model/pattern.ts'
import type { History, KindName, Snapshot } from '../model/review.ts'
import type { Severity } from '../model/signal.ts'
import { type Case, caseOf, type Proposal } from './author-case.ts'
import { hasPlan } from './author-conditions.ts'
import { deciderLetter, usageLetter } from './author-letters.ts'
import { decidersTask, riskPlan, untouchedDealCall } from './author-tasks.ts'

/** Which patterns justify a recommendation of their own; those that something else says already justify none. */

export type PatternRule = {
  because: readonly PatternName[]
  severity: Severity
  kind: KindName
  when?(of: Case): boolean
  write(of: Case): Proposal
  /** About the deal that its first evidence is, instead of the account. */
  on?: 'deal'
}

/** THE table of patterns, beside that of signals. */
const PATTERN_RULES: readonly PatternRule[] = [
  {
    because: [
      'renewal_sentiment',
      'commitment_gaps',
      'competitor_mentions',
      'budget_concerns',
      'low_engagement',
    ],
    severity: 'high',
    kind: 'risk_mitigation',
    when: (of) => !hasPlan(of),
    write: riskPlan,
  },
  {
    because: ['sentiment_decline', 'missed_meetings'],
    severity: 'medium',
    kind: 'risk_mitigation',
    when: (of) => !hasPlan(of),
    write: riskPlan,
  },
  {
    because: ['executive_changes'],
    severity: 'medium',
    kind: 'executive_alignment',
    when: hasOpenDeal,
    write: deciderLetter,
  },
  {
    because: ['executive_changes'],
    severity: 'medium',
    kind: 'create_task',
    when: (of) => !hasOpenDeal(of),
    write: decidersTask,
  },
  { because: ['deal_stall'], severity: 'medium', kind: 'create_task', on: 'deal', write: untouchedDealCall },
  {
    because: ['usage_growth', 'expansion', 'feature_adoption', 'positive_engagement'],
    severity: 'low',
    kind: 'upsell_opportunity',
    when: mayAskForMore,
    write: usageLetter,
  },
]

/** Every rule that applies, with its case and the pattern it is because of. */
export function patternCases(
  snapshot: Snapshot,
  history: History,
  now: Date,
): { rule: PatternRule; of: Case; pattern: FoundPattern }[] {
  return PATTERN_RULES.flatMap((rule) =>
    history.patterns
      .filter(isNews)
      .filter(({ pattern }) => rule.because.includes(pattern))
      .flatMap((pattern) => {
        const of = caseOf(snapshot, history, reasonOf(pattern, rule, snapshot), now)
        return (rule.when?.(of) ?? true) ? [{ rule, of, pattern }] : []
      }),
  )
}

function reasonOf(
  finding: FoundPattern,
  { severity, on }: PatternRule,
  { account }: Snapshot,
): Case['signal'] {
  const { pattern, reason, evidence } = finding
  const deal = on === 'deal' ? evidence[0]?.recordId : undefined
  return {
    kind: pattern,
    severity,
    reason,
    evidence,
    subject: deal ? { module: 'Deals', recordId: deal } : { module: 'Accounts', recordId: account.id },
    value: null,
  }
}

function hasOpenDeal({ snapshot }: Case): boolean {
  return snapshot.deals.some(({ outcome }) => outcome === 'open')
}

/** In good standing, nothing open, and nothing found that speaks of trouble, whoever says it. */
function mayAskForMore({ snapshot, history }: Case): boolean {
  const { account, risk, deals } = snapshot
  const isSound = account.status === 'active' && account.paymentStatus !== 'overdue'
  const isQuiet =
    (risk.level === 'none' || risk.level === 'low') && !deals.some(({ outcome }) => outcome === 'open')
  return (
    isSound &&
    isQuiet &&
    !history.patterns.some(({ state, family }) => state === 'found' && family !== 'upsell')
  )
}
