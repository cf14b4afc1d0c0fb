import { Avatar } from './avatar.js'
import { Blocks } from './blocks.js'
import { client } from './client.js'
import { emoji } from './emoji.js'
import { html } from './html.js'
import { Icon } from './icons.js'
import { personOf, repliesTo } from './state.js'
import { useSurface } from './surfaces.js'
import { Mrkdwn } from './text.js'
import { ago, clock, sameDay } from './times.js'

const groupSeconds = 300

/** Whether a message continues the one above it, and so goes without picture and name. */
export function continues(message, above, zone) {
  if (!above || above.user !== message.user || message.ephemeral_for !== above.ephemeral_for) return false
  const gap = Number(message.ts) - Number(above.ts)
  return gap < groupSeconds && sameDay(Number(message.ts), Number(above.ts), zone)
}

export function Message({ message, app, compact, inThread }) {
  const { state, reader } = app
  const author = personOf(state, message.user)
  const seconds = Number(message.ts)
  const time = clock(seconds, reader.zone)
  const exact = new Date(seconds * 1000).toLocaleString('en-US', { timeZone: reader.zone })
  const classes = [
    'message',
    compact && 'compact',
    message.ephemeral_for && 'ephemeral',
    message.subtype,
  ].filter(Boolean)

  return html`<article
    class=${classes.join(' ')}
    data-ts=${message.ts}
    data-thread-ts=${message.thread_ts}
    aria-label=${`${author.name} at ${time}`}
  >
    ${message.ephemeral_for && html`<p class="only-you"><${Icon} name="eye" size=${14} /> Only visible to you</p>`}
    <div class="row">
      <div class="gutter">
        ${compact ? html`<time class="hover-time" title=${exact}>${time.replace(/ ?[AP]M/, '')}</time>` : html`<${Avatar} person=${author} />`}
      </div>
      <div class="content">
        ${
          !compact &&
          html`<div class="byline">
            <span class="author">${author.name}</span>
            ${author.isBot && html`<span class="badge">APP</span>`}
            <time title=${exact}>${time}</time>
          </div>`
        }
        <${Body} message=${message} app=${app} />
        <${Reactions} reactions=${message.reactions} />
        ${!inThread && html`<${ThreadLink} message=${message} app=${app} />`}
      </div>
    </div>
    ${
      !inThread &&
      !message.ephemeral_for &&
      html`<div class="toolbar">
        <button type="button" aria-label="Reply in thread" title="Reply in thread" onClick=${() => app.openThread(message.thread_ts ?? message.ts)}><${Icon} name="thread" size=${16} /></button>
      </div>`
    }
  </article>`
}

function Body({ message, app }) {
  const { channel, ts, blocks = [] } = message
  const surface = useSurface({
    blocks,
    app,
    press: (pressed) => client.press({ ...pressed, channel, ts }),
  })
  if (blocks.length > 0) return html`<${Blocks} blocks=${blocks} surface=${surface} />`
  return html`<div class="text">
    <${Mrkdwn} text=${message.text} reader=${app.reader} />
    ${message.edited && html`<span class="edited"> (edited)</span>`}
  </div>`
}

function Reactions({ reactions = [] }) {
  if (reactions.length === 0) return null
  return html`<div class="reactions">
    ${reactions.map(({ name, count }) => html`<span class="reaction" title=${`:${name}:`}>${emoji[name] ?? `:${name}:`} ${count}</span>`)}
  </div>`
}

function ThreadLink({ message, app }) {
  const replies = repliesTo(app.state, message.channel, message.ts)
  if (replies.length === 0) return null
  const authors = [...new Set(replies.map((reply) => reply.user))].slice(0, 4)
  return html`<button type="button" class="thread-link" onClick=${() => app.openThread(message.ts)}>
    ${authors.map((id) => html`<${Avatar} person=${personOf(app.state, id)} size=${22} />`)}
    <span class="count">${replies.length} ${replies.length === 1 ? 'reply' : 'replies'}</span>
    <span class="last">Last reply ${ago(Number(replies.at(-1).ts))}</span>
  </button>`
}
