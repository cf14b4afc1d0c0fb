import { z } from 'zod'
import type { Tool } from '../llm/llm.ts'
import type { Memory, Recollection } from '../memory/memory.ts'
import { Evidence } from '../model/signal.ts'
import { line } from '../recommendations/text.ts'
import type { Db } from '../store/db.ts'
import { accountFactsOf, findAccounts } from '../store/mirror.ts'
import { ownedAccounts } from '../store/portfolio.ts'
import { pastRecommendations } from '../store/recommendations.ts'
import { latestReviews } from '../store/reviews.ts'
import type { AuthorTools } from './author.ts'
import { viewOf } from './author-view.ts'
import { withoutForeign } from './foreign-text.ts'
import { remember } from './memory-analyst.ts'
import { scout } from './scout.ts'

/**
 * What a model may look at on behalf of one person: their accounts by name and figure, and one of them closely. What
 * stands in one customer's notes must not be able to ask for another's.
 */

const ACCOUNTS_LISTED = 60
const RECALLED = 12

export type Desk = {
  tools: Record<ToolName, Tool>
  /** The account's mark, for the tools. */
  markOf(accountId: string): string
  /** What the person said, on its way to the model. */
  hide(text: string): string
  /** For a person to read: names put back, marks and whatever leads elsewhere taken out. */
  readable(text: string): string
  /** The records whose marks stand in the text, each once. */
  cited(text: string): Evidence[]
}

const MARK = /\[((?:[A-Z]\d{1,3})(?:, ?[A-Z]\d{1,3})*)\]/g
const LAST_OPEN = /\[[^\]]{0,20}$/

export type ToolName = 'find_accounts' | 'portfolio' | 'account' | 'timeline' | 'search_memory'

export type DeskSettings = {
  db: Db
  /** Whose accounts may be seen. */
  ownerIds: readonly string[]
  now: Date
  masking: AuthorTools['masking']
  memory: Memory
}

export async function openDesk({ db, ownerIds, now, masking, memory }: DeskSettings): Promise<Desk> {
  const owned = (await ownedAccounts(db, ownerIds)).map(({ id }) => id)
  const marks = new Map<string, string>()
  const evidence = new Map<string, Evidence>()
  let open: string | null = null
  const hidden = masking({ contacts: [], owner: null })
  const markOf = (id: string) => {
    const known = [...marks].find(([, each]) => each === id)?.[0]
    const mark = known ?? `K${marks.size + 1}`
    marks.set(mark, id)
    return mark
  }

  async function closely(mark: string) {
    const id = marks.get(mark)
    if (!id || !owned.includes(id)) return null
    if (open !== null && open !== id) return null
    const [facts] = await accountFactsOf(db, [id], now)
    if (!facts) return null
    if (open === null) hidden.know(facts)
    open = id
    const past = await pastRecommendations(db, id)
    const snapshot = scout(facts, now)
    const history = remember({ facts, past, acceptance: {}, suppressed: [] }, now)
    return { id, snapshot, history, hide: hidden.hide }
  }
  const closed = 'There is no such account here, or another one is open already.'
  const Account = z.strictObject({ account: z.string().describe('Its mark, such as K1.') })

  const list: (Tool & { name: ToolName })[] = [
    {
      name: 'find_accounts',
      description: 'Accounts of this person by a part of their name. Gives marks.',
      input: z.strictObject({ name: z.string().min(1).max(120) }),
      async run(input) {
        const { name } = input as { name: string }
        const found = await findAccounts(db, { text: hidden.reveal(name), ownerIds: [...ownerIds] })
        if (found.length === 0) return 'None of that name.'
        return found
          .map(({ id, name: called }) => `${markOf(id)} "${hidden.hide(line(called, 80))}"`)
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
              `${markOf(accountId)} "${hidden.hide(line(name, 80))}" risk ${risk.level} (${risk.score}), health ${health}`,
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

  const Search = z.strictObject({ account: Account.shape.account, words: z.string().min(1).max(300) })
  list.push({
    name: 'search_memory',
    description: 'What is remembered of one account that fits these words, from all of its past.',
    input: Search,
    async run(input) {
      const { account, words } = input as z.infer<typeof Search>
      const seen = await closely(account)
      if (!seen) return closed
      const found = await memory.search(seen.id, hidden.reveal(words), RECALLED)
      if (found.length === 0) return 'Nothing is remembered that fits.'
      return found
        .map((one) => {
          const source = evidenceOf(one)
          const mark = source ? recalled(source) : '–'
          return `${mark} ${one.at?.toISOString().slice(0, 10) ?? 'no date'} ${one.kind}: ${seen.hide(line(`${one.title}: ${one.snippet}`, 400))}`
        })
        .join('\n')
    },
  })
  function recalled(source: Evidence): string {
    const mark = `M${[...evidence.keys()].filter((known) => known.startsWith('M')).length + 1}`
    evidence.set(mark, source)
    return mark
  }

  return {
    tools: Object.fromEntries(list.map((tool) => [tool.name, tool])) as Record<ToolName, Tool>,
    markOf,
    hide: hidden.hide,
    readable: (text) => {
      const back = hidden.restore(text.replaceAll(MARK, ''))
      return withoutForeign(back.replace(LAST_OPEN, '')).replaceAll(/ +(?=[.,;:!?])/g, '')
    },
    cited: (text) => {
      const named = [...text.matchAll(MARK)].flatMap(([, list = '']) => list.split(/, ?/))
      return [...new Set(named)].flatMap((mark) => evidence.get(mark) ?? [])
    },
  }
}

/** The record of the CRM it comes from; what a person told, or we did, has none. */
function evidenceOf({ sources, title, at }: Recollection): Evidence | null {
  for (const { source, recordId } of sources) {
    const found = Evidence.safeParse({
      module: source,
      recordId,
      label: line(title, 80),
      at: at?.toISOString() ?? null,
    })
    if (found.success) return found.data
  }
  return null
}
