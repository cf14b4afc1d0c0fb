import { type Answer, wentWell } from './delivery.ts'
import { checkedContent, postAsBot, postAsSlack } from './messages.ts'
import { isObject, type Json, type Message, SlackError } from './objects.ts'
import { MissingError, type Origin, requireChannel, type SlackParts } from './parts.ts'
import { eventEnvelope, handleOf, messageObject } from './payloads.ts'

/** Types a slash command; the answer in the body appears only to the person, unless it says `in_channel`. */
export async function typeCommand(
  parts: SlackParts,
  origin: Origin,
  typed: { user: string; channel?: string | undefined; command: string; text: string },
): Promise<Answer> {
  const { workspace, delivery, tickets, commands, log } = parts
  const { user, command } = typed
  const channel = requireChannel(parts, user, typed.channel)
  if (!commands.some((known) => known.command === command)) {
    postAsSlack(parts, {
      channel: channel.id,
      ephemeralFor: user,
      text: `${command} is not a valid command.`,
    })
    throw new MissingError(`${command} is not a command of this app`)
  }
  const answer = await delivery.command({
    token: 'verification-by-token-is-deprecated',
    team_id: workspace.team.id,
    team_domain: workspace.team.domain,
    channel_id: channel.id,
    channel_name: channel.name,
    user_id: user,
    user_name: handleOf(workspace, user),
    command,
    text: asSent(parts, typed.text.trim()),
    api_app_id: workspace.bot.app_id,
    is_enterprise_install: 'false',
    response_url: `${origin}/api/response/${tickets.response({ channel: channel.id, user, ts: null })}`,
    trigger_id: tickets.trigger(user),
  })
  if (!wentWell(answer)) {
    const why = answer.error
      ? `failed with the error "${answer.error}"`
      : `failed: this app responded with status ${answer.status}`
    postAsSlack(parts, { channel: channel.id, ephemeralFor: user, text: `${command} ${why}` })
    return answer
  }
  const { body } = answer
  const content = typeof body === 'string' ? { text: body } : isObject(body) ? body : {}
  if (!content.text && !content.blocks) return answer
  try {
    postAsBot(parts, {
      channel: channel.id,
      ...(content.response_type !== 'in_channel' && { ephemeralFor: user }),
      ...checkedContent({ text: textOf(content), blocks: content.blocks }),
    })
    return answer
  } catch (error) {
    if (!(error instanceof SlackError)) throw error
    const { code, details } = error
    log.warn({ command, error: code, details }, 'local slack refused the answer to a command')
    const text = `${command} failed with the error "${code}"`
    postAsSlack(parts, { channel: channel.id, ephemeralFor: user, text })
    return { ...answer, error: code }
  }
}

function textOf(content: Json): string | undefined {
  return typeof content.text === 'string' ? content.text : undefined
}

/**
 * What a person typed, as Slack sends it on: `&`, `<` and `>` escaped, `@Name` turned into a mention. A
 * mention written out (`<@U…>`, `<#C…>`) stays one, for callers without a composer.
 */
function asSent({ workspace }: SlackParts, typed: string): string {
  const escaped = typed
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/&lt;([@#][A-Z0-9]+)&gt;/g, '<$1>')
  const { people, bot } = workspace
  const names = [...people.values()]
    .flatMap(({ slackId, name }) => [
      { name, id: slackId },
      { name: handleOf(workspace, slackId), id: slackId },
    ])
    .concat({ name: bot.name, id: bot.id })
    .sort((a, b) => b.name.length - a.name.length)
  return names.reduce((text, { name, id }) => {
    // Not inside a word: an e-mail address is no mention.
    const mention = new RegExp(`(?<![\\w.])@${name.replaceAll(/[^\w\s]/g, '\\$&')}(?!\\w)`, 'g')
    return text.replaceAll(mention, `<@${id}>`)
  }, escaped)
}

/** Posts what a person typed, and tells the bot where it listens: in its direct message, or when mentioned. */
export async function say(
  parts: SlackParts,
  typed: { user: string; channel?: string | undefined; text: string; threadTs?: string | undefined },
): Promise<{ message: Message; answer: Answer | null }> {
  const { workspace, delivery } = parts
  const channel = requireChannel(parts, typed.user, typed.channel)
  const parent = typed.threadTs ? workspace.message(channel.id, typed.threadTs) : undefined
  if (typed.threadTs && !parent)
    throw new MissingError(`There is no message ${typed.threadTs} in ${channel.id}`)
  const message: Message = {
    type: 'message',
    channel: channel.id,
    ts: workspace.nextTs(),
    ...(parent && { thread_ts: parent.thread_ts ?? parent.ts }),
    user: typed.user,
    text: asSent(parts, typed.text),
  }
  workspace.saveMessage(message)
  workspace.markRead(typed.user, channel.id, message.ts)

  const mentioned = message.text.includes(`<@${workspace.bot.id}>`)
  if (!channel.is_im && !mentioned) return { message, answer: null }
  const event = {
    ...messageObject(workspace, message, false),
    channel: channel.id,
    ...(channel.is_im ? { type: 'message', channel_type: 'im' } : { type: 'app_mention' }),
  }
  return { message, answer: await delivery.event(eventEnvelope(workspace, event)) }
}

/** Opens the bot's App Home (`home`) or its conversation (`messages`). */
export function openAppHome(parts: SlackParts, user: string, tab: 'home' | 'messages'): Promise<Answer> {
  const { workspace, delivery } = parts
  const channel = requireChannel(parts, user, undefined)
  const view = workspace.home(user)
  const event = {
    type: 'app_home_opened',
    user,
    channel: channel.id,
    tab,
    ...(view && tab === 'home' && { view }),
  }
  return delivery.event(eventEnvelope(workspace, event))
}
