import { ownerById } from '../access/identity.ts'
import { maySee } from '../access/roles.ts'
import { type Match, renderAmbiguous, renderHistory, renderNotFound } from '../digest/account-messages.ts'
import { renderNoRole } from '../digest/help-view.ts'
import type { Owner } from '../model/owner.ts'
import { remember } from '../pipeline/memory-analyst.ts'
import { plainMessage } from '../slack/blocks.ts'
import type { Message } from '../slack/message.ts'
import { newId } from '../store/clock.ts'
import { accountFacts, findAccounts } from '../store/mirror.ts'
import { answersFor } from '../store/portfolio.ts'
import { acceptanceOf, pastRecommendations, suppressedKinds } from '../store/recommendations.ts'
import { openReview } from '../store/reviews.ts'
import type { TriggerTools } from './tools.ts'

/** What `/account` answers, typed, pressed or written in a message alike. */

export type AccountAsk = { text: string; mode: 'brief' | 'history' }

/** `history Acme`, `refresh Acme` or just `Acme`. A brief always reads the account anew, so `refresh` asks for one. */
export function parseAccountAsk(text: string): AccountAsk {
  const [, word, rest] = /^(history|refresh)\s+(.+)$/is.exec(text.trim()) ?? []
  return { text: rest ?? text.trim(), mode: word?.toLowerCase() === 'history' ? 'history' : 'brief' }
}

/** @returns what to tell the person at once; a brief follows by itself. */
export async function answerAccount(
  tools: TriggerTools,
  person: Owner | null,
  ask: AccountAsk,
): Promise<Message> {
  if (!person?.active || person.role === 'none') return renderNoRole()
  if (ask.text === '')
    return plainMessage('Which account? Type `/account` and its name or id, such as `/account Acme`.')
  const ownerIds = await answersFor(tools.db, person)
  const found = await findAccounts(tools.db, { text: ask.text, ownerIds })
  const [only] = found
  if (!only) return renderNotFound(ask.text)
  if (found.length > 1) return renderAmbiguous(ask.text, await withOwners(tools, found))
  return ask.mode === 'history' ? historyOf(tools, person, only.id) : openBrief(tools, person, only)
}

/** The same by id, from a button. An account that is unknown and one that is forbidden get the same answer. */
export async function openAccount(
  tools: TriggerTools,
  person: Owner | null,
  accountId: string,
): Promise<Message> {
  const account = person && (await visibleAccount(tools, person, accountId))
  return account ? openBrief(tools, person, account) : renderNotFound('this account')
}

export async function isVisible(tools: TriggerTools, person: Owner, accountId: string): Promise<boolean> {
  return (await visibleAccount(tools, person, accountId)) !== null
}

async function visibleAccount({ db }: TriggerTools, person: Owner, accountId: string) {
  const facts = await accountFacts(db, accountId, new Date())
  if (!facts) return null
  const { account, owner } = facts
  const sight = { ownerId: account.ownerId, ownerManagerId: owner?.managerId ?? null }
  return maySee(person, sight) ? account : null
}

async function openBrief(
  { db, enqueue }: TriggerTools,
  person: Owner,
  account: { id: string; name: string; ownerId: string | null },
): Promise<Message> {
  const reviewId = newId()
  await openReview(db, {
    id: reviewId,
    accountId: account.id,
    ownerId: account.ownerId,
    requestedBy: person.id,
  })
  await enqueue('account-brief', { reviewId })
  return plainMessage(`Working on ${account.name}… The brief comes to your messages with me.`)
}

async function withOwners(
  { db }: TriggerTools,
  found: Awaited<ReturnType<typeof findAccounts>>,
): Promise<Match[]> {
  return Promise.all(
    found.map(async ({ id, name, ownerId, industry }) => {
      const owner = ownerId ? await ownerById(db, ownerId) : null
      return { id, name, ownerName: owner?.name ?? null, hint: industry }
    }),
  )
}

async function historyOf({ db }: TriggerTools, person: Owner, accountId: string): Promise<Message> {
  const now = new Date()
  const facts = await accountFacts(db, accountId, now)
  if (!facts) return renderNotFound('this account')
  const { timeline, past, summary } = remember(
    {
      facts,
      past: await pastRecommendations(db, accountId),
      suppressed: await suppressedKinds(db, accountId),
      acceptance: await acceptanceOf(db, person.id),
    },
    now,
  )
  return renderHistory({ accountName: facts.account.name, timeline, past, summary, zone: person.zone, now })
}
