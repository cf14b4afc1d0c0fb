import type { AckFn, AllMiddlewareArgs, App, RespondArguments, SlackCommandMiddlewareArgs } from '@slack/bolt'
import { personOf, reportsOf } from '../access/identity.ts'
import { renderApprovals } from '../digest/approvals-view.ts'
import { portfolioFacts, waitingApprovals } from '../digest/gather.ts'
import { renderNoRole } from '../digest/help-view.ts'
import { renderPortfolio } from '../digest/portfolio-view.ts'
import type { Owner } from '../model/owner.ts'
import { context, plainMessage } from '../slack/blocks.ts'
import type { Message } from '../slack/message.ts'
import { oneLine, truncate } from '../slack/mrkdwn.ts'
import { answersFor } from '../store/portfolio.ts'
import { type AccountAsk, answerAccount, parseAccountAsk } from './accounts.ts'
import { type Actor, actorOf, ended } from './person.ts'
import { answerSergas } from './sergas-command.ts'
import type { TriggerTools } from './tools.ts'

type Command = SlackCommandMiddlewareArgs & AllMiddlewareArgs

/** Slash commands. Each answers within its acknowledgement, to the person alone; what takes longer follows by itself. */
const COMMANDS: Record<string, (tools: TriggerTools, actor: Actor, text: string) => Promise<Message>> = {
  '/account': (tools, { person }, text) => answerAccount(tools, person, accountAsk(text)),
  '/portfolio': (tools, { person }, text) => answerPortfolio(tools, person, text),
  '/approvals': (tools, { person }, text) => answerApprovals(tools, person, text),
  '/sergas': (tools, actor, text) => answerSergas(tools, actor, text),
}

export function registerCommands(app: App, tools: TriggerTools): void {
  for (const [name, answer] of Object.entries(COMMANDS)) {
    app.command(name, async ({ ack, command, context }: Command) => {
      const actor = await actorOf(tools, context)
      const message = await answer(tools, actor, typed(command.text ?? ''))
      await ended(tools, actor, 'applied', message.text)
      await reply(ack, message)
    })
  }
}

/** Slack escapes what people type; `Smith & Co` arrives as `Smith &amp; Co`. */
export function typed(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

/** A name may come in quotes, as people write names: `history "Cardamom House"`. */
export function accountAsk(text: string): AccountAsk {
  const ask = parseAccountAsk(unquoted(text))
  return { ...ask, text: unquoted(ask.text) }
}

const QUOTES = /^["“”„«»'‘’`*]\s*(.*?)\s*["“”«»'‘’`*]$/s

export function unquoted(text: string): string {
  const [, within] = QUOTES.exec(text.trim()) ?? []
  return within || text.trim()
}

async function reply(ack: AckFn<string | RespondArguments>, { text, blocks }: Message): Promise<void> {
  await ack({ response_type: 'ephemeral', text, blocks })
}

/** `/portfolio`, `/portfolio team`, `/portfolio @owner`. */
export async function answerPortfolio(
  tools: TriggerTools,
  person: Owner | null,
  text: string,
): Promise<Message> {
  if (!person || person.role === 'none') return renderNoRole()
  const whose = await portfolioOf(tools, person, text.trim())
  if (typeof whose === 'string') return plainMessage(whose)
  return renderPortfolio(await portfolioFacts(tools.gather, whose, { zone: person.zone, now: new Date() }))
}

async function portfolioOf(
  { db, teamId }: TriggerTools,
  person: Owner,
  text: string,
): Promise<{ title: string; ownerIds: string[]; self?: Owner | undefined } | string> {
  if (text === '') return { title: 'Your portfolio', ownerIds: [person.id], self: person }
  if (text.toLowerCase() === 'team') {
    if (person.role !== 'manager')
      return 'A team portfolio is for managers. `/portfolio` shows your own accounts.'
    const team = await reportsOf(db, person.id)
    return { title: 'Team portfolio', ownerIds: [person.id, ...team.map(({ id }) => id)] }
  }
  const [, mentioned] = /^<@(\w+)(?:\|[^>]*)?>$/.exec(text) ?? []
  if (!mentioned) {
    return person.role === 'manager'
      ? `I know nobody called ${text}. Choose the name from Slack’s list, or write \`/portfolio team\`.`
      : 'Only managers see others’ portfolios. `/portfolio` shows your own.'
  }
  const owner = await personOf(db, teamId, mentioned)
  const visible = owner && (await answersFor(db, person)).includes(owner.id)
  if (!visible) return 'You can see the portfolios of people who report to you. `/portfolio` shows your own.'
  return {
    title: owner.id === person.id ? 'Your portfolio' : `${owner.name}’s portfolio`,
    ownerIds: [owner.id],
    self: owner.id === person.id ? owner : undefined,
  }
}

/** `/approvals`. It takes no words; who typed some sees that they made no difference. */
export async function answerApprovals(
  { db }: TriggerTools,
  person: Owner | null,
  text = '',
): Promise<Message> {
  if (!person || person.role === 'none') return renderNoRole()
  const answer = renderApprovals(
    await waitingApprovals(db, person, await answersFor(db, person)),
    person.zone,
  )
  if (text.trim() === '') return answer
  const note = context([
    `\`/approvals\` takes no further words: this is all that waits for you, whatever “${truncate(oneLine(text.trim()), 40)}” meant.`,
  ])
  return { ...answer, blocks: [note, ...(answer.blocks ?? [])] }
}
