import type { AllMiddlewareArgs, App, SlackEventMiddlewareArgs } from '@slack/bolt'
import type { Message } from '../slack/message.ts'
import { newId } from '../store/clock.ts'
import { enqueueMessage } from '../store/outbox.ts'
import { answerAccount, parseAccountAsk } from './accounts.ts'
import { answerApprovals, answerPortfolio, typed } from './commands.ts'
import { type Actor, actorOf, ended } from './person.ts'
import { answerSergas } from './sergas-command.ts'
import type { TriggerTools } from './tools.ts'

/** The commands in plain words, because a slash command does not work in a thread. */
const WORDS: [
  pattern: RegExp,
  answer: (tools: TriggerTools, actor: Actor, rest: string) => Promise<Message>,
][] = [
  [/^\/?(?:help|hi|hello|hey)\b/i, (tools, actor) => answerSergas(tools, actor, 'help')],
  [/^\/?(status|pause|resume|digest now)$/i, (tools, actor, rest) => answerSergas(tools, actor, rest)],
  [/^\/?(?:my )?portfolio\s*(.*)$/i, (tools, { person }, rest) => answerPortfolio(tools, person, rest)],
  [/^\/?(?:my )?approvals$/i, (tools, { person }) => answerApprovals(tools, person)],
  [
    /^\/?(?:account |analy[sz]e |review |how is |what about )?(.+?)\??$/is,
    (tools, { person }, rest) => answerAccount(tools, person, parseAccountAsk(rest)),
  ],
]

export function registerConversation(app: App, tools: TriggerTools): void {
  app.message(async ({ context, event }: SlackEventMiddlewareArgs<'message'> & AllMiddlewareArgs) => {
    // Edits, joins and the like have a subtype and ask for nothing.
    if (event.subtype !== undefined || event.channel_type !== 'im' || !event.text) return
    await answer(tools, await actorOf(tools, context), event.text, event.thread_ts)
  })
  app.event(
    'app_mention',
    async ({ context, event }: SlackEventMiddlewareArgs<'app_mention'> & AllMiddlewareArgs) => {
      const actor = await actorOf(tools, context)
      // In a channel everyone reads along, so the answer goes to the person's own messages.
      await answer(
        tools,
        { ...actor, channel: actor.slackUserId },
        event.text.replace(/<@\w+>/g, ' '),
        undefined,
      )
    },
  )
}

async function answer(
  tools: TriggerTools,
  actor: Actor,
  text: string,
  thread: string | undefined,
): Promise<void> {
  const said = typed(text).trim().replace(/\s+/g, ' ')
  for (const [pattern, reply] of WORDS) {
    const match = pattern.exec(said)
    if (!match) continue
    const message = await reply(tools, actor, match[1] ?? '')
    await ended(tools, actor, 'applied', message.text)
    await say(tools, actor, message, thread)
    return
  }
}

async function say(
  { db, teamId, enqueue, messenger }: TriggerTools,
  actor: Actor,
  message: Message,
  thread?: string,
) {
  const channel = actor.channel ?? actor.slackUserId
  if (thread) return messenger.ephemeral(channel, actor.slackUserId, message, thread)
  const key = `answer:${newId()}`
  await enqueueMessage(db, {
    teamId,
    channel,
    messageKey: key,
    action: 'post',
    dedupeKey: key,
    body: message,
  })
  await enqueue('deliver-messages', { channel })
}
