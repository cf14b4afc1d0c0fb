import { z } from 'zod'
import { ownerById } from '../access/identity.ts'
import { seenOwners } from '../access/sight.ts'
import { openApprovalsIn, roomForCards } from '../approval/opening.ts'
import { staleApprovals } from '../approval/stale.ts'
import { renderEvidence, renderNotFound, renderProgress, type Step } from '../digest/account-messages.ts'
import { renderBrief } from '../digest/brief-view.ts'
import { briefFacts } from '../digest/gather.ts'
import { UpstreamError } from '../errors.ts'
import { NO_ANSWER_WORDS } from '../model/answer.ts'
import type { Owner } from '../model/owner.ts'
import { briefInWords, type Said } from '../pipeline/conversation.ts'
import { reviewAccounts, type Stage } from '../pipeline/review.ts'
import { plainMessage } from '../slack/blocks.ts'
import type { Message } from '../slack/message.ts'
import { newId } from '../store/clock.ts'
import { type Tx, transaction } from '../store/db.ts'
import { enqueueMessage, postChannel } from '../store/outbox.ts'
import { accountNames, accountOwner } from '../store/portfolio.ts'
import { recommendationsOfAccounts } from '../store/recommendations.ts'
import { clearReviewDue, reviewDueOf } from '../store/review-due.ts'
import { finishReview, type ReviewRow, reviewById, reviewReached } from '../store/reviews.ts'
import { defineJob } from './define.ts'
import type { JobTools } from './tools.ts'

/** Cards that follow in the brief's thread; the rest stays in App Home. */
const CARDS = 2

/**
 * Answers `/account`: reads the account live, reviews it, and tells its owner or their manager in a direct message,
 * which shows each agent's progress until the brief takes its place. The review is finished in the transaction that
 * holds the answer, so that whatever dies before it is begun again.
 */
export const accountBrief = defineJob({
  name: 'account-brief',
  lane: 'work',
  payload: z.object({ reviewId: z.string() }),
  subject: ({ reviewId }) => reviewId,
  whileRunning: 'once',
  attempts: 2,
  async run({ reviewId }, tools) {
    const row = await reviewById(tools.db, reviewId)
    if (!row || row.finishedAt) return
    const asked = await askerOf(tools, row)
    if (!asked) {
      await transaction(tools.db, (tx) => finishReview(tx, reviewId, 'nobody to tell'))
      return
    }
    await answer(tools, row, asked)
    await tools.enqueue('deliver-messages', { channel: asked.channel })
  },
})

export const briefKey = (requestId: string) => `brief:${requestId}`

/** Who asked, and the account's name. Null when they can no longer be told. */
type Asker = { person: Owner; channel: string; accountName: string }

async function askerOf({ db }: JobTools, { requestedBy, accountId }: ReviewRow): Promise<Asker | null> {
  const person = requestedBy ? await ownerById(db, requestedBy) : null
  if (!person?.slackUserId || !person.active) return null
  const accountName = (await accountNames(db, [accountId])).get(accountId) ?? 'this account'
  return { person, channel: person.slackUserId, accountName }
}

async function answer(tools: JobTools, { id, accountId }: ReviewRow, asker: Asker): Promise<void> {
  const { db, review, gather, approval, enqueue } = tools
  const { person, channel, accountName } = asker
  const show = async (stage: Stage | 'reading') => {
    await transaction(db, async (tx) => {
      if (!(await reviewReached(tx, id, stage === 'reading' ? 'received' : stage))) return
      await say(tx, tools, { key: briefKey(id), channel, body: progress(accountName, stage) })
    })
    await enqueue('deliver-messages', { channel })
  }

  await show('reading')
  const older = await refreshOrSay(tools, accountId)
  const due = await reviewDueOf(db, accountId)
  await staleApprovals(approval, [accountId])
  const ownerIds = await seenOwners(db, person)
  const [, said] = await Promise.all([
    reviewAccounts(review, [accountId], { trigger: 'request', reviewId: id, onStage: show }),
    tools.conversation && briefInWords({ accountId, ownerIds, reviewId: id }, tools.conversation, new Date()),
  ])

  const reader = { zone: person.zone, now: new Date() }
  const facts = await briefFacts(gather, accountId, reader)
  if (!facts) return end(tools, id, asker, renderNotFound(accountName), 'the account is gone')
  const suggestions = await recommendationsOfAccounts(db, [accountId], ['open', 'shown'])
  const rationale = suggestions.flatMap((suggestion) => suggestion.rationale)
  const { standing, account } = facts
  const evidence = renderEvidence(
    { accountName, rationale, standing, account },
    { ...reader, recordUrl: gather.recordUrl },
  )
  const open = suggestions.flatMap((suggestion) => (suggestion.state === 'open' ? suggestion.id : []))
  const room = await roomForCards(db, person.id)
  const asked = (await asksHere(tools, accountId, person)) ? open.slice(0, CARDS) : []
  const cards = asked.slice(0, room)
  const brief = renderBrief({
    ...facts,
    degraded: [...facts.degraded, ...older, ...unsaid(said)],
    ...(said && said.without === null ? { inWords: said, recordUrl: gather.recordUrl } : {}),
    withheld: asked.length - cards.length,
    similar: await tools.memoryOf(ownerIds).similar(accountId, 2),
    // Their cards come with it, in its thread.
    recommendations: facts.recommendations.map((each) =>
      cards.includes(each.id) ? { ...each, state: 'shown' as const } : each,
    ),
  })
  await transaction(db, async (tx) => {
    if (!(await finishReview(tx, id, null))) return
    const threadKey = briefKey(id)
    await say(tx, tools, { key: threadKey, channel, body: brief })
    // What was seen in Zoho on the way is followed up with this.
    if (due) await clearReviewDue(tx, [due])
    await say(tx, tools, { key: `${threadKey}:evidence`, channel, threadKey, body: evidence })
    await openApprovalsIn(tx, approval, cards, { ownerId: person.id, place: { channel, threadKey } })
  })
}

function unsaid(said: Said | null): string[] {
  return said?.without ? [`a summary by Claude, because ${NO_ANSWER_WORDS[said.without]}`] : []
}

/**
 * An account's own owner is asked first. Their manager sees what is suggested, and is asked in their place only
 * where the owner cannot be.
 */
async function asksHere({ db }: JobTools, accountId: string, person: Owner): Promise<boolean> {
  const ownerId = await accountOwner(db, accountId)
  const owner = ownerId ? await ownerById(db, ownerId) : null
  return owner?.id === person.id || !owner?.active || !owner.slackUserId
}

/** Closes a request that came to nothing within its time: the person hears so, and what did not happen. */
export async function giveUpBrief(tools: JobTools, row: ReviewRow): Promise<void> {
  const why = 'not finished in time'
  const asker = await askerOf(tools, row)
  if (!asker) {
    await transaction(tools.db, (tx) => finishReview(tx, row.id, why))
    return
  }
  const words = `I could not finish looking at ${asker.accountName}. Nothing was changed; please try again with /account.`
  await end(tools, row.id, asker, plainMessage(words), why)
  await tools.enqueue('deliver-messages', { channel: asker.channel })
}

async function end(
  tools: JobTools,
  reviewId: string,
  { channel }: Asker,
  body: Message,
  why: string,
): Promise<void> {
  await transaction(tools.db, async (tx) => {
    if (!(await finishReview(tx, reviewId, why))) return
    await say(tx, tools, { key: briefKey(reviewId), channel, body })
  })
}

/** Empty when the account was read anew; otherwise why what follows is older. */
async function refreshOrSay({ sync, log }: JobTools, accountId: string): Promise<string[]> {
  try {
    await sync.account(accountId)
    return []
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    log.warn({ accountId, reason: error.message }, 'account not refreshed')
    return ['Zoho just now, so these are the last known data']
  }
}

const AGENTS = [
  ['reading', 'Reading Zoho'],
  ['scouting', 'Data Scout'],
  ['remembering', 'Memory Analyst'],
  ['authoring', 'Recommendation Author'],
  ['complying', 'Compliance Reviewer'],
] as const satisfies [Stage | 'reading', string][]

function progress(accountName: string, now: Stage | 'reading'): Message {
  const current = AGENTS.findIndex(([stage]) => stage === now)
  const steps = AGENTS.map(([, agent], index): Step => {
    const state = index < current ? 'done' : index === current ? 'running' : 'waiting'
    return { agent, state, note: null }
  })
  return renderProgress({ accountName, steps })
}

/** One message per key, posted by the first and edited in place by the next. */
async function say(
  tx: Tx,
  { teamId }: JobTools,
  { key, channel, threadKey, body }: { key: string; channel: string; threadKey?: string; body: Message },
): Promise<void> {
  const posted = (await postChannel(tx, key)) !== null
  await enqueueMessage(tx, {
    teamId,
    channel,
    messageKey: key,
    action: posted ? 'update' : 'post',
    ...(threadKey ? { threadKey } : {}),
    dedupeKey: posted ? `${key}:${newId()}` : key,
    body,
  })
}
