import type { AllMiddlewareArgs, App, Context, SlackEventMiddlewareArgs } from '@slack/bolt'
import { LOOKING } from '../digest/answer-view.ts'
import { renderNoRole } from '../digest/help-view.ts'
import { answerKey } from '../jobs/answer-question.ts'
import type { Owner } from '../model/owner.ts'
import { plainMessage, section, summary } from '../slack/blocks.ts'
import type { Message } from '../slack/message.ts'
import { bullets, mrkdwn, oneLine, truncate } from '../slack/mrkdwn.ts'
import { newId } from '../store/clock.ts'
import { transaction } from '../store/db.ts'
import { findAccounts } from '../store/mirror.ts'
import { enqueueMessage } from '../store/outbox.ts'
import { answersFor, ownedAccounts } from '../store/portfolio.ts'
import { askQuestion } from '../store/questions.ts'
import { answerAccount } from './accounts.ts'
import { accountAsk, answerApprovals, answerPortfolio, typed } from './commands.ts'
import { type Actor, actorOf, ended } from './person.ts'
import { answerSergas } from './sergas-command.ts'
import type { TriggerTools } from './tools.ts'

type Answer = (tools: TriggerTools, actor: Actor, rest: string) => Message | Promise<Message>

/**
 * The commands in plain words, because a slash command does not work in a thread. Each pattern is a whole message:
 * an account may be called Hi-Tech, Portfolio Partners or Status Group.
 */
const WORDS: [pattern: RegExp, answer: Answer][] = [
  [
    /^(?:(?:help|hi|hello|hey|good (?:morning|afternoon|evening)|what can you do)(?: there| sergas)?)?$/i,
    (tools, actor) => answerSergas(tools, actor, 'help'),
  ],
  [
    /^(?:(?:many )?thanks|thank you|thx|ok|okay|great|perfect|cool|nice|yes|no)(?: (?:a lot|very much|so much|sergas))?$/i,
    () => plainMessage('You are welcome. “help” lists what I understand.'),
  ],
  [/^(?:my )?(status|pause|resume|settings)$/i, (tools, actor, word) => answerSergas(tools, actor, word)],
  [/^(?:my )?digest(?: now)?$/i, (tools, actor) => answerSergas(tools, actor, 'digest now')],
  [/^sergas (.+)$/i, (tools, actor, rest) => answerSergas(tools, actor, rest)],
  [
    /^pause (?:until|till|for|me|my|everything)\b/i,
    () =>
      plainMessage(
        'Nothing is paused yet. “pause” stops what I send you unasked for 30 days, and “resume” ends that at once; what already waits stays. For one day, a week or two weeks, choose Pause in my Home tab.',
      ),
  ],
  [
    /^(?:(?:show|see|open) )?(?:me )?(?:my |the )?portfolio(?: (?:of )?(team|<@\w+(?:\|[^>]*)?>))?$/i,
    (tools, { person }, whose) => answerPortfolio(tools, person, whose),
  ],
  [
    /^(?:(?:show|see|open) )?(?:me )?(?:my |the )?team(?:’s|'s)? portfolio$/i,
    (tools, { person }) => answerPortfolio(tools, person, 'team'),
  ],
  [
    /^(?:(?:show|see|open) )?(?:me )?(?:my )?approvals$|^(?:what|who|which accounts?|(?:is |does )?anything)\b.* (?:needs?|waits?|waiting)\b.* (?:me|my|attention|decision)\b|^what should i do\b/i,
    (tools, { person }) => answerApprovals(tools, person),
  ],
]

/** What may stand around an account's name. */
const ABOUT =
  /^(?:account|analy[sz]e|review|open|show(?: me)?|brief(?: me)?(?: on)?|tell me about|what about|what(?:’s|'s| is) up with|how(?:’s|'s| is| are)) (.+?)(?: doing| going| today| now| these days)*$/i

export function registerConversation(app: App, tools: TriggerTools): void {
  app.message(async ({ context, event }: SlackEventMiddlewareArgs<'message'> & AllMiddlewareArgs) => {
    // Edits, joins and the like have a subtype and ask for nothing.
    if (event.subtype !== undefined || event.channel_type !== 'im' || !event.text) return
    const actor = await actorOf(tools, context)
    const message = await answer(tools, actor, event.text)
    if (message) await say(tools, actor, message, event.thread_ts)
  })
  app.event(
    'app_mention',
    async ({ context, event }: SlackEventMiddlewareArgs<'app_mention'> & AllMiddlewareArgs) => {
      const actor = await actorOf(tools, context)
      // In a channel everyone reads along, so the answer goes to the person's own messages.
      const privately = { ...actor, channel: actor.slackUserId }
      const message = await answer(tools, privately, withoutBot(event.text, context))
      if (message) await say(tools, privately, message)
      const told = plainMessage('I answered in your messages with me, because here everyone reads along.')
      await tools.messenger.ephemeral(event.channel, actor.slackUserId, told, event.thread_ts)
    },
  )
}

function withoutBot(text: string, { botUserId }: Context): string {
  return text.replace(/<@(\w+)(?:\|[^>]*)?>/g, (mention, id: string) => (id === botUserId ? ' ' : mention))
}

/** Null: it is looked into, and the answer comes by itself. */
async function answer(tools: TriggerTools, actor: Actor, text: string): Promise<Message | null> {
  const message = await understood(tools, actor, typed(text))
  await ended(tools, actor, 'applied', message?.text ?? LOOKING)
  return message
}

async function understood(tools: TriggerTools, actor: Actor, text: string): Promise<Message | null> {
  const said = text
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/^\/|[\s.!?]+$/g, '')
    .replace(/^please,? |,? please$/gi, '')
  for (const [pattern, reply] of WORDS) {
    const match = pattern.exec(said)
    if (match) return reply(tools, actor, match[1] ?? '')
  }
  return aboutAccount(tools, actor, said)
}

/** The account that was named, whatever stands around its name; else an answer in words, or what could have been said. */
async function aboutAccount(tools: TriggerTools, actor: Actor, said: string): Promise<Message | null> {
  const { person } = actor
  if (!person || person.role === 'none') return renderNoRole()
  const ownerIds = await answersFor(tools.db, person)
  const [, named] = ABOUT.exec(said) ?? []
  for (const words of named ? [said, named] : [said]) {
    const ask = accountAsk(words)
    const found = await findAccounts(tools.db, { text: ask.text, ownerIds })
    if (found.length > 0) return answerAccount(tools, person, ask)
  }
  if (tools.model !== null && isQuestion(said)) return ask(tools, actor, { person, said })
  const names = (await ownedAccounts(tools.db, ownerIds)).map(({ name }) => name)
  const within = nameWithin(said, names)
  if (within === null) return renderNotUnderstood(said, person)
  const mode = /\b(?:history|happened|changed)\b/i.test(said) ? 'history' : 'brief'
  return answerAccount(tools, person, { text: within, mode })
}

/** More than a name: somebody wants to know something. */
function isQuestion(said: string): boolean {
  return said.split(' ').length >= 4
}

/** The question is kept before Slack hears that it arrived; a message says so until the answer takes its place. */
async function ask(
  { db, teamId, enqueue }: TriggerTools,
  actor: Actor,
  { person, said }: { person: Owner; said: string },
): Promise<null> {
  const channel = actor.channel ?? actor.slackUserId
  const questionId = await transaction(db, async (tx) => {
    const id = await askQuestion(tx, { teamId, ownerId: person.id, channel, text: said.slice(0, MOST_ASKED) })
    const key = answerKey(id)
    const body = plainMessage(LOOKING)
    await enqueueMessage(tx, { teamId, channel, messageKey: key, action: 'post', dedupeKey: key, body })
    return id
  })
  await enqueue('answer-question', { questionId })
  await enqueue('deliver-messages', { channel })
  return null
}

const MOST_ASKED = 4_000

/** The first and longest of these names that stands in the text as words of its own. */
function nameWithin(text: string, names: readonly string[]): string | null {
  const found = names.flatMap((name) => {
    const literal = name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
    // A name of two or three letters may be a word too; then it counts only as it is written.
    const pattern = new RegExp(
      `(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`,
      name.length > 3 ? 'iu' : 'u',
    )
    const at = text.search(pattern)
    return at === -1 ? [] : [{ name, at }]
  })
  const [first] = found.sort((a, b) => a.at - b.at || b.name.length - a.name.length)
  return first?.name ?? null
}

function renderNotUnderstood(said: string, { role }: Owner): Message {
  const asked = truncate(oneLine(said), 60)
  return {
    text: summary(`I do not understand “${truncate(oneLine(said), 30)}”. “help” lists what I do.`),
    blocks: [
      section(
        mrkdwn`I do not understand “${asked}”, and I can’t find an account of that name that you can see. I understand:`,
      ),
      section(
        bullets([
          mrkdwn`*the name of an account* – how it stands and what to do next`,
          mrkdwn`*history* and a name – what happened and what was decided`,
          mrkdwn`*what needs me today?* – what waits for your decision`,
          role === 'manager' ? mrkdwn`*my portfolio*, *team portfolio*` : mrkdwn`*my portfolio*`,
          mrkdwn`*digest now*, *status*, *pause*, *resume*, *help*`,
        ]),
      ),
    ],
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
