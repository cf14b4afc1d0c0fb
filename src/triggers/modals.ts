import type { AllMiddlewareArgs, App, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt'
import { rebase } from '../approval/approval.ts'
import { cardFacts } from '../approval/card-facts.ts'
import { type CardRef, decodeRef } from '../approval/card-ref.ts'
import { type Picklists, parseEdit } from '../approval/edit-form.ts'
import { editModal } from '../approval/edit-modal.ts'
import { parseReassign } from '../approval/reassign-modal.ts'
import { parseReject } from '../approval/reject-modal.ts'
import { UpstreamError } from '../errors.ts'
import { type CrmChange, type Fields, movedFields } from '../model/change.ts'
import type { Owner } from '../model/owner.ts'
import { plainMessage } from '../slack/blocks.ts'
import { type ApprovalRow, versionOf } from '../store/approvals.ts'
import { cardChannels, cardKey, messagePosition } from '../store/outbox.ts'
import { setting } from '../store/settings.ts'
import { type Deciding, submitEdit, submitReassign, submitReject, type Told } from './decisions.ts'
import { actorOf } from './person.ts'
import type { TriggerTools } from './tools.ts'

type Submission = SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs

export function registerModals(app: App, tools: TriggerTools): void {
  app.view<ViewSubmitAction>('approval.edit', (args: Submission) => edited(tools, args))
  app.view<ViewSubmitAction>('approval.reject', async (args: Submission) => {
    const parsed = parseReject(args.view.state.values)
    if ('errors' in parsed) return args.ack({ response_action: 'errors', errors: parsed.errors })
    const ref = refOf(args)
    const deciding = await decidingOf(tools, args)
    await tell(deciding, ref, await submitReject(deciding, ref, parsed.text))
  })
  app.view<ViewSubmitAction>('approval.reassign', async (args: Submission) => {
    const parsed = parseReassign(args.view.state.values)
    if ('errors' in parsed) return args.ack({ response_action: 'errors', errors: parsed.errors })
    const ref = refOf(args)
    const deciding = await decidingOf(tools, args)
    await tell(deciding, ref, await submitReassign(deciding, ref, parsed.slackUserId))
  })
}

async function edited(tools: TriggerTools, args: Submission): Promise<void> {
  const ref = refOf(args)
  const deciding = await decidingOf(tools, args)
  const version = await versionOf(tools.db, ref.approvalId, ref.version)
  if (!version) throw new Error('An edit came for a version that does not exist')
  const parsed = parseEdit(
    args.view.state.values,
    version.change,
    tools.fields(),
    await picklistsOf(tools, version.change),
    { now: new Date(), zone: deciding.actor.person?.zone ?? 'UTC' },
  )
  if ('errors' in parsed) return args.ack({ response_action: 'errors', errors: parsed.errors })
  await tell(deciding, ref, await submitEdit(deciding, ref, parsed.change))
}

async function decidingOf(tools: TriggerTools, { context, ack }: Submission): Promise<Deciding> {
  return { tools, actor: await actorOf(tools, context), acknowledge: () => ack() }
}

function refOf({ view }: Submission): CardRef {
  const ref = decodeRef(view.private_metadata)
  if (!ref) throw new Error('A window carried no reference to a card')
  return ref
}

/** A window is gone once submitted: what it came to is told where the card stands. */
async function tell({ tools, actor }: Deciding, ref: CardRef, told: Told): Promise<void> {
  const position = told === null ? null : await messagePosition(tools.db, cardKey(ref.approvalId))
  if (told === null || !position) return
  await tools.messenger.ephemeral(position.channel, actor.slackUserId, plainMessage(told))
}

/** Fills the window that was opened empty, with what the CRM holds at this moment. */
export async function fillEditModal(
  tools: TriggerTools,
  { approval, person }: { approval: ApprovalRow; person: Owner },
  viewId: string,
): Promise<void> {
  const facts = await cardFacts(tools.cards, approval.id)
  if (!facts) return
  const { change, account, recommendation, names } = facts
  const inCrm = await readNow(tools, change)
  const moved = change.action === 'update' && inCrm !== null && movedFields(change.before, inCrm).length > 0
  const press = { approvalId: approval.id, version: approval.version, person: person.id }
  const rebased = moved ? await rebase(tools.approval, press, inCrm) : approval
  if (!rebased) return
  if (moved)
    for (const channel of await cardChannels(tools.db, approval.id))
      await tools.enqueue('deliver-messages', { channel })
  const view = editModal({
    approvalId: approval.id,
    version: rebased.version,
    account,
    title: recommendation.title,
    change,
    inCrm,
    fields: tools.fields(),
    names,
    picklists: await picklistsOf(tools, change),
    expiresAt: approval.expiresAt,
    zone: person.zone,
    now: new Date(),
    refreshed: moved,
  })
  await tools.messenger.updateView(viewId, view)
}

/** Null when Zoho does not answer: the window then shows what was known when it was proposed. */
async function readNow({ liveFields, log }: TriggerTools, change: CrmChange): Promise<Fields | null> {
  if (change.action !== 'update') return null
  try {
    return await liveFields(change.module, change.recordId, Object.keys(change.fields))
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    log.warn({ recordId: change.recordId, reason: error.message }, 'record not read for editing')
    return null
  }
}

/** The CRM's choices for the fields of one change, by API name. */
async function picklistsOf({ db }: TriggerTools, change: CrmChange): Promise<Picklists> {
  const all = (await setting(db, 'crm_fields'))?.picklists ?? {}
  const prefix = `${change.module}.`
  return Object.fromEntries(
    Object.entries(all).flatMap(([path, choices]) =>
      path.startsWith(prefix) ? [[path.slice(prefix.length), choices]] : [],
    ),
  )
}
