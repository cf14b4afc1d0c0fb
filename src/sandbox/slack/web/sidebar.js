import { useState } from 'preact/hooks'
import { Avatar } from './avatar.js'
import { html } from './html.js'
import { Menu } from './overlay.js'
import { personOf, unreadCount } from './state.js'

const roleNames = { owner: 'Account owner', manager: 'Manager', admin: 'Operations admin', none: 'No role' }

/** The aubergine column: workspace, channels, the app, and who is looking. */
export function Sidebar({ app, channelId }) {
  const { state } = app
  const rows = (wanted) => state.channels.filter((channel) => channel.is_im === wanted)
  return html`<nav class="sidebar" aria-label="Workspace">
    <header>
      <span class="workspace">${state.team.name}</span>
    </header>
    <div class="lists">
      <h2>Channels</h2>
      <ul>
        ${rows(false).map((channel) => html`<${ChannelRow} key=${channel.id} app=${app} channel=${channel} current=${channel.id === channelId} />`)}
      </ul>
      <h2>Apps</h2>
      <ul>
        ${rows(true).map((channel) => html`<${ChannelRow} key=${channel.id} app=${app} channel=${channel} current=${channel.id === channelId} />`)}
      </ul>
    </div>
    <a class="zoho" href="/zoho/accounts" target="_blank" rel="noreferrer">Open local Zoho <span aria-hidden="true">↗</span></a>
    <${UserSwitcher} app=${app} />
  </nav>`
}

function ChannelRow({ app, channel, current }) {
  const { state } = app
  const unread = current ? 0 : unreadCount(state, channel.id)
  const name = channel.is_im ? state.bot.name : channel.name
  const classes = ['channel', current && 'current', unread > 0 && 'unread'].filter(Boolean).join(' ')
  return html`<li>
    <button
      type="button"
      class=${classes}
      data-channel=${channel.id}
      aria-current=${current ? 'page' : undefined}
      aria-label=${unread > 0 ? `${name}, ${unread} unread` : name}
      onClick=${() => app.open(channel.id)}
    >
      ${channel.is_im ? html`<${Avatar} person=${personOf(state, state.bot.id)} size=${20} />` : html`<span class="hash">#</span>`}
      <span class="name">${name}</span>
      ${unread > 0 && html`<span class="count" data-testid="unread">${unread}</span>`}
    </button>
  </li>`
}

function UserSwitcher({ app }) {
  const [open, setOpen] = useState(false)
  const { state } = app
  const me = personOf(state, state.me)
  const items = state.people.map((person) => ({
    value: person.id,
    label: person.name,
    description: roleNames[person.role] ?? person.role,
    selected: person.id === state.me,
  }))
  return html`<div class="account menu-anchor">
    ${open && html`<${Menu} label="Switch user" items=${items} onClose=${() => setOpen(false)} onChoose=${(item) => app.switchUser(item.value)} />`}
    <button
      type="button"
      data-testid="user-switcher"
      data-user=${state.me}
      aria-haspopup="menu"
      aria-expanded=${open}
      aria-label=${`Signed in as ${me.name}. Switch user`}
      onClick=${() => setOpen(!open)}
    >
      <span class="with-presence"><${Avatar} person=${me} size=${36} /><i class="presence" aria-hidden="true"></i></span>
      <span class="who">
        <span class="name">${me.name}</span>
        <span class="role">${roleNames[me.role] ?? me.role}</span>
      </span>
      <span class="switch">Switch</span>
    </button>
  </div>`
}
