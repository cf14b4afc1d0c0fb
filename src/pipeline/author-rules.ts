import { type Draft, type History, type KindName, Priority, type Snapshot } from '../model/review.ts'
import type { Severity, SignalKind } from '../model/signal.ts'
import { type Case, caseOf, type Proposal } from './author-case.ts'
import {
  betterAsked,
  customerSeemsSafe,
  customerWithLargeDeal,
  inContact,
  inProposal,
  isSafeAgain,
  LARGE_DEAL,
  needsPlan,
  nothingStalled,
  VERY_LARGE_DEAL,
  withoutNextStep,
  worth,
} from './author-conditions.ts'
import {
  executiveLetter,
  followUpLetter,
  growthLetter,
  reEngagementLetter,
  renewalLetter,
  stalledDealLetter,
} from './author-letters.ts'
import {
  closeDateCall,
  escalateSilence,
  escalateStall,
  introductionTask,
  paymentCall,
  proposalTask,
  renewalCorrection,
  renewalMeeting,
  riskPlan,
} from './author-tasks.ts'
import { healthCorrection, newCloseDate, nextStep, toActive, toAtRisk } from './author-updates.ts'

/**
 * The author that needs no model: which signals justify which recommendation, and in which words. Most
 * signals justify none; an account without one of these reasons gets nothing.
 */

type Rule = {
  because: SignalKind
  severity: readonly Severity[]
  kind: KindName
  when?(of: Case): boolean
  write(of: Case): Proposal
  /** About the account, even where the signal is about a deal. */
  on?: 'account'
}

const any: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info']
const serious: readonly Severity[] = ['critical', 'high']

const RULES: readonly Rule[] = [
  // Silence
  {
    because: 'inactivity',
    severity: ['medium'],
    kind: 'follow_up_email',
    when: nothingStalled,
    write: followUpLetter,
  },
  { because: 'inactivity', severity: serious, kind: 're_engagement', write: reEngagementLetter },
  {
    because: 'inactivity',
    severity: serious,
    kind: 'update_account',
    when: customerSeemsSafe,
    write: toAtRisk,
  },
  {
    because: 'inactivity',
    severity: ['critical'],
    kind: 'escalation',
    when: customerWithLargeDeal,
    write: escalateSilence,
  },
  // Deals
  {
    because: 'stalled_deal',
    severity: any,
    kind: 'follow_up_email',
    when: betterAsked,
    write: stalledDealLetter,
  },
  { because: 'stalled_deal', severity: any, kind: 'create_task', when: inProposal, write: proposalTask },
  { because: 'stalled_deal', severity: any, kind: 'update_account', when: withoutNextStep, write: nextStep },
  {
    because: 'stalled_deal',
    severity: any,
    kind: 'executive_alignment',
    when: worth(LARGE_DEAL),
    write: executiveLetter,
  },
  {
    because: 'stalled_deal',
    severity: serious,
    kind: 'update_account',
    on: 'account',
    when: customerSeemsSafe,
    write: toAtRisk,
  },
  {
    because: 'stalled_deal',
    severity: serious,
    kind: 'escalation',
    when: worth(VERY_LARGE_DEAL),
    write: escalateStall,
  },
  { because: 'overdue_close', severity: any, kind: 'update_account', write: newCloseDate },
  { because: 'overdue_close', severity: serious, kind: 'create_task', when: inContact, write: closeDateCall },
  // Renewal, money, people
  { because: 'renewal_due', severity: any, kind: 'renewal_reminder', write: renewalLetter },
  { because: 'renewal_due', severity: serious, kind: 'schedule_meeting', write: renewalMeeting },
  { because: 'renewal_overdue', severity: any, kind: 'create_task', write: renewalCorrection },
  { because: 'payment_overdue', severity: any, kind: 'create_task', write: paymentCall },
  { because: 'owner_change', severity: serious, kind: 'create_task', write: introductionTask },
  // Standing
  { because: 'at_risk_status', severity: any, kind: 'update_account', when: isSafeAgain, write: toActive },
  { because: 'at_risk_status', severity: any, kind: 'risk_mitigation', when: needsPlan, write: riskPlan },
  { because: 'growth', severity: any, kind: 'upsell_opportunity', write: growthLetter },
]

/** At most five drafts, most pressing first, one for each kind and record. */
export function authorByRules(snapshot: Snapshot, history: History, now: Date): Draft[] {
  if (snapshot.account.status === 'closed') return []
  const proposed = snapshot.signals.flatMap((signal) => {
    const of = caseOf(snapshot, history, signal, now)
    return RULES.filter(
      (rule) =>
        rule.because === signal.kind && rule.severity.includes(signal.severity) && (rule.when?.(of) ?? true),
    ).map((rule) => draftOf(rule, of))
  })
  // A wrong score alone is no reason to disturb anyone; beside another reason it is put right too.
  const correction = proposed.length > 0 ? healthDraft(snapshot) : null
  return onePerKindAndRecord(correction ? [...proposed, correction] : proposed)
    .toSorted((a, b) => PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority))
    .slice(0, MOST_DRAFTS)
}

const MOST_DRAFTS = 5
const MOST_SENTENCES = 4
const PRIORITIES = Priority.options
const STRENGTH: Record<Severity, number> = { critical: 0.85, high: 0.75, medium: 0.65, low: 0.5, info: 0.5 }

type RuleDraft = Draft & { form: object }

function draftOf(rule: Rule, of: Case): RuleDraft {
  const { signal, snapshot } = of
  const { form, also = [] } = rule.write(of)
  return {
    kind: rule.kind,
    form,
    subject: rule.on ? { module: 'Accounts', recordId: snapshot.account.id } : signal.subject,
    priority: of.priority,
    rationale: [{ text: signal.reason, evidence: signal.evidence }, ...also].slice(0, MOST_SENTENCES),
    pattern: { strength: STRENGTH[signal.severity], reason: `measured: ${signal.kind.replaceAll('_', ' ')}` },
  }
}

function healthDraft(snapshot: Snapshot): RuleDraft | null {
  const correction = healthCorrection(snapshot)
  if (!correction) return null
  return {
    kind: 'update_account',
    form: correction.form,
    subject: { module: 'Accounts', recordId: snapshot.account.id },
    priority: 'low',
    rationale: correction.also,
    pattern: { strength: STRENGTH.medium, reason: 'computed from four measured parts' },
  }
}

/** New values of one record are one change; of two creations for the same reason the more pressing stays. */
function onePerKindAndRecord(drafts: readonly RuleDraft[]): RuleDraft[] {
  const kept = new Map<string, RuleDraft>()
  for (const draft of drafts) {
    const key = `${draft.kind}:${draft.subject.recordId}`
    const first = kept.get(key)
    if (!first) kept.set(key, draft)
    else if (draft.kind === 'update_account') kept.set(key, joined(first, draft))
  }
  return [...kept.values()]
}

function joined(first: RuleDraft, second: RuleDraft): RuleDraft {
  const said = new Set(first.rationale.map(({ text }) => text))
  return {
    ...first,
    form: { ...second.form, ...first.form },
    rationale: [...first.rationale, ...second.rationale.filter(({ text }) => !said.has(text))],
  }
}
