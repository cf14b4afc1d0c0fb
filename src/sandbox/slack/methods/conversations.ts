import { z } from 'zod'
import { type Channel, type Json, type Message, SlackError } from '../objects.ts'
import { messageObject } from '../payloads.ts'
import type { Workspace } from '../workspace.ts'
import { channelFor, count, flag, type Method, parse } from './call.ts'

function channelObject(workspace: Workspace, channel: Channel): Json {
  const { id, name, is_im, user, members } = channel
  const common = {
    id,
    created: 0,
    is_im,
    is_mpim: false,
    is_archived: false,
    context_team_id: workspace.team.id,
  }
  if (is_im) return { ...common, is_channel: false, is_private: true, user, is_open: true }
  return {
    ...common,
    name,
    name_normalized: name,
    is_channel: true,
    is_private: false,
    is_member: true,
    num_members: members.length,
  }
}

/** One page of a list; the cursor is the position of the next. */
function page<Item>(items: Item[], { cursor, limit }: { cursor?: string | undefined; limit: number }) {
  const start = cursor ? Number(Buffer.from(cursor, 'base64url').toString()) : 0
  if (!Number.isInteger(start)) throw new SlackError('invalid_cursor')
  const end = start + limit
  const more = end < items.length
  return {
    items: items.slice(start, end),
    more,
    metadata: { next_cursor: more ? Buffer.from(String(end)).toString('base64url') : '' },
  }
}

const paging = { cursor: z.string().optional(), limit: count.default(100) }
const range = {
  oldest: z.coerce.string().default('0'),
  latest: z.coerce.string().optional(),
  inclusive: flag,
  include_all_metadata: flag,
}

function inRange(
  { ts }: Message,
  { oldest, latest, inclusive }: z.infer<z.ZodObject<typeof range>>,
): boolean {
  if (inclusive && (ts === oldest || ts === latest)) return true
  return Number(ts) > Number(oldest) && (latest === undefined || Number(ts) < Number(latest))
}

export const conversations: Record<string, Method> = {
  'conversations.open'(args, parts) {
    const { users, channel } = parse(
      z.object({ users: z.string().optional(), channel: z.string().optional(), return_im: flag }),
      args,
    )
    const one = channel ?? users
    if (!one) throw new SlackError('users_list_not_supplied')
    if (one.includes(',')) throw new SlackError('not_enough_users')
    const direct = channel ? parts.workspace.channels.get(one) : parts.workspace.directMessageOf(one)
    if (!direct?.is_im) throw new SlackError(channel ? 'channel_not_found' : 'user_not_found')
    return {
      no_op: true,
      already_open: true,
      channel: args.return_im ? channelObject(parts.workspace, direct) : { id: direct.id },
    }
  },

  'conversations.info'(args, parts) {
    const { channel } = parse(z.object({ channel: z.string() }), args)
    return { channel: channelObject(parts.workspace, channelFor(parts, channel)) }
  },

  'conversations.list'(args, { workspace }) {
    const { types, ...paged } = parse(
      z.object({ types: z.string().default('public_channel'), ...paging }),
      args,
    )
    const wanted = types.split(',').map((type) => type.trim())
    const kind = ({ is_im }: Channel) => (is_im ? 'im' : 'public_channel')
    const { items, metadata } = page(
      [...workspace.channels.values()].filter((channel) => wanted.includes(kind(channel))),
      paged,
    )
    return {
      channels: items.map((channel) => channelObject(workspace, channel)),
      response_metadata: metadata,
    }
  },

  'conversations.members'(args, parts) {
    const { channel, ...paged } = parse(z.object({ channel: z.string(), ...paging }), args)
    const { items, metadata } = page(channelFor(parts, channel).members, paged)
    return { members: items, response_metadata: metadata }
  },

  'conversations.history'(args, parts) {
    const asked = parse(z.object({ channel: z.string(), ...paging, ...range }), args)
    const { workspace } = parts
    const messages = workspace
      .messagesIn(channelFor(parts, asked.channel).id)
      .filter((each) => !each.ephemeral_for && (!each.thread_ts || each.thread_ts === each.ts))
      .filter((each) => inRange(each, asked))
      .toReversed()
    const { items, more, metadata } = page(messages, asked)
    return {
      messages: items.map((each) => messageObject(workspace, each, asked.include_all_metadata)),
      has_more: more,
      pin_count: 0,
      ...(more && { response_metadata: metadata }),
    }
  },

  'conversations.replies'(args, parts) {
    const asked = parse(z.object({ channel: z.string(), ts: z.string(), ...paging, ...range }), args)
    const { workspace } = parts
    const channel = channelFor(parts, asked.channel)
    const message = workspace.message(channel.id, asked.ts)
    if (!message || message.ephemeral_for) throw new SlackError('thread_not_found')
    const root = message.thread_ts ?? message.ts
    const replies = workspace.repliesTo(channel.id, root).filter((each) => inRange(each, asked))
    const parent = workspace.message(channel.id, root)
    const { items, more, metadata } = page(parent ? [parent, ...replies] : replies, asked)
    return {
      messages: items.map((each) => messageObject(workspace, each, asked.include_all_metadata)),
      has_more: more,
      ...(more && { response_metadata: metadata }),
    }
  },
}
