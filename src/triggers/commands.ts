import type { AckFn, AllMiddlewareArgs, App, RespondArguments, SlackCommandMiddlewareArgs } from '@slack/bolt'
import { personOf, reportsOf } from '../access/identity.ts'
import { renderApprovals } from '../digest/approvals-view.ts'
import { portfolioFacts, waitingApprovals } from '../digest/gather.ts'
import { renderNoRole } from '../digest/help-view.ts'
import { renderPortfolio } from '../digest/portfolio-view.ts'
import type { Owner } from '../model/owner.ts'
import { plainMessage } from '../slack/blocks.ts'
import type { Message } from '../slack/message.ts'
import { answersFor } from '../store/portfolio.ts'
import { answerAccount, parseAccountAsk } from './accounts.ts'
import { type Actor, actorOf, ended } from './person.ts'
import { answerSergas } from './sergas-command.ts'
import type { TriggerTools } from './tools.ts'

type Command = SlackCommandMiddlewareArgs & AllMiddlewareArgs

/** Slash commands. Each answers within its acknowledgement, to the person alone; what takes longer follows by itself. */
const COMMANDS: Record<string, (tools: TriggerTools, actor: Actor, text: string) => Promise<Message>> = {
  '/account': (tools, { person }, text) => answerAccount(tools, person, parseAccountAsk(text)),
  '/portfolio': (tools, { person }, text) => answerPortfolio(tools, person, text),
  '/approvals': (tools, { person }) => answerApprovals(tools, person),
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
): Promise<{ title: string; ownerIds: string[] } | string> {
  const [, mentioned] = /^<@(\w+)(?:\|[^>]*)?>$/.exec(text) ?? []
  if (!mentioned && text.toLowerCase() !== 'team') return { title: 'Your portfolio', ownerIds: [person.id] }
  if (!mentioned) {
    if (person.role !== 'manager')
      return 'A team portfolio is for managers. `/portfolio` shows your own accounts.'
    const team = await reportsOf(db, person.id)
    return { title: 'Team portfolio', ownerIds: [person.id, ...team.map(({ id }) => id)] }
  }
  const owner = await personOf(db, teamId, mentioned)
  const visible = owner && (await answersFor(db, person)).includes(owner.id)
  if (!visible) return 'You can see the portfolios of people who report to you. `/portfolio` shows your own.'
  return {
    title: owner.id === person.id ? 'Your portfolio' : `${owner.name}’s portfolio`,
    ownerIds: [owner.id],
  }
}

export async function answerApprovals({ db }: TriggerTools, person: Owner | null): Promise<Message> {
  if (!person || person.role === 'none') return renderNoRole()
  return renderApprovals(await waitingApprovals(db, person, await answersFor(db, person)), person.zone)
}
