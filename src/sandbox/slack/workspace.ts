import { randomBytes } from 'node:crypto'
import type { Person } from '../people.ts'
import { openJournal } from './journal.ts'
import type { Channel, Message, View } from './objects.ts'

export type ChannelSpec = {
  name: string
  /** Slack ids of people; the bot is a member of every channel. */
  members: string[]
}

/** Everything that can happen to the workspace: what the journal holds and what the page hears of. */
export type Change =
  | { kind: 'message'; message: Message }
  | { kind: 'removed'; channel: string; ts: string }
  | { kind: 'home'; user: string; view: View }
  | { kind: 'modals'; user: string; stack: View[] }
  | { kind: 'read'; user: string; channel: string; ts: string }

export type Workspace = ReturnType<typeof createWorkspace>

/** The people, channels, messages, views and read marks of one local Slack, kept in `dir` or in memory. */
export function createWorkspace(options: {
  dir: string | null
  people: Person[]
  botName: string
  channels: ChannelSpec[]
}) {
  const team = { id: 'T0SANDBOX', name: 'Sandbox', domain: 'sandbox' }
  const bot = { id: 'U0SERGASBOT', bot_id: 'B0SERGASBOT', app_id: 'A0SERGASBOT', name: options.botName }
  const people = new Map(options.people.map((person) => [person.slackId, person]))
  const channels = new Map(
    [...publicChannels(options.channels, bot.id), ...options.people.map((p) => directMessage(p, bot.id))].map(
      (channel) => [channel.id, channel],
    ),
  )

  const messages = new Map<string, Map<string, Message>>()
  /** Replies by `channel thread_ts`, then by `ts`. */
  const threads = new Map<string, Map<string, Message>>()
  const homes = new Map<string, View>()
  const modals = new Map<string, View[]>()
  const reads = new Map<string, Map<string, string>>()
  const listeners = new Set<(change: Change) => void>()
  let lastMicros = 0

  const journal = openJournal<Change>(options.dir)
  for (const change of journal.changes) apply(change)
  journal.rewrite(currentState())

  function apply(change: Change) {
    switch (change.kind) {
      case 'message': {
        const { channel, ts, thread_ts } = change.message
        entry(messages, channel).set(ts, change.message)
        if (thread_ts && thread_ts !== ts) entry(threads, `${channel} ${thread_ts}`).set(ts, change.message)
        lastMicros = Math.max(lastMicros, Number(ts.replace('.', '')))
        break
      }
      case 'removed': {
        const { channel, ts } = change
        threads.get(`${channel} ${messages.get(channel)?.get(ts)?.thread_ts}`)?.delete(ts)
        messages.get(channel)?.delete(ts)
        break
      }
      case 'home':
        homes.set(change.user, change.view)
        break
      case 'modals':
        modals.set(change.user, change.stack)
        break
      case 'read':
        entry(reads, change.user).set(change.channel, change.ts)
        break
    }
  }

  /** Durable first, visible second. */
  function record(change: Change) {
    journal.append(change)
    apply(change)
    for (const listener of listeners) listener(change)
  }

  function currentState(): Change[] {
    return [
      ...[...messages.values()].flatMap((byTs) =>
        [...byTs.values()].map((message): Change => ({ kind: 'message', message })),
      ),
      ...[...homes].map(([user, view]): Change => ({ kind: 'home', user, view })),
      ...[...modals].map(([user, stack]): Change => ({ kind: 'modals', user, stack })),
      ...[...reads].flatMap(([user, marks]) =>
        [...marks].map(([channel, ts]): Change => ({ kind: 'read', user, channel, ts })),
      ),
    ]
  }

  return {
    team,
    bot,
    people,
    channels,
    directMessageOf: (user: string) => [...channels.values()].find((channel) => channel.user === user),
    /** Now, or one microsecond after the last one given out. */
    nextTs(): string {
      lastMicros = Math.max(lastMicros + 1, Date.now() * 1000)
      return `${Math.floor(lastMicros / 1e6)}.${String(lastMicros % 1e6).padStart(6, '0')}`
    },
    message: (channel: string, ts: string) => messages.get(channel)?.get(ts),
    /** Oldest first, replies and ephemerals included. */
    messagesIn: (channel: string): Message[] => [...(messages.get(channel)?.values() ?? [])],
    /** A thread's replies, oldest first, without the parent and without ephemerals. */
    repliesTo: (channel: string, ts: string): Message[] =>
      [...(threads.get(`${channel} ${ts}`)?.values() ?? [])].filter((reply) => !reply.ephemeral_for),
    home: (user: string) => homes.get(user),
    /** The person's open modals, the one on top last. */
    modalsOf: (user: string): View[] => modals.get(user) ?? [],
    readMarksOf: (user: string) => Object.fromEntries(reads.get(user) ?? []),
    saveMessage: (message: Message) => record({ kind: 'message', message }),
    removeMessage: (channel: string, ts: string) => record({ kind: 'removed', channel, ts }),
    saveHome: (user: string, view: View) => record({ kind: 'home', user, view }),
    saveModals: (user: string, stack: View[]) => record({ kind: 'modals', user, stack }),
    markRead: (user: string, channel: string, ts: string) => record({ kind: 'read', user, channel, ts }),
    /** Calls `listener` after every change until the returned function is called. */
    subscribe(listener: (change: Change) => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export function newId(prefix: string): string {
  return `${prefix}${randomBytes(6).toString('hex').toUpperCase()}`
}

function directMessage(person: Person, botId: string): Channel {
  return {
    id: `D${person.slackId.slice(1)}`,
    name: 'directmessage',
    is_im: true,
    user: person.slackId,
    members: [person.slackId, botId],
  }
}

/** The id of a public channel by its name: told to the bot before anything else is known. */
export function channelIdOf(name: string): string {
  return `C0${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')}`
}

function publicChannels(specs: ChannelSpec[], botId: string): Channel[] {
  return specs.map(({ name, members }) => ({
    id: channelIdOf(name),
    name,
    is_im: false,
    user: null,
    members: [...members, botId],
  }))
}

function entry<Inner>(outer: Map<string, Map<string, Inner>>, key: string): Map<string, Inner> {
  const inner = outer.get(key) ?? new Map<string, Inner>()
  outer.set(key, inner)
  return inner
}
