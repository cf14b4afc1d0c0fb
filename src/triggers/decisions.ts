import { peopleAround, personOf } from '../access/identity.ts'
import { mayDecide, type Permission } from '../access/roles.ts'
import { approve, approveEdited, endApproval, reject } from '../approval/approval.ts'
import type { CardRef } from '../approval/card-ref.ts'
import { reassign } from '../approval/opening.ts'
import { REFUSALS, retry, undo } from '../execution/undo.ts'
import type { ApprovalState, DecisionOutcome } from '../model/approval.ts'
import type { CrmChange } from '../model/change.ts'
import type { Owner } from '../model/owner.ts'
import { date } from '../slack/dates.ts'
import { type Mrkdwn, mrkdwn } from '../slack/mrkdwn.ts'
import { type ApprovalRow, type AskedApproval, approvalById, askedApproval } from '../store/approvals.ts'
import { transaction } from '../store/db.ts'
import { finishInteraction } from '../store/interactions.ts'
import { cardChannels } from '../store/outbox.ts'
import { ownerNames } from '../store/owners.ts'
import { askAgain } from '../store/returning.ts'
import { type Actor, ended } from './person.ts'
import type { TriggerTools } from './tools.ts'

/**
 * What a person decides about a card, whichever surface it comes from: who may is asked now, from the verified
 * payload; the decision is one transaction; the rest is handed over after it.
 */

/** What to tell the person alone; null when the card itself tells it. */
export type Told = Mrkdwn | string | null

/** Commits, and only then runs `acknowledge`, and only then hands over what follows. */
export type Deciding = { tools: TriggerTools; actor: Actor; acknowledge: () => Promise<void> }

type Allowed = { approval: ApprovalRow; person: Owner }

/** The approval and the person, if that person may decide it; otherwise what to tell them. */
export async function mayDecideHere(
  { tools, actor }: Pick<Deciding, 'tools' | 'actor'>,
  approvalId: string,
): Promise<Allowed | { say: string }> {
  const found = await askedApproval(tools.db, approvalId)
  if (!found) return { say: 'I do not know this card any more. Nothing was done.' }
  const { approval } = found
  const permission = await permissionFor(tools, actor.person, found)
  if (!permission.ok) return { say: permission.say }
  if (!actor.person) throw new Error('Somebody unknown was allowed to decide')
  return { approval, person: actor.person }
}

async function permissionFor(
  { db }: TriggerTools,
  person: Owner | null,
  { approval, accountOwnerId, passedOn }: AskedApproval,
): Promise<Permission> {
  const { askedOwnerId, actionClass } = approval
  const { owner, manager } = await peopleAround(db, { accountOwnerId, askedOwnerId })
  const permission = mayDecide(person, { actionClass, owner, manager })
  // Somebody the owner or their manager passed it on to decides in their place.
  if (permission.ok || !passedOn || !person?.active || person.id !== askedOwnerId) return permission
  return mayDecide(person, { actionClass, owner: person, manager })
}

export async function pressApprove(deciding: Deciding, ref: CardRef): Promise<Told> {
  return decide(deciding, ref, (press) => approve(deciding.tools.approval, press))
}

export async function submitEdit(deciding: Deciding, ref: CardRef, change: CrmChange): Promise<Told> {
  return decide(deciding, ref, (press) => approveEdited(deciding.tools.approval, press, change))
}

export async function submitReject(deciding: Deciding, ref: CardRef, reason: string): Promise<Told> {
  return decide(deciding, ref, (press) => reject(deciding.tools.approval, press, reason))
}

type PressOf = { approvalId: string; version: number; person: string; interactionId?: string }

async function decide(
  deciding: Deciding,
  ref: CardRef,
  work: (press: PressOf) => Promise<DecisionOutcome>,
): Promise<Told> {
  const { tools, actor, acknowledge } = deciding
  const allowed = await mayDecideHere(deciding, ref.approvalId)
  if ('say' in allowed) return refuse(deciding, allowed.say)
  const interaction = actor.interactionId ? { interactionId: actor.interactionId } : {}
  const outcome = await work({ ...ref, person: allowed.person.id, ...interaction })
  // A decision keeps how the press ended within its own transaction.
  if (outcome.kind !== 'decided') await ended(tools, actor, 'refused', outcome.kind)
  await acknowledge()
  if (outcome.kind === 'decided' && outcome.operationId) {
    await tools.enqueue('execute-operation', { operationId: outcome.operationId })
  }
  await cardChanged(tools, allowed.approval)
  return inWords(tools, outcome, allowed)
}

async function refuse({ tools, actor, acknowledge }: Deciding, say: string): Promise<string> {
  await ended(tools, actor, 'refused', say)
  await acknowledge()
  return say
}

/** A write is usually done within this time: the card then changes once instead of twice. */
const CARD_AFTER_MS = 250
/** Several decisions in a row are one new App Home. */
export const HOME_AFTER_MS = 1_500

/** Sends the card's update, and draws the App Home of whoever was asked. */
async function cardChanged({ db, enqueue }: TriggerTools, approval: ApprovalRow): Promise<void> {
  for (const channel of await cardChannels(db, approval.id)) {
    await enqueue('deliver-messages', { channel }, { delayMs: CARD_AFTER_MS })
  }
  await enqueue('publish-home', { ownerId: approval.askedOwnerId }, { delayMs: HOME_AFTER_MS })
}

const ALREADY: Record<ApprovalState, string> = {
  pending: 'still waiting',
  approved: 'approved',
  rejected: 'rejected',
  expired: 'expired',
  superseded: 'replaced by a newer one',
  withdrawn: 'taken back',
  stale: 'overtaken by a change in the CRM',
}

/** A press that decided needs no words: the card tells. Any other is told what happened, and what did not. */
async function inWords({ db }: TriggerTools, outcome: DecisionOutcome, { person }: Allowed): Promise<Told> {
  switch (outcome.kind) {
    case 'decided':
      return null
    case 'waiting_for_second':
      return 'Your approval counts. A second person must approve too before anything is written to Zoho.'
    case 'already': {
      // The same person pressing twice has what they wanted.
      if (outcome.by === person.id && outcome.state === 'approved') return null
      const names = outcome.by ? await ownerNames(db, [outcome.by]) : new Map<string, string>()
      const by = names.get(outcome.by ?? '')
      const when = outcome.at ? mrkdwn` ${date(outcome.at, 'dayTime', person.zone)}` : mrkdwn``
      return mrkdwn`This was already ${ALREADY[outcome.state]}${by ? ` by ${by}` : ''}${when}. Your press changed nothing.`
    }
    case 'expired':
      return 'This expired before your press arrived. Nothing was written. Press “Analyse again” for a fresh look.'
    case 'changed':
      return 'This card was edited meanwhile. Nothing was written; please look at the new version.'
    case 'not_found':
      return 'I do not know this card any more. Nothing was done.'
  }
}

/** Takes the card back until then; it returns with fresh facts and a new deadline. */
export async function pressSnooze(deciding: Deciding, ref: CardRef, until: Date): Promise<Told> {
  const { person } = deciding.actor
  const ending = { by: person?.id ?? 'system', reason: 'snoozed', snoozedUntil: until }
  const done = await end(deciding, ref, (approval) =>
    endApproval(deciding.tools.approval, approval.id, 'withdrawn', ending),
  )
  return (
    done ??
    mrkdwn`Snoozed until ${date(until, 'dayTime', person?.zone ?? 'UTC')}. It returns with fresh facts.`
  )
}

/** Ends it and keeps the kind away from this account. */
export async function pressSuppress(deciding: Deciding, ref: CardRef): Promise<Told> {
  const by = deciding.actor.person?.id ?? 'system'
  const ending = { by, reason: 'not to be suggested again', suppressed: true }
  const done = await end(deciding, ref, (approval) =>
    endApproval(deciding.tools.approval, approval.id, 'withdrawn', ending),
  )
  return done ?? 'I will not suggest this for this account again. Nothing was written.'
}

export async function submitReassign(deciding: Deciding, ref: CardRef, slackUserId: string): Promise<Told> {
  const { tools } = deciding
  const { db, teamId } = tools
  const colleague = await personOf(db, teamId, slackUserId)
  if (!colleague?.active || colleague.role === 'none' || colleague.role === 'auditor') {
    return refuse(
      deciding,
      'That person is not linked to a CRM user who may decide, so nothing was reassigned.',
    )
  }
  const place = { channel: slackUserId }
  const done = await end(deciding, ref, async (approval) => {
    const by = deciding.actor.person?.id ?? ''
    const opened = await reassign(tools.approval, approval.id, by, { ownerId: colleague.id, place })
    if (opened) await tools.enqueue('deliver-messages', place)
    return opened !== null
  })
  return done ?? `${colleague.name} has the card now and can decide for 72 hours.`
}

/** @returns null when it was ended now; otherwise what to tell the person. */
async function end(
  deciding: Deciding,
  ref: CardRef,
  work: (approval: ApprovalRow) => Promise<boolean>,
): Promise<Told> {
  const { tools, actor, acknowledge } = deciding
  const allowed = await mayDecideHere(deciding, ref.approvalId)
  if ('say' in allowed) return refuse(deciding, allowed.say)
  const done = await work(allowed.approval)
  await ended(tools, actor, done ? 'applied' : 'refused', done ? 'ended' : 'had ended already')
  await acknowledge()
  await cardChanged(tools, allowed.approval)
  if (done) return null
  const {
    state,
    decidedBy: by,
    decidedAt: at,
  } = (await approvalById(tools.db, ref.approvalId)) ?? allowed.approval
  return inWords(
    tools,
    { kind: 'already', state, by, at },
    { ...allowed, person: { ...allowed.person, id: '' } },
  )
}

export async function pressUndo(deciding: Deciding, ref: CardRef): Promise<Told> {
  const { tools, actor, acknowledge } = deciding
  const allowed = await mayDecideHere(deciding, ref.approvalId)
  if ('say' in allowed) return refuse(deciding, allowed.say)
  const outcome = await undo(tools.undo, ref.approvalId, allowed.person.id)
  const planned = outcome.kind === 'planned'
  await ended(tools, actor, planned ? 'applied' : 'refused', planned ? 'undo planned' : outcome.reason)
  await acknowledge()
  if (!planned) return REFUSALS[outcome.reason]
  await tools.enqueue('execute-operation', { operationId: outcome.operationId })
  await cardChanged(tools, allowed.approval)
  return null
}

export async function pressRetry(deciding: Deciding, ref: CardRef): Promise<Told> {
  const { tools, actor, acknowledge } = deciding
  const allowed = await mayDecideHere(deciding, ref.approvalId)
  if ('say' in allowed) return refuse(deciding, allowed.say)
  const operationId = await retry(tools.undo, ref.approvalId, allowed.person.id)
  await ended(tools, actor, operationId ? 'applied' : 'refused', operationId ? 'retried' : 'not failed')
  await acknowledge()
  if (!operationId) return 'This did not fail, so there is nothing to try again.'
  await tools.enqueue('execute-operation', { operationId })
  await cardChanged(tools, allowed.approval)
  return null
}

/** After expiry or a change in the CRM: look again with fresh facts. Asked for in a row, so that no queue can lose it. */
export async function pressLookAgain(deciding: Deciding, ref: CardRef): Promise<Told> {
  const { tools, actor, acknowledge } = deciding
  const allowed = await mayDecideHere(deciding, ref.approvalId)
  if ('say' in allowed) return refuse(deciding, allowed.say)
  const { recommendationId } = allowed.approval
  await transaction(tools.db, async (tx) => {
    await askAgain(tx, recommendationId)
    if (actor.interactionId) {
      await finishInteraction(tx, actor.interactionId, { state: 'applied', outcome: 'looking again' })
    }
  })
  await acknowledge()
  await tools.enqueue('look-again', { recommendationId })
  return 'Looking again with what Zoho says now. If it still stands, a new card follows.'
}
