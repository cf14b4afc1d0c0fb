import type {
  AllMiddlewareArgs,
  App,
  BlockAction,
  ButtonAction,
  MessageShortcut,
  SlackActionMiddlewareArgs,
  SlackShortcutMiddlewareArgs,
  SlackViewMiddlewareArgs,
  ViewSubmitAction,
} from '@slack/bolt'
import { z } from 'zod'
import { personOf } from '../access/identity.ts'
import { seenOwners } from '../access/sight.ts'
import { answerTo } from '../approval/form-values.ts'
import { memoryModal, noAccountsModal, renderRemembered } from '../digest/memory-modal.ts'
import { plainMessage } from '../slack/blocks.ts'
import { LIMITS } from '../slack/limits.ts'
import type { Message } from '../slack/message.ts'
import { visible } from '../slack/mrkdwn.ts'
import { enqueueMessage } from '../store/outbox.ts'
import { accountNames, ownedAccounts } from '../store/portfolio.ts'
import { type Actor, actorOf, ended } from './person.ts'
import type { TriggerTools } from './tools.ts'

/** A person has the bot remember a Slack message with an account, and takes it back. Nothing of it goes to the CRM. */

type Shortcut = SlackShortcutMiddlewareArgs<MessageShortcut> & AllMiddlewareArgs
type Submission = SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs
type Press = SlackActionMiddlewareArgs<BlockAction<ButtonAction>> & AllMiddlewareArgs

/** Which message it is, through the window and back. */
const MessageRef = z.object({ channel: z.string(), ts: z.string(), saidBy: z.string().nullable() })
type MessageRef = z.infer<typeof MessageRef>

export function registerMemory(app: App, tools: TriggerTools): void {
  app.shortcut<MessageShortcut>({ type: 'message_action', callback_id: 'memory.add' }, (args: Shortcut) =>
    offer(tools, args),
  )
  app.view<ViewSubmitAction>('memory.add', (args: Submission) => keep(tools, args))
  app.action<BlockAction<ButtonAction>>('memory.remove', (args: Press) => remove(tools, args))
}

async function offer(tools: TriggerTools, { shortcut, context, ack }: Shortcut): Promise<void> {
  const actor = await actorOf(tools, context)
  const accounts = await accountsOf(tools, actor)
  const { text = '', ts, user } = shortcut.message
  const ref: MessageRef = {
    channel: shortcut.channel.id,
    ts,
    saidBy: await nameOf(tools, context.teamId, user),
  }
  const view =
    accounts.length === 0
      ? noAccountsModal()
      : memoryModal({ metadata: JSON.stringify(ref), text, accounts, suggested: named(text, accounts) })
  await tools.messenger.openView(shortcut.trigger_id, view)
  await ended(tools, actor, accounts.length === 0 ? 'refused' : 'applied', 'window opened')
  await ack()
}

async function accountsOf({ db }: TriggerTools, { person }: Actor) {
  const seen = await ownedAccounts(db, await seenOwners(db, person))
  return seen
    .map(({ id, name }) => ({ id, name }))
    .toSorted((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1))
}

/** The account whose name stands in the text, the longest of several; null when none does. */
export function named(text: string, accounts: readonly { id: string; name: string }[]): string | null {
  const said = text.toLowerCase()
  const found = accounts.filter(({ name }) => name.length > 2 && said.includes(name.toLowerCase()))
  return found.toSorted((a, b) => b.name.length - a.name.length)[0]?.id ?? null
}

async function keep(tools: TriggerTools, { view, context, ack }: Submission): Promise<void> {
  const ref = MessageRef.parse(JSON.parse(view.private_metadata))
  const accountId = answerTo(view.state.values, 'account')?.text
  const text = visible(answerTo(view.state.values, 'text')?.text ?? '').trim()
  if (!accountId) return ack({ response_action: 'errors', errors: { account: 'Please choose an account.' } })
  if (text === '' || text.length > LIMITS.inputValue) {
    const problem =
      text === '' ? 'There is nothing to remember.' : 'Shorter, please: at most 3,000 characters.'
    return ack({ response_action: 'errors', errors: { text: problem } })
  }
  const actor = await actorOf(tools, context)
  const { person } = actor
  const memory = tools.memoryOf(await seenOwners(tools.db, person))
  const kept =
    person &&
    (await memory.remember({
      accountId,
      text,
      at: new Date(Number(ref.ts) * 1000),
      by: person.id,
      saidBy: ref.saidBy,
      messageId: `${ref.channel}:${ref.ts}`,
      permalink: tools.gather.permalink(ref),
    }))
  await tell(tools, actor, await outcomeOf(tools, accountId, kept))
  await ended(tools, actor, kept ? 'applied' : 'refused', kept ? 'remembered' : 'not theirs to see')
  await ack()
  await tools.enqueue('deliver-messages', { channel: actor.slackUserId })
}

async function outcomeOf(
  { db }: TriggerTools,
  accountId: string,
  kept: { key: string; isNew: boolean } | null,
): Promise<Message> {
  if (!kept) return plainMessage('I do not know that account, so nothing was kept.')
  const accountName = (await accountNames(db, [accountId])).get(accountId) ?? 'the account'
  return renderRemembered({ accountName, ...kept })
}

async function remove(tools: TriggerTools, { action, context, ack }: Press): Promise<void> {
  const actor = await actorOf(tools, context)
  const memory = tools.memoryOf(await seenOwners(tools.db, actor.person))
  const gone = actor.person !== null && (await memory.forget(action.value ?? '', actor.person.id))
  const said = gone
    ? 'Removed. I no longer remember it.'
    : 'There is nothing of yours to remove: it went already, or somebody else added it.'
  await tell(tools, actor, plainMessage(said))
  await ended(tools, actor, gone ? 'applied' : 'refused', gone ? 'forgotten' : 'nothing of theirs')
  await ack()
  await tools.enqueue('deliver-messages', { channel: actor.slackUserId })
}

/** In a direct message: where the remembered one stands the bot may not be, and others are. */
async function tell(
  { db, teamId }: TriggerTools,
  { slackUserId, interactionId }: Actor,
  message: Message,
): Promise<void> {
  const key = `memory:${interactionId}`
  await enqueueMessage(db, {
    teamId,
    channel: slackUserId,
    messageKey: key,
    action: 'post',
    dedupeKey: key,
    body: message,
  })
}

/** Who wrote the message, as far as we know them. */
async function nameOf(
  { db }: TriggerTools,
  teamId: string | undefined,
  slackUserId: string | undefined,
): Promise<string | null> {
  if (!teamId || !slackUserId) return null
  return (await personOf(db, teamId, slackUserId))?.name ?? null
}
