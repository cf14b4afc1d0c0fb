import { createHash } from 'node:crypto'
import type { Llm, Question } from '../llm/llm.ts'
import type { NoAnswer } from '../model/answer.ts'
import type { Draft, History, RecommendationState, Snapshot } from '../model/review.ts'
import { draftsOf, problemsOf, Suggestions } from './author-form.ts'
import { INSTRUCTIONS } from './author-instructions.ts'
import { authorByRules } from './author-rules.ts'
import { type View, viewOf } from './author-view.ts'
import { everyText, inertText } from './foreign-text.ts'
import type { Masking } from './masking.ts'

/** Who writes: the model where there is one and something to judge, the rules everywhere else and whenever it fails. */

export type AuthorTools = {
  llm: Llm
  /** Hides people and secrets of one account, and puts them back. */
  masking: (of: Pick<Snapshot, 'contacts' | 'owner'>) => Masking
  /** What was answered to the same question before; null when nothing was. */
  recall: (accountId: string, questionHash: string) => Promise<Draft[] | null>
  keep: (accountId: string, questionHash: string, drafts: readonly Draft[]) => Promise<void>
}

export type Authored = {
  drafts: Draft[] /** Why there is nothing from the model; null when there is, or need not be. */
  without: NoAnswer | null
}

type Given = { snapshot: Snapshot; history: History; reviewId: string | null }

export async function author(given: Given, tools: AuthorTools | null, now: Date): Promise<Authored> {
  const proposed = authorByRules(given.snapshot, given.history, now).map((draft) => ({
    ...draft,
    form: everyText(draft.form, inertText),
  }))
  // An account that gives no reason to act is not worth a question.
  if (!tools || proposed.length === 0) return { drafts: proposed, without: null }
  const { snapshot, reviewId } = given
  const accountId = snapshot.account.id
  const hash = questionHash(given, proposed)
  const known = await tools.recall(accountId, hash)
  if (known) return { drafts: together(known, proposed), without: null }

  const { hide, restore } = tools.masking(snapshot)
  const view = viewOf({ ...given, proposed }, now, hide)
  const answer = await tools.llm.ask(questionOf(view, snapshot, now), { reviewId, accountId })
  if (answer.kind === 'none') return { drafts: proposed, without: answer.why }
  const drafts = draftsOf(answer.value, { view, snapshot, restore })
  await tools.keep(accountId, hash, drafts)
  return { drafts: together(drafts, proposed), without: null }
}

function questionOf(view: View, snapshot: Snapshot, now: Date): Question<Suggestions> {
  return {
    role: 'author',
    instructions: INSTRUCTIONS,
    text: `<crm-data>\n${view.text.replaceAll(/<\/?\s*crm-data/giu, '')}\n</crm-data>`,
    form: Suggestions,
    problemsOf: (answer) => problemsOf(answer, view, snapshot, now),
  }
}

/**
 * The model's words, and of the rules whatever is urgent and it said nothing about: text in a note may talk a model out
 * of a warning, and must not be able to.
 */
function together(model: readonly Draft[], rules: readonly Draft[]): Draft[] {
  const keyOf = ({ kind, subject }: Draft) => `${kind}:${subject.recordId}`
  const said = new Set(model.map(keyOf))
  const urgent = rules.filter(
    (draft) => (draft.priority === 'critical' || draft.priority === 'high') && !said.has(keyOf(draft)),
  )
  return [...model, ...urgent]
}

const DECIDED: ReadonlySet<RecommendationState> = new Set(['accepted', 'rejected', 'suppressed'])

/** What the model would be asked, apart from how many days ago something was: a day that passed is no new question. */
function questionHash({ snapshot, history }: Given, proposed: readonly Draft[]): string {
  const { account, contacts, deals, activities, changes, signals } = snapshot
  const asked = [
    INSTRUCTIONS,
    account,
    contacts,
    deals,
    activities,
    changes,
    signals.map(({ kind, severity, subject }) => [kind, severity, subject]),
    // What people said. What waits, or was dropped for it, came of an answer to this very question.
    history.past.flatMap(({ id, state }) => (DECIDED.has(state) ? [[id, state]] : [])),
    history.suppressed,
    proposed.map(({ kind, subject, priority }) => [kind, subject, priority]),
  ]
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex')
}
