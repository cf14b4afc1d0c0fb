import type {
  AllMiddlewareArgs,
  App,
  BlockAction,
  ButtonAction,
  OverflowAction,
  SlackActionMiddlewareArgs,
} from '@slack/bolt'
import { DateTime } from 'luxon'
import { cardFacts } from '../approval/card-facts.ts'
import { type CardRef, decodeRef, decodeRefs, refOfBlock } from '../approval/card-ref.ts'
import { loadingModal } from '../approval/edit-modal.ts'
import { evidenceView } from '../approval/evidence-view.ts'
import { reassignModal } from '../approval/reassign-modal.ts'
import { rejectModal } from '../approval/reject-modal.ts'
import { Preferences } from '../model/owner.ts'
import { plainMessage } from '../slack/blocks.ts'
import { approvalById } from '../store/approvals.ts'
import { approvedByPress } from '../store/decisions.ts'
import {
  type Deciding,
  mayDecideHere,
  pressApprove,
  pressLookAgain,
  pressRetry,
  pressSnooze,
  pressSuppress,
  pressUndo,
  type Told,
} from './decisions.ts'
import { fillEditModal } from './modals.ts'
import { actorOf, ended } from './person.ts'
import type { TriggerTools } from './tools.ts'

type ButtonPress = SlackActionMiddlewareArgs<BlockAction<ButtonAction>> & AllMiddlewareArgs
type MenuPress = SlackActionMiddlewareArgs<BlockAction<OverflowAction>> & AllMiddlewareArgs

/** Buttons that decide at once; each value carries an approval and a version, nothing else. */
const DECIDING: Record<string, (deciding: Deciding, ref: CardRef) => Promise<Told>> = {
  'approval.approve': pressApprove,
  'approval.undo': pressUndo,
  'approval.retry': pressRetry,
  'approval.review_again': pressLookAgain,
  'approval.analyse_again': pressLookAgain,
}

/** Buttons that open a window first. */
const OPENING: Record<string, (deciding: Deciding, ref: CardRef, triggerId: string) => Promise<Told>> = {
  'approval.edit': openEdit,
  'approval.reject': openReject,
}

export function registerCardButtons(app: App, tools: TriggerTools): void {
  for (const [action, press] of Object.entries(DECIDING)) {
    app.action<BlockAction<ButtonAction>>(action, async (args: ButtonPress) => {
      const deciding = await decidingOf(tools, args)
      await tell(deciding, await press(deciding, refOf(args.action.value)), threadOf(args))
    })
  }
  for (const [action, open] of Object.entries(OPENING)) {
    app.action<BlockAction<ButtonAction>>(action, async (args: ButtonPress) => {
      const deciding = await decidingOf(tools, args)
      await tell(
        deciding,
        await open(deciding, refOf(args.action.value), args.body.trigger_id),
        threadOf(args),
      )
    })
  }
  app.action<BlockAction<OverflowAction>>('approval.more', async (args: MenuPress) => {
    const deciding = await decidingOf(tools, args)
    const ref = refOfBlock(args.action.block_id)
    if (!ref) throw new Error('A menu came from a block that is not of a card')
    const choice = args.action.selected_option.value
    await tell(deciding, await chosen(deciding, ref, choice, args.body.trigger_id), threadOf(args))
  })
  app.action<BlockAction<ButtonAction>>('approvals.batch', async (args: ButtonPress) => {
    const deciding = await decidingOf(tools, args)
    await tell(deciding, await approveBatch(deciding, decodeRefs(args.action.value) ?? []), threadOf(args))
  })
}

async function decidingOf(tools: TriggerTools, { context, ack }: ButtonPress | MenuPress): Promise<Deciding> {
  return { tools, actor: await actorOf(tools, context), acknowledge: () => ack() }
}

function refOf(value: string | undefined): CardRef {
  const ref = decodeRef(value)
  if (!ref) throw new Error('A button of a card carried no reference')
  return ref
}

/** Told where it was pressed: in the card's thread, when the card stands in one. */
function threadOf({ body }: ButtonPress | MenuPress): string | undefined {
  const thread: unknown = body.message?.thread_ts
  return typeof thread === 'string' ? thread : undefined
}

async function tell({ tools, actor }: Deciding, told: Told, thread: string | undefined): Promise<void> {
  if (told === null || !actor.channel) return
  await tools.messenger.ephemeral(actor.channel, actor.slackUserId, plainMessage(told), thread)
}

async function openEdit(deciding: Deciding, ref: CardRef, triggerId: string): Promise<Told> {
  const { tools, actor, acknowledge } = deciding
  const allowed = await mayDecideHere(deciding, ref.approvalId)
  if ('say' in allowed) return closed(deciding, allowed.say)
  if (allowed.approval.state !== 'pending')
    return closed(deciding, 'This was decided already, so there is nothing to edit.')
  // At once, while the record is read: Slack waits three seconds for a window, Zoho may take longer.
  const { viewId } = await tools.messenger.openView(triggerId, loadingModal(ref))
  await ended(tools, actor, 'applied', 'edit window opened')
  await acknowledge()
  await fillEditModal(tools, allowed, viewId)
  return null
}

async function openReject(deciding: Deciding, ref: CardRef, triggerId: string): Promise<Told> {
  return openWindow(deciding, ref, triggerId, ({ account, recommendation }) =>
    rejectModal({ ...ref, account, title: recommendation.title }),
  )
}

async function openWindow(
  deciding: Deciding,
  ref: CardRef,
  triggerId: string,
  view: (
    facts: NonNullable<Awaited<ReturnType<typeof cardFacts>>>,
  ) => Parameters<TriggerTools['messenger']['openView']>[1],
): Promise<Told> {
  const { tools, actor, acknowledge } = deciding
  const allowed = await mayDecideHere(deciding, ref.approvalId)
  if ('say' in allowed) return closed(deciding, allowed.say)
  const facts = await cardFacts(tools.cards, ref.approvalId)
  if (!facts) return closed(deciding, 'I do not know this card any more. Nothing was done.')
  await tools.messenger.openView(triggerId, view(facts))
  await ended(tools, actor, 'applied', 'window opened')
  await acknowledge()
  return null
}

async function closed({ tools, actor, acknowledge }: Deciding, say: string): Promise<string> {
  await ended(tools, actor, 'refused', say)
  await acknowledge()
  return say
}

/** The values of the card's menu. */
async function chosen(deciding: Deciding, ref: CardRef, choice: string, triggerId: string): Promise<Told> {
  const { zone = 'UTC', preferences } = deciding.actor.person ?? {}
  const { digestDays } = preferences ?? DEFAULTS
  const now = DateTime.now().setZone(zone)
  switch (choice) {
    case 'snooze:4h':
      return pressSnooze(deciding, ref, now.plus({ hours: 4 }).toJSDate())
    case 'snooze:tomorrow':
      return pressSnooze(deciding, ref, tomorrowAtNine(now, digestDays))
    case 'snooze:week':
      return pressSnooze(deciding, ref, now.plus({ weeks: 1 }).startOf('week').set({ hour: 9 }).toJSDate())
    case 'evidence':
      return openWindow(deciding, ref, triggerId, evidenceView)
    case 'reassign':
      return openWindow(deciding, ref, triggerId, ({ account, recommendation }) =>
        reassignModal({ ...ref, account, title: recommendation.title }),
      )
    case 'suppress':
      return pressSuppress(deciding, ref)
    default:
      throw new Error(`A card's menu offered ${choice}`)
  }
}

const DEFAULTS = Preferences.parse({})

/** 9:00 of the next day on which the person gets a digest: Friday's "tomorrow" is Monday for most. */
export function tomorrowAtNine(
  now: DateTime,
  digestDays: Preferences['digestDays'] = DEFAULTS.digestDays,
): Date {
  const days = [1, 2, 3, 4, 5, 6, 7].map((ahead) => now.plus({ days: ahead }))
  // Somebody who wants no digest at all still asked for tomorrow.
  const day = days.find(({ weekday }) => digestDays.includes(weekday)) ?? now.plus({ days: 1 })
  return day.startOf('day').set({ hour: 9 }).toJSDate()
}

/** Each is its own decision, with its own outcome; one acknowledgement for all. */
async function approveBatch(deciding: Deciding, refs: readonly CardRef[]): Promise<Told> {
  const { tools, actor } = deciding
  const once = { ...deciding, acknowledge: async () => {} }
  for (const ref of refs) await pressApprove(once, ref)
  await deciding.acknowledge()

  // Counted where decisions are kept: a second press finds everything approved and approves nothing.
  const ids = refs.map(({ approvalId }) => approvalId)
  const mine = actor.interactionId ? await approvedByPress(tools.db, actor.interactionId, ids) : []
  let before = 0
  for (const id of ids.filter((each) => !mine.includes(each))) {
    const state = (await approvalById(tools.db, id))?.state
    if (state === 'approved' || state === 'rejected') before += 1
  }
  return batchInWords({ approved: mine.length, before, failed: refs.length - mine.length - before })
}

function batchInWords(counts: { approved: number; before: number; failed: number }): string {
  const { approved, before, failed } = counts
  if (approved === 0 && failed === 0) return `All ${before} were decided already. This press changed nothing.`
  const said = [
    approved > 0
      ? `Approved ${approved}. Each is being written to Zoho; its card tells how it went.`
      : 'Approved none.',
    ...(before > 0 ? [`Decided already: ${before}.`] : []),
    ...(failed > 0 ? [`Not approved: ${failed}; their cards say why.`] : []),
  ]
  return said.join(' ')
}
