import { render } from 'preact'
import { useCallback, useEffect, useMemo, useReducer, useState } from 'preact/hooks'
import { Avatar } from './avatar.js'
import { client } from './client.js'
import { Conversation, Thread } from './conversation.js'
import { AppHome } from './home.js'
import { html } from './html.js'
import { Modal } from './modal.js'
import { Sidebar } from './sidebar.js'
import { changed, initialState, personOf, unreadCount } from './state.js'

const lastUserKey = 'local-slack-user'

/** Where the reader is, as the address says it: `?user=…&channel=…&thread=…&ts=…` or `?user=…&home=1`. */
function placeFromAddress(state) {
  const query = new URLSearchParams(location.search)
  const direct = state.channels.find((channel) => channel.is_im)
  const asked = state.channels.find((channel) => channel.id === query.get('channel'))
  const home = query.get('home') === '1'
  const channel = home ? direct : (asked ?? direct ?? state.channels[0])
  const linked = state.messages[channel.id]?.[query.get('ts')]
  return {
    channel: channel.id,
    home,
    thread: query.get('thread') ?? linked?.thread_ts ?? null,
    linked: linked ? (linked.thread_ts ?? linked.ts) : null,
    linkedReply: linked && linked.thread_ts !== linked.ts ? linked.ts : null,
  }
}

function addressOf(user, { channel, home, thread }) {
  const query = new URLSearchParams({
    user,
    ...(home ? { home: '1' } : { channel }),
    ...(thread && { thread }),
  })
  return `/?${query}`
}

function App({ boot }) {
  const [state, dispatch] = useReducer(changed, boot, initialState)
  const [place, setPlace] = useState(() => placeFromAddress(state))
  const [notice, setNotice] = useState(null)
  const { me } = state

  useEffect(() => {
    const reload = async () => dispatch({ kind: 'boot', boot: await client.boot(me) })
    return client.stream(me, dispatch, reload)
  }, [me])
  useEffect(() => {
    history.replaceState(null, '', addressOf(me, place))
    // A permalink names no person: it opens as whoever looked last.
    localStorage.setItem(lastUserKey, me)
  }, [me, place])
  useEffect(() => {
    if (!notice) return undefined
    const timer = setTimeout(() => setNotice(null), 8_000)
    return () => clearTimeout(timer)
  }, [notice])
  useEffect(() => {
    const unread = state.channels.reduce((sum, { id }) => sum + unreadCount(state, id), 0)
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${state.team.name} – Slack`
  }, [state])

  const open = useCallback((channel) => setPlace({ channel, home: false, thread: null }), [])
  const reader = useMemo(
    () => ({
      me,
      zone: personOf(state, me).zone,
      nameOf: (id) => personOf(state, id).name,
      channelOf: (id) => state.channels.find((channel) => channel.id === id),
      open,
    }),
    [me, state.people, state.channels],
  )
  const app = {
    state,
    reader,
    open,
    openThread: (thread) => setPlace({ ...place, home: false, thread, linkedReply: null }),
    closeThread: () => setPlace({ ...place, thread: null }),
    tell: setNotice,
    /** Says so when something the person did could not be done. Slack's own words come as a message. */
    async report(answering) {
      const answer = await answering
      if (!answer.ok && answer.status === null && answer.error !== 'operation_timeout')
        setNotice(answer.error)
      return answer
    },
    async switchUser(user) {
      const next = await client.boot(user)
      dispatch({ kind: 'boot', boot: next })
      const direct = next.channels.find((channel) => channel.is_im)
      const kept = next.channels.find((channel) => channel.id === place.channel)
      setPlace({ channel: (kept ?? direct).id, home: kept ? false : place.home, thread: null })
    },
  }
  const channel = state.channels.find(({ id }) => id === place.channel) ?? state.channels[0]
  const modal = state.modals.at(-1)
  const onKeyDown = (event) => {
    if (event.key === 'Escape' && place.thread && !modal) app.closeThread()
  }

  return html`<div class="frame" onKeyDown=${onKeyDown}>
    <div class="layout">
      <${Sidebar} app=${app} channelId=${channel.id} />
      <main class=${place.thread ? 'with-thread' : ''}>
        <div class="pane">
          <${Header} app=${app} channel=${channel} place=${place} setPlace=${setPlace} />
          ${place.home ? html`<${AppHome} key=${me} app=${app} />` : html`<${Conversation} key=${`${me}${channel.id}`} app=${app} channel=${channel} linked=${place.linked} />`}
        </div>
        ${place.thread && html`<${Thread} key=${place.thread} app=${app} channel=${channel} ts=${place.thread} linked=${place.linkedReply} />`}
      </main>
    </div>
    ${modal && html`<${Modal} key=${modal.id} app=${app} view=${modal} />`}
    ${notice && html`<div class="notice" role="alert">${notice}</div>`}
  </div>`
}

function Header({ app, channel, place, setPlace }) {
  const { state } = app
  if (!channel.is_im) {
    return html`<header class="pane-head">
      <h1><span class="hash">#</span> ${channel.name}</h1>
      <span class="members" title=${channel.members.map(app.reader.nameOf).join(', ')}>${channel.members.length} members</span>
    </header>`
  }
  const tab = (label, home) => html`<button
    type="button"
    role="tab"
    id=${`tab-${label.toLowerCase()}`}
    data-testid=${`tab-${label.toLowerCase()}`}
    aria-selected=${place.home === home}
    onClick=${() => {
      setPlace({ channel: channel.id, home, thread: null })
      if (!home && place.home) app.report(client.openHome({ user: state.me, tab: 'messages' }))
    }}
  >
    ${label}
  </button>`
  return html`<header class="pane-head with-tabs">
    <h1><${Avatar} person=${personOf(state, state.bot.id)} size=${24} /> ${state.bot.name} <span class="badge">APP</span></h1>
    <div class="tabs" role="tablist" aria-label=${state.bot.name}>${tab('Home', true)}${tab('Messages', false)}</div>
  </header>`
}

async function bootAs(user) {
  if (user) return client.boot(user)
  // The person who looked last may be from another set of sample data.
  return client.boot(localStorage.getItem(lastUserKey)).catch(() => client.boot(null))
}

const root = document.getElementById('app')
try {
  const boot = await bootAs(new URLSearchParams(location.search).get('user'))
  root.replaceChildren()
  render(html`<${App} boot=${boot} />`, root)
} catch (error) {
  root.querySelector('.loading').textContent = `This workspace could not be opened: ${error.message}`
}
