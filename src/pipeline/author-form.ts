import { z } from 'zod'
import {
  type Draft,
  KIND_NAMES,
  type KindName,
  Priority,
  type Rationale,
  type Snapshot,
} from '../model/review.ts'
import type { Evidence } from '../model/signal.ts'
import { daysFrom, localDate } from '../recommendations/calendar.ts'
import { KINDS } from '../recommendations/kinds.ts'
import { line } from '../recommendations/text.ts'
import { STRENGTH } from './author-rules.ts'
import type { View } from './author-view.ts'
import { clockOf } from './facts.ts'
import { everyText, withoutForeign } from './foreign-text.ts'

/** The form that a model fills, and what is made of it: drafts like any other, with nothing in them that it may not say. */

const Reason = z.strictObject({
  text: z.string().min(10).max(300).describe('One sentence of fact, without advice.'),
  sources: z
    .array(z.string().regex(/^[A-Z]\d{1,3}$/))
    .min(1)
    .max(5)
    .describe('Marks of the lines it rests on, such as A3.'),
})

const suggestionOf = (kind: KindName) =>
  z.strictObject({
    kind: z.literal(kind),
    about: z
      .string()
      .regex(/^(R1|D\d{1,3})$/)
      .describe('R1 for the account, or the mark of the deal.'),
    priority: Priority,
    reasons: z.array(Reason).min(1).max(4),
    form: KINDS[kind].form.describe(KINDS[kind].guidance),
  })

const [first, ...others] = KIND_NAMES
export const Suggestions = z.strictObject({
  suggestions: z
    .array(z.discriminatedUnion('kind', [suggestionOf(first), ...others.map(suggestionOf)]))
    .max(5),
})
export type Suggestions = z.infer<typeof Suggestions>
type Suggestion = Suggestions['suggestions'][number]

/** Beyond this nothing is planned. */
const FURTHEST_DAYS = 366

/** What the form's schema cannot say. A model is told; what it does not mend is not used. */
export function problemsOf(
  { suggestions }: Suggestions,
  view: View,
  snapshot: Snapshot,
  now: Date,
): string[] {
  return suggestions.flatMap((suggestion, index) => {
    const at = (problem: string) => `suggestions.${index}: ${problem}`
    const problems: string[] = []
    const form = Object(suggestion.form) as Record<string, unknown>
    if (suggestion.about !== 'R1' && !view.deals.has(suggestion.about))
      problems.push(at(`there is no deal ${suggestion.about}`))
    if (typeof form.contactId === 'string' && !view.contacts.has(form.contactId))
      problems.push(at('contactId is the mark of one of the contacts, or null'))
    for (const { sources } of suggestion.reasons)
      if (!sources.some((source) => view.evidence.has(source)))
        problems.push(at(`none of ${sources.join(', ')} is a line that was given`))
    if (suggestion.kind === 'update_account' && REFUSED_VALUES.some((name) => name in form))
      problems.push(at(`a model may not propose ${REFUSED_VALUES.join(', ')}`))
    if (form.status === 'closed') problems.push(at('a model may not close an account'))
    for (const name of DATES) {
      const days =
        typeof form[name] === 'string' ? daysFrom(localDate(now, clockOf(snapshot, now).zone), form[name]) : 0
      if (days === null || days < 0 || days > FURTHEST_DAYS)
        problems.push(at(`${name} is a day of the coming year`))
    }
    return problems
  })
}

const REFUSED_VALUES = ['amount', 'stage', 'healthScore']
const DATES = ['dueDate', 'date', 'closingDate', 'renewalDate']

/** @param restore puts back what was masked */
export function draftsOf(
  { suggestions }: Suggestions,
  { view, snapshot, restore }: { view: View; snapshot: Snapshot; restore: (text: string) => string },
): Draft[] {
  // In this order: a name that was put back is a stranger's words as well.
  const clean = (text: string) => withoutForeign(restore(text))
  return suggestions.map((suggestion): Draft => {
    const deal = view.deals.get(suggestion.about)
    const rationale = suggestion.reasons.flatMap((reason) => rationaleOf(reason, view, clean))
    return {
      kind: suggestion.kind,
      form: formOf(suggestion, view, clean),
      subject: deal
        ? { module: 'Deals', recordId: deal }
        : { module: 'Accounts', recordId: snapshot.account.id },
      priority: suggestion.priority,
      rationale,
      pattern: patternOf(rationale, snapshot),
      author: 'model',
    }
  })
}

function formOf({ form }: Suggestion, view: View, clean: (text: string) => string): unknown {
  const cleaned = everyText(form, clean) as Record<string, unknown>
  const { contactId } = Object(form) as { contactId?: unknown }
  return typeof contactId === 'string'
    ? { ...cleaned, contactId: view.contacts.get(contactId) ?? null }
    : cleaned
}

/** Without a line that exists a sentence is not said. */
function rationaleOf(
  { text, sources }: z.infer<typeof Reason>,
  { evidence }: View,
  clean: (text: string) => string,
): Rationale[] {
  const cited = sources.flatMap((source): Evidence[] => {
    const found = evidence.get(source)
    return found ? [found] : []
  })
  return cited.length > 0 ? [{ text: line(clean(text), 300), evidence: cited }] : []
}

/** As strong as the worst of what was measured about the records it cites: how sure it is, is not the model's to say. */
function patternOf(rationale: readonly Rationale[], { signals }: Snapshot): Draft['pattern'] {
  const cited = new Set(rationale.flatMap(({ evidence }) => evidence.map(({ recordId }) => recordId)))
  const behind = signals.find(({ evidence }) => evidence.some(({ recordId }) => cited.has(recordId)))
  if (!behind) return { strength: STRENGTH.low, reason: 'read from the records' }
  return { strength: STRENGTH[behind.severity], reason: `measured: ${behind.kind.replaceAll('_', ' ')}` }
}
