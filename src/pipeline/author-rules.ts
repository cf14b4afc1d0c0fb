import type { FoundPattern } from '../model/pattern.ts'
import { type Draft, type History, Priority, type Rationale, type Snapshot } from '../model/review.ts'
import type { Severity } from '../model/signal.ts'
import { KINDS } from '../recommendations/kinds.ts'
import { BY_SEVERITY, type Case, caseOf } from './author-case.ts'
import { mostValuable } from './author-conditions.ts'
import { type PatternRule, patternCases } from './author-patterns.ts'
import { RULES, type Rule } from './author-table.ts'
import { healthCorrection } from './author-updates.ts'

/**
 * The author that needs no model: which signals justify which recommendation, and in which words. Most
 * signals justify none; an account without one of these reasons gets nothing.
 */

/** At most five drafts, most pressing first, one for each kind and record. */
export function authorByRules(snapshot: Snapshot, history: History, now: Date): Draft[] {
  if (snapshot.account.status === 'closed') return []
  const proposed = snapshot.signals.flatMap((signal) => {
    const of = caseOf(snapshot, history, signal, now)
    return RULES.filter(
      (rule) =>
        rule.because === signal.kind &&
        rule.severity.includes(signal.severity) &&
        (rule.deals === undefined || leads(rule, of)) &&
        (rule.when?.(of) ?? true),
    ).map((rule) => draftOf(rule, rule.deals === 'together' ? asUrgentAsAny(of) : of))
  })
  const patterned = patternCases(snapshot, history, now).map(({ rule, of, pattern }) =>
    patternDraft(rule, of, pattern),
  )
  proposed.push(...patterned)
  // A wrong score alone is no reason to disturb anyone; beside another reason it is put right too.
  const correction = proposed.length > 0 ? healthDraft(snapshot) : null
  const drafts = onePerKindAndRecord(correction ? [...proposed, correction] : proposed)
  return oneLetter(drafts).toSorted(morePressing).slice(0, MOST_DRAFTS)
}

/** Of the account's deals in this trouble it is the most valuable. */
function leads(rule: Rule, { snapshot, signal, deal }: Case): boolean {
  const alike = snapshot.signals.filter(
    ({ kind, severity }) => kind === signal.kind && rule.severity.includes(severity),
  )
  const [first] = mostValuable(
    snapshot.deals.filter(({ id }) => alike.some(({ subject }) => subject.recordId === id)),
  )
  return first !== undefined && first.id === deal?.id
}

/** The signals come worst first, so the first of its kind says how urgent all of them are. */
function asUrgentAsAny(of: Case): Case {
  const worst = of.snapshot.signals.find(({ kind }) => kind === of.signal.kind)
  return worst ? { ...of, priority: BY_SEVERITY[worst.severity] } : of
}

function morePressing(a: Draft, b: Draft): number {
  return PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority)
}

/** A customer gets one e-mail at a time: the most urgent, of equals the one with more of a reason to write. */
function oneLetter(drafts: readonly RuleDraft[]): RuleDraft[] {
  const [letter] = drafts
    .filter(({ kind }) => KINDS[kind].isLetter)
    .toSorted((a, b) => morePressing(a, b) || KINDS[b.kind].multiplier - KINDS[a.kind].multiplier)
  return drafts.filter((draft) => !KINDS[draft.kind].isLetter || draft === letter)
}

const MOST_DRAFTS = 5
const MOST_SENTENCES = 4
const PRIORITIES = Priority.options
export const STRENGTH: Record<Severity, number> = {
  critical: 0.85,
  high: 0.75,
  medium: 0.65,
  low: 0.5,
  info: 0.5,
}

type RuleDraft = Draft & { form: object }

function draftOf(rule: Rule, of: Case): RuleDraft {
  const { signal, snapshot } = of
  const { form, also = [] } = rule.write(of)
  return {
    kind: rule.kind,
    form,
    subject: rule.on ? { module: 'Accounts', recordId: snapshot.account.id } : signal.subject,
    priority: of.priority,
    rationale: [
      { text: signal.reason, evidence: signal.evidence },
      ...also,
      ...(rule.deals === 'together' ? othersAlike(of) : []),
    ].slice(0, MOST_SENTENCES),
    pattern: { strength: STRENGTH[signal.severity], reason: `measured: ${signal.kind.replaceAll('_', ' ')}` },
    author: 'rules',
  }
}

function patternDraft(rule: PatternRule, of: Case, { pattern, confidence }: FoundPattern): RuleDraft {
  const { form, also = [] } = rule.write(of)
  const { reason, evidence, subject } = of.signal
  return {
    kind: rule.kind,
    form,
    subject,
    priority: of.priority,
    rationale: [{ text: reason, evidence }, ...also].slice(0, MOST_SENTENCES),
    pattern: { strength: confidence, reason: `pattern: ${pattern.replaceAll('_', ' ')}` },
    author: 'rules',
  }
}

/** What was found of the same kind about other records. */
function othersAlike({ snapshot, signal }: Case): Rationale[] {
  return snapshot.signals
    .filter((other) => other.kind === signal.kind && other.subject.recordId !== signal.subject.recordId)
    .map(({ reason, evidence }) => ({ text: reason, evidence }))
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
    author: 'rules',
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
