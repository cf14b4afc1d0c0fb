import { z } from 'zod'
import type { Llm, Tool } from '../llm/llm.ts'
import type { NoAnswer } from '../model/answer.ts'
import type { Owner } from '../model/owner.ts'
import type { Evidence } from '../model/signal.ts'
import { localDate } from '../recommendations/calendar.ts'
import { line } from '../recommendations/text.ts'
import type { Db } from '../store/db.ts'
import { accountFactsOf, findAccounts } from '../store/mirror.ts'
import { answersFor, ownedAccounts } from '../store/portfolio.ts'
import { pastRecommendations } from '../store/recommendations.ts'
import { latestReviews } from '../store/reviews.ts'
import type { AuthorTools } from './author.ts'
import { viewOf } from './author-view.ts'
import { CONVERSATION_INSTRUCTIONS } from './conversation-instructions.ts'
import { withoutForeign } from './foreign-text.ts'
import type { Masking } from './masking.ts'
import { remember } from './memory-analyst.ts'
import { scout } from './scout.ts'

/**
 * Answers a question in words, from what the person may see and from one account closely: what stands in one customer's
 * notes must not be able to ask for another's.
 */

export type ConversationTools = {
  db: Db
  llm: Llm
  masking: AuthorTools['masking']
}

export type Said =
  | { text: string; cited: Evidence[]; without: null }
  /** Why there is no answer. */
  | { without: NoAnswer }

const ACCOUNTS_LISTED = 60
const SAID = 1_500

export async function answerInWords(
  question: { text: string; person: Owner },
  { db, llm, masking }: ConversationTools,
  { now, onText }: { now: Date /** The answer so far. */; onText?: (text: string) => void },
): Promise<Said> {
  const { person } = question
  const ownerIds = await answersFor(db, person)
  const desk = await openDesk({ db, ownerIds, now, masking })
  let soFar = ''
  const answer = await llm.talk(
    {
      role: 'conversation',
      instructions: CONVERSATION_INSTRUCTIONS,
      text: `Today is ${localDate(now, person.zone)}. The question: ${JSON.stringify(line(question.text, 2_000))}`,
      tools: desk.tools,
      ...(onText
        ? {
            onText: (piece: string) => {
              soFar += piece
              onText(desk.readable(soFar))
            },
          }
        : {}),
    },
    { reviewId: null, accountId: null },
  )
  if (answer.kind === 'none') return { without: answer.why }
  const cited = desk.cited(answer.value)
  return { text: desk.readable(answer.value).slice(0, SAID), cited, without: null }
}

type Desk = {
  tools: Tool[]
  /** For a person to read: names put back, marks and whatever leads elsewhere taken out. */
  readable(text: string): string
  /** The records whose marks stand in the text, each once. */
  cited(text: string): Evidence[]
}

const MARK = /\[((?:[A-Z]\d{1,3})(?:, ?[A-Z]\d{1,3})*)\]/g
const LAST_OPEN = /\[[^\]]{0,20}$/

async function openDesk({
  db,
  ownerIds,
  now,
  masking,
}: {
  db: Db
  ownerIds: readonly string[]
  now: Date
  masking: ConversationTools['masking']
}): Promise<Desk> {
  const owned = (await ownedAccounts(db, ownerIds)).map(({ id }) => id)
  const marks = new Map<string, string>()
  const evidence = new Map<string, Evidence>()
  let open: { id: string; hidden: Masking } | null = null
  const plain = masking({ contacts: [], owner: null })
  const markOf = (id: string) => {
    const known = [...marks].find(([, each]) => each === id)?.[0]
    const mark = known ?? `K${marks.size + 1}`
    marks.set(mark, id)
    return mark
  }

  async function closely(mark: string) {
    const id = marks.get(mark)
    if (!id || !owned.includes(id)) return null
    if (open && open.id !== id) return null
    const [facts] = await accountFactsOf(db, [id], now)
    if (!facts) return null
    open ??= { id, hidden: masking({ contacts: [...facts.contacts], owner: facts.owner }) }
    const past = await pastRecommendations(db, id)
    const snapshot = scout(facts, now)
    const history = remember({ facts, past, acceptance: {}, suppressed: [] }, now)
    return { snapshot, history, hide: open.hidden.hide }
  }
  const closed = 'There is no such account here, or another one is open already.'
  const Account = z.strictObject({ account: z.string().describe('Its mark, such as K1.') })

  const tools: Tool[] = [
    {
      name: 'find_accounts',
      description: 'Accounts of this person by a part of their name. Gives marks.',
      input: z.strictObject({ name: z.string().min(1).max(120) }),
      async run(input) {
        const { name } = input as { name: string }
        const found = await findAccounts(db, { text: plain.restore(name), ownerIds: [...ownerIds] })
        if (found.length === 0) return 'None of that name.'
        return found
          .map(({ id, name: called }) => `${markOf(id)} "${plain.hide(line(called, 80))}"`)
          .join('\n')
      },
    },
    {
      name: 'portfolio',
      description: 'All accounts of this person with risk and health, the riskiest first.',
      input: z.strictObject({}),
      async run() {
        const reviews = await latestReviews(db, owned)
        const lines = [...reviews.values()]
          .flatMap(({ standing }) => standing ?? [])
          .toSorted((a, b) => b.risk.score - a.risk.score)
          .slice(0, ACCOUNTS_LISTED)
          .map(
            ({ accountId, name, risk, health }) =>
              `${markOf(accountId)} "${plain.hide(line(name, 80))}" risk ${risk.level} (${risk.score}), health ${health}`,
          )
        return lines.length > 0 ? lines.join('\n') : 'No account was reviewed yet.'
      },
    },
    {
      name: 'account',
      description:
        'One account closely: people, deals, what was measured, what happened, what was suggested.',
      input: Account,
      async run(input) {
        const seen = await closely((input as z.infer<typeof Account>).account)
        if (!seen) return closed
        const view = viewOf({ snapshot: seen.snapshot, history: seen.history, proposed: [] }, now, seen.hide)
        for (const [mark, source] of view.evidence) evidence.set(mark, source)
        return `Risk ${seen.snapshot.risk.level}, health ${seen.snapshot.health.score}\n${view.text}`
      },
    },
    {
      name: 'timeline',
      description: 'What happened with one account, newest first, decisions included.',
      input: Account,
      async run(input) {
        const seen = await closely((input as z.infer<typeof Account>).account)
        if (!seen) return closed
        return seen.history.timeline
          .map(({ at, kind, text, evidence: source }, index) => {
            const mark = `T${index + 1}`
            if (source) evidence.set(mark, source)
            return `${source ? mark : '–'} ${at.slice(0, 10)} ${kind}: ${seen.hide(line(text, 300))}`
          })
          .join('\n')
      },
    },
  ]

  return {
    tools,
    readable: (text) => {
      const back = (open?.hidden.restore ?? plain.restore)(text.replaceAll(MARK, ''))
      return withoutForeign(back.replace(LAST_OPEN, '')).replaceAll(/ +(?=[.,;:!?])/g, '')
    },
    cited: (text) => {
      const named = [...text.matchAll(MARK)].flatMap(([, list = '']) => list.split(/, ?/))
      return [...new Set(named)].flatMap((mark) => evidence.get(mark) ?? [])
    },
  }
}
