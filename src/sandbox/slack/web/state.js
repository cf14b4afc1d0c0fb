/** What the page knows of the workspace, as one value; `changed` gives the next one. */

export function initialState(boot) {
  const messages = {}
  for (const message of boot.messages) {
    messages[message.channel] = { ...messages[message.channel], [message.ts]: message }
  }
  return { ...boot, messages }
}

export function changed(state, change) {
  switch (change.kind) {
    case 'boot':
      return initialState(change.boot)
    case 'message': {
      const { channel, ts } = change.message
      const inChannel = { ...state.messages[channel], [ts]: change.message }
      return { ...state, messages: { ...state.messages, [channel]: inChannel } }
    }
    case 'removed': {
      const { [change.ts]: _gone, ...rest } = state.messages[change.channel] ?? {}
      return { ...state, messages: { ...state.messages, [change.channel]: rest } }
    }
    case 'home':
      return { ...state, home: change.view }
    case 'modals':
      return { ...state, modals: change.stack }
    case 'read':
      return { ...state, reads: { ...state.reads, [change.channel]: change.ts } }
    default:
      return state
  }
}

const byTime = (a, b) => (a.ts < b.ts ? -1 : 1)
const isReply = (message) => message.thread_ts && message.thread_ts !== message.ts

export function conversation(state, channel) {
  return Object.values(state.messages[channel] ?? {})
    .filter((message) => !isReply(message))
    .sort(byTime)
}

export function repliesTo(state, channel, ts) {
  return Object.values(state.messages[channel] ?? {})
    .filter((message) => isReply(message) && message.thread_ts === ts)
    .sort(byTime)
}

export function unreadCount(state, channel) {
  const since = state.reads[channel] ?? '0'
  return conversation(state, channel).filter((message) => message.ts > since && message.user !== state.me)
    .length
}

export function personOf(state, id) {
  if (id === state.bot.id) return { id, name: state.bot.name, isBot: true }
  if (id === 'USLACKBOT') return { id, name: 'Slackbot', isSlackbot: true }
  return state.people.find((person) => person.id === id) ?? { id, name: id }
}
