import { CrmChange } from '../model/change.ts'
import { type FieldMap, fieldByApi } from '../model/field.ts'
import type { Draft, Refusal, ReviewedDraft, Snapshot } from '../model/review.ts'
import type { Evidence } from '../model/signal.ts'
import type { Subject } from '../recommendations/define.ts'
import { KINDS } from '../recommendations/kinds.ts'
import {
  ALREADY_OPEN,
  type Candidate,
  type ComplianceContext,
  type ComplianceLimits,
  personalDataOf,
  RULES,
  supported,
} from './compliance-rules.ts'
import { confidenceOf } from './confidence.ts'
import { withBothActions } from './rank.ts'
import { expiryOf, urgencyOf } from './urgency.ts'

export type { ComplianceContext, ComplianceLimits }

export const DEFAULT_LIMITS: ComplianceLimits = {
  perAccount: 5,
  coolDownDays: 7,
  rejectedCoolDownDays: 30,
  minConfidence: 0.5,
}

/**
 * The last word before a person sees anything: each draft becomes exactly one CRM change that the rules have
 * nothing against, or a refusal with its reason. Most urgent first; the first two are an update and a
 * creation wherever both are justified.
 */
export function comply(
  drafts: readonly Draft[],
  context: ComplianceContext,
): {
  recommendations: ReviewedDraft[]
  refusals: Refusal[]
  /** Keys of cards that wait, whose own reason is gone while something else is to be asked about the record. */
  overtaken: string[]
} {
  const limits = { ...DEFAULT_LIMITS, ...context.limits }
  const passed = new Map<string, ReviewedDraft>()
  const refusals: Refusal[] = []
  const stillAsked = new Set<string>()
  for (const draft of drafts) {
    const verdict = review(draft, context, limits)
    if ('rule' in verdict) {
      refusals.push(verdict)
      if (verdict.rule === 'already_open') stillAsked.add(dedupeKeyOf(draft))
    } else if (passed.has(verdict.dedupeKey)) {
      refusals.push({
        kind: draft.kind,
        rule: 'duplicate',
        reason: 'The same is suggested twice in this review.',
      })
    } else passed.set(verdict.dedupeKey, verdict)
  }
  const besideCards = [...passed.values()].filter(({ dedupeKey }) => context.open.includes(dedupeKey))
  for (const { kind, dedupeKey } of besideCards) {
    refusals.push({ kind, rule: 'already_open', reason: ALREADY_OPEN })
    passed.delete(dedupeKey)
  }
  const [letter, ...laterLetters] = [...passed.values()]
    .filter(({ kind }) => KINDS[kind].isLetter)
    .toSorted((a, b) => b.urgency - a.urgency)
  const ranked = withBothActions(
    [...passed.values()]
      .filter((one) => !KINDS[one.kind].isLetter || one === letter)
      .toSorted((a, b) => b.urgency - a.urgency),
    2,
  )
  const room = Math.max(0, limits.perAccount - context.open.length)
  const reason = `An account has at most ${limits.perAccount} open suggestions.`
  return {
    overtaken: besideCards.map(({ dedupeKey }) => dedupeKey).filter((key) => !stillAsked.has(key)),
    recommendations: ranked.slice(0, room),
    refusals: [
      ...refusals,
      ...laterLetters.map(({ kind }) => ({
        kind,
        rule: 'one_letter',
        reason: 'A customer gets one e-mail at a time, and another is more urgent.',
      })),
      ...ranked.slice(room).map(({ kind }) => ({ kind, rule: 'account_limit', reason })),
    ],
  }
}

function review(draft: Draft, context: ComplianceContext, limits: ComplianceLimits): ReviewedDraft | Refusal {
  const refuse = (rule: string, reason: string): Refusal => ({ kind: draft.kind, rule, reason })
  const { snapshot, now } = context
  const kind = KINDS[draft.kind]
  const form = kind.form.safeParse(draft.form)
  if (!form.success) {
    const [issue] = form.error.issues
    return refuse(
      'form',
      `The form does not fit: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim(),
    )
  }
  const subject = subjectOf(draft, snapshot)
  if (!subject) return refuse('subject', 'It is about a record that does not belong to this account.')
  const built = kind.change(form.data, subject, context.fields, now)
  if ('unmapped' in built) return refuse('unmapped', `This CRM has no field for it: ${built.unmapped}.`)
  const change = inCrmWords(built, context.fields, context.picklists)
  const shape = CrmChange.safeParse(change)
  if (!shape.success) return refuse('change', 'The change is not one that the CRM could take.')

  const rationale = supported(draft.rationale, snapshot)
  const dedupeKey = dedupeKeyOf(draft)
  const candidate: Candidate = { draft: { ...draft, rationale }, change, rationale, dedupeKey }
  for (const [name, rule] of Object.entries(RULES)) {
    const reason = rule(candidate, context, limits)
    if (reason) return refuse(name, reason)
  }
  const confidence = confidenceOf(candidate.draft, snapshot, context.history, now)
  if (confidence.score < limits.minConfidence) {
    return refuse('confidence', `Not sure enough to show: ${confidence.reason}.`)
  }
  const expiresAt = expiryOf(draft.priority, now)
  return {
    kind: draft.kind,
    subject: draft.subject,
    title: kind.title(form.data, subject, now),
    priority: draft.priority,
    urgency: urgencyOf({ kind: draft.kind, priority: draft.priority, confidence, expiresAt }, now),
    rationale,
    evidence: distinct(rationale.flatMap(({ evidence }) => evidence)),
    confidence,
    draft: kind.draft(form.data, subject),
    change,
    actionClass: kind.actionClass(form.data),
    piiKinds: personalDataOf(change),
    author: draft.author,
    dedupeKey,
    expiresAt,
  }
}

function dedupeKeyOf({ kind, subject }: Draft): string {
  return `${kind}:${subject.module}:${subject.recordId}`
}

/** The account, or the deal of it that a draft is about; null for a record of somebody else's. */
export function subjectOf(draft: Pick<Draft, 'subject'>, snapshot: Snapshot): Subject | null {
  const { account, owner, contacts, deals } = snapshot
  const { module, recordId } = draft.subject
  if (module === 'Accounts') return recordId === account.id ? { account, deal: null, owner, contacts } : null
  const deal = deals.find(({ id }) => id === recordId)
  return deal ? { account, deal, owner, contacts } : null
}

/** A choice in the CRM's own spelling: `At Risk` is `At-Risk` where the list says so. */
function inCrmWords(
  change: CrmChange,
  fields: FieldMap,
  picklists: ComplianceContext['picklists'],
): CrmChange {
  if (change.action === 'remove') return change
  const spelled = Object.entries(change.fields).map(([api, value]) => {
    const words = picklists[`${change.module}.${api}`]
    const choice = fieldByApi(fields, change.module, api)?.type === 'choice'
    if (!choice || !words || typeof value !== 'string' || words.includes(value)) return [api, value]
    return [api, words.find((word) => bare(word) === bare(value)) ?? value]
  })
  return { ...change, fields: Object.fromEntries(spelled) }
}

function bare(word: string): string {
  return word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}

function distinct(evidence: readonly Evidence[]): Evidence[] {
  const kept = new Map(evidence.map((one) => [`${one.module}:${one.recordId}:${one.field ?? ''}`, one]))
  return [...kept.values()]
}
