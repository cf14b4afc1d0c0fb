import { z } from 'zod'
import { ownerById } from '../access/identity.ts'
import { openApprovalsIn, roomForCards } from '../approval/opening.ts'
import { UpstreamError } from '../errors.ts'
import type { Owner } from '../model/owner.ts'
import type { Refusal } from '../model/review.ts'
import { reviewAccounts } from '../pipeline/review.ts'
import { plainMessage } from '../slack/blocks.ts'
import { type ApprovalRow, approvalOfRecommendation, PAUSED } from '../store/approvals.ts'
import { replaceApproval } from '../store/cards.ts'
import { type Db, type Tx, transaction } from '../store/db.ts'
import { cardKey, enqueueMessage, postChannel } from '../store/outbox.ts'
import { markHomeStale } from '../store/owners.ts'
import { accountNames, accountOwner } from '../store/portfolio.ts'
import {
  lockRecommendation,
  pendingApprovalOf,
  type RecommendationRow,
  recommendationById,
  recommendationsOfAccounts,
} from '../store/recommendations.ts'
import { clearSnooze } from '../store/returning.ts'
import { reviewById } from '../store/reviews.ts'
import { setting } from '../store/settings.ts'
import { defineJob } from './define.ts'
import { isQuiet } from './remind.ts'
import type { JobTools } from './tools.ts'

/** Somebody who pressed is waiting for it, whatever the hour. */
const JUST_NOW_MS = 600_000

/**
 * Looks again, with fresh facts, at what was snoozed, expired, or overtaken by the CRM. What still stands returns as a
 * new card with new 72 hours, and the old card points at it; what does not is said in the old card's thread. The mark
 * that asks for it goes with the answer, in one transaction.
 */
export const lookAgain = defineJob({
  name: 'look-again',
  lane: 'work',
  payload: z.object({ recommendationId: z.string() }),
  subject: ({ recommendationId }) => recommendationId,
  whileRunning: 'once',
  attempts: 3,
  async run({ recommendationId }, tools) {
    const { db, review, log } = tools
    const before = await recommendationById(db, recommendationId)
    if (!before?.snoozedUntil || before.state === 'open' || before.state === 'shown') return
    const old = await approvalOfRecommendation(db, before.id)
    const person = await whomToAsk(tools, before, old)
    if (!person) {
      log.warn({ recommendationId }, 'nobody is left to ask again')
      await clearSnooze(db, recommendationId)
      return
    }
    const isUnwelcome =
      isQuiet(person, new Date()) || (await everybodyPauses(db)) || (await roomForCards(db, person.id)) === 0
    if (isUnwelcome && !wasPressedJustNow(before, person)) return
    await refreshed(tools, before.accountId)
    const [reviewed] = await reviewAccounts(review, [before.accountId], { trigger: 'request' })
    const refusals = reviewed ? ((await reviewById(db, reviewed.reviewId))?.refusals ?? []) : []
    await transaction(db, (tx) => answer(tx, tools, { before, old, person, refusals }))
    await tools.enqueue('deliver-messages', { channel: person.slackUserId })
  },
})

async function everybodyPauses(db: Db): Promise<boolean> {
  const until = await setting(db, 'paused_until')
  return until !== null && new Date(until) > new Date()
}

type Person = Owner & { slackUserId: string }
type Looked = { before: RecommendationRow; old: ApprovalRow | null; person: Person; refusals: Refusal[] }

/** Whoever was asked before, else the account's owner, else the manager of the first of them. */
async function whomToAsk(
  { db }: JobTools,
  { accountId }: RecommendationRow,
  old: ApprovalRow | null,
): Promise<Person | null> {
  const asked = old ? await ownerById(db, old.askedOwnerId) : null
  const ownerId = await accountOwner(db, accountId)
  const owner = ownerId ? await ownerById(db, ownerId) : null
  const managerId = (owner ?? asked)?.managerId
  const manager = managerId ? await ownerById(db, managerId) : null
  for (const person of [asked, owner, manager]) {
    const { slackUserId } = person ?? {}
    if (person?.active && person.role !== 'none' && slackUserId) return { ...person, slackUserId }
  }
  return null
}

/**
 * What ended by itself waits for the day: a snooze or a pause that is over, a card that a review overtook. The rest comes
 * back because somebody pressed, which ending one's pause is too.
 */
function wasPressedJustNow(
  { state, stateReason, snoozedUntil }: RecommendationRow,
  { preferences }: Owner,
): boolean {
  const isResumed = stateReason === PAUSED && preferences.pausedUntil === null
  const isPress = isResumed || (state !== 'withdrawn' && state !== 'superseded')
  return isPress && snoozedUntil !== null && Date.now() - snoozedUntil.getTime() < JUST_NOW_MS
}

async function refreshed({ sync, log }: JobTools, accountId: string): Promise<void> {
  try {
    await sync.account(accountId)
  } catch (error) {
    // The mirror is minutes old, and the card says how old.
    if (!(error instanceof UpstreamError)) throw error
    log.warn({ accountId, reason: error.message }, 'account not refreshed')
  }
}

async function answer(tx: Tx, tools: JobTools, looked: Looked): Promise<void> {
  const { before, old, person } = looked
  const now = await lockRecommendation(tx, before.id)
  // Answered by another worker, or asked anew meanwhile: that one answers.
  if (now?.snoozedUntil?.getTime() !== before.snoozedUntil?.getTime()) return
  await clearSnooze(tx, before.id)
  // Before the audit event of the opening, which others wait for while they hold these rows.
  await markHomeStale(tx, [person.id, ...(old ? [old.askedOwnerId] : [])])
  const standing = await recommendationsOfAccounts(tx, [before.accountId], ['open', 'shown'])
  const again = standing.find(({ dedupeKey }) => dedupeKey === before.dedupeKey)
  const replacement = again && (await cardOf(tx, tools, again, person))
  if (!replacement) await sayNot(tx, tools, looked)
  else if (old) await replaceApproval(tx, old, replacement)
}

/** The approval of what stands now: the one already shown, or one that opens with this. */
async function cardOf(
  tx: Tx,
  { approval }: JobTools,
  { id, state }: RecommendationRow,
  { id: ownerId, slackUserId: channel }: Person,
): Promise<string | null> {
  if (state === 'shown') return pendingApprovalOf(tx, id)
  const [opened] = await openApprovalsIn(tx, approval, [id], { ownerId, place: { channel } })
  return opened ?? null
}

const NOT_NOW: Record<string, string> = {
  owner_paused: 'suggestions are paused, so I propose nothing. Resume them in the Home tab',
  account_muted: 'this account is muted, so I propose nothing about it. Unmute it in the Home tab',
  suppressed: 'I was asked not to suggest this for this account again',
  account_limit: 'other suggestions about this account come first',
  cool_down: 'the same was decided a short while ago, so I do not ask again yet',
}
const NO_LONGER = 'with what Zoho says now this is no longer needed'

async function sayNot(
  tx: Tx,
  { teamId }: JobTools,
  { before, old, person, refusals }: Looked,
): Promise<void> {
  const refusal = refusals.find(({ kind, rule }) => kind === before.kind && rule in NOT_NOW)
  const name = (await accountNames(tx, [before.accountId])).get(before.accountId) ?? 'The account'
  const channel = person.slackUserId
  const threadKey = old && cardKey(old.id)
  const inThread = threadKey !== null && (await postChannel(tx, threadKey)) === channel
  const key = `no-longer:${before.id}:${before.snoozedUntil?.getTime()}`
  await enqueueMessage(tx, {
    teamId,
    channel,
    messageKey: key,
    action: 'post',
    ...(inThread ? { threadKey } : {}),
    dedupeKey: key,
    body: plainMessage(
      `${name}: I looked again, and ${(refusal && NOT_NOW[refusal.rule]) ?? NO_LONGER}. Nothing was written.`,
    ),
  })
}
