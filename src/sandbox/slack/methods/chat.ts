import { z } from 'zod'
import { checkedContent, postAsBot, removeMessage, updateAsBot } from '../messages.ts'
import { type Message, SlackError } from '../objects.ts'
import { messageObject } from '../payloads.ts'
import { channelFor, json, type Method, type MethodParts, parse } from './call.ts'

const content = { text: z.string().optional(), blocks: json.optional(), metadata: json.optional() }

function botsMessage(parts: MethodParts, args: { channel: string; ts: string }, refusal: string): Message {
  const { workspace } = parts
  if (!workspace.channels.has(args.channel)) throw new SlackError('channel_not_found')
  const message = workspace.message(args.channel, args.ts)
  if (!message || message.ephemeral_for) throw new SlackError('message_not_found')
  if (message.user !== workspace.bot.id) throw new SlackError(refusal)
  return message
}

const key = { channel: z.string(), ts: z.string() }

export const chat: Record<string, Method> = {
  'chat.postMessage'(args, parts) {
    const {
      channel: id,
      thread_ts,
      ...rest
    } = parse(z.object({ channel: z.string(), thread_ts: z.string().optional(), ...content }), args)
    const channel = channelFor(parts, id)
    const message = postAsBot(parts, {
      channel: channel.id,
      ...(thread_ts && { threadTs: thread_ts }),
      ...checkedContent(rest),
    })
    return { channel: channel.id, ts: message.ts, message: messageObject(parts.workspace, message, true) }
  },

  'chat.update'(args, parts) {
    const { channel, ts, ...rest } = parse(z.object({ ...key, ...content }), args)
    const message = updateAsBot(parts, botsMessage(parts, { channel, ts }, 'cant_update_message'), rest)
    return { channel, ts, text: message.text, message: messageObject(parts.workspace, message, true) }
  },

  'chat.delete'(args, parts) {
    const { channel, ts } = parse(z.object(key), args)
    removeMessage(parts, botsMessage(parts, { channel, ts }, 'cant_delete_message'))
    return { channel, ts }
  },

  'chat.postEphemeral'(args, parts) {
    const {
      channel: id,
      user,
      thread_ts,
      ...rest
    } = parse(
      z.object({ channel: z.string(), user: z.string(), thread_ts: z.string().optional(), ...content }),
      args,
    )
    const channel = channelFor(parts, id)
    if (!channel.members.includes(user)) throw new SlackError('user_not_in_channel')
    const message = postAsBot(parts, {
      channel: channel.id,
      ephemeralFor: user,
      ...(thread_ts && { threadTs: thread_ts }),
      ...checkedContent(rest),
    })
    return { message_ts: message.ts }
  },

  'chat.getPermalink'(args, { workspace }, origin) {
    const { channel, message_ts } = parse(z.object({ channel: z.string(), message_ts: z.string() }), args)
    if (!workspace.channels.has(channel)) throw new SlackError('channel_not_found')
    if (!workspace.message(channel, message_ts)) throw new SlackError('message_not_found')
    return { channel, permalink: `${origin}/?channel=${channel}&ts=${message_ts}` }
  },

  'reactions.add'(args, { workspace }) {
    const { channel, timestamp, name } = parse(
      z.object({ channel: z.string(), timestamp: z.string(), name: z.string().min(1) }),
      args,
    )
    const message = workspace.message(channel, timestamp)
    if (!message || message.ephemeral_for) throw new SlackError('message_not_found')
    const others = message.reactions?.filter((reaction) => reaction.name !== name) ?? []
    const users = message.reactions?.find((reaction) => reaction.name === name)?.users ?? []
    if (users.includes(workspace.bot.id)) throw new SlackError('already_reacted')
    const joined = [...users, workspace.bot.id]
    workspace.saveMessage({
      ...message,
      reactions: [...others, { name, users: joined, count: joined.length }],
    })
    return {}
  },
}
