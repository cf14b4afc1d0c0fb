import { emoji } from './emoji.js'
import { html } from './html.js'
import { parseMarkdown } from './markdown.js'
import { parseMrkdwn } from './mrkdwn.js'
import { fromRichText } from './rich-text.js'
import { formatDate } from './times.js'

/**
 * Texts as elements. `reader` says who is reading: `{ me, zone, nameOf(user), channelOf(id), open(channel) }`.
 */
export function Mrkdwn({ text, reader }) {
  return html`<span class="mrkdwn">${nodesOf(parseMrkdwn(text), reader)}</span>`
}

export function Markdown({ text, reader }) {
  return html`<div class="mrkdwn markdown">${nodesOf(parseMarkdown(text), reader)}</div>`
}

export function RichText({ block, reader }) {
  return html`<div class="mrkdwn">${nodesOf(fromRichText(block), reader)}</div>`
}

/** A text object: plain_text shows its characters (and emoji names), mrkdwn its markup. */
export function TextObject({ value, reader }) {
  if (!value) return null
  return value.type === 'mrkdwn'
    ? html`<${Mrkdwn} text=${value.text} reader=${reader} />`
    : withEmoji(value.text)
}

export function withEmoji(text) {
  return text.replaceAll(/:([a-z0-9_+'-]+):/g, (typed, name) => emoji[name] ?? typed)
}

export function nodesOf(nodes, reader) {
  return nodes.map((node) => element(node, reader))
}

function element(node, reader) {
  const inner = () => nodesOf(node.children, reader)
  switch (node.type) {
    case 'text':
      return node.text
    case 'break':
      return html`<br />`
    case 'bold':
      return html`<b>${inner()}</b>`
    case 'italic':
      return html`<i>${inner()}</i>`
    case 'strike':
      return html`<s>${inner()}</s>`
    case 'code':
      return html`<code>${node.text}</code>`
    case 'pre':
      return html`<pre>${node.text}</pre>`
    case 'quote':
      return html`<blockquote>${inner()}</blockquote>`
    case 'paragraph':
      return html`<p>${inner()}</p>`
    case 'heading':
      return html`<p class="heading" role="heading" aria-level=${Math.min(node.level + 2, 6)}>${inner()}</p>`
    case 'list': {
      const items = node.items.map((item) => html`<li>${nodesOf(item, reader)}</li>`)
      return node.ordered ? html`<ol>${items}</ol>` : html`<ul>${items}</ul>`
    }
    case 'link':
      return html`<a href=${node.href} target="_blank" rel="noreferrer">${inner()}</a>`
    case 'user':
      return html`<span class=${node.id === reader.me ? 'mention me' : 'mention'}>@${reader.nameOf(node.id)}</span>`
    case 'channel':
      return channelLink(node, reader)
    case 'broadcast':
      return html`<span class="mention me">@${node.id}</span>`
    case 'date':
      return dateText(node, reader)
    case 'emoji':
      return emoji[node.name] ?? `:${node.name}:`
    default:
      throw new Error(`No element for ${node.type}`)
  }
}

function channelLink({ id }, reader) {
  const channel = reader.channelOf(id)
  if (!channel) return html`<span class="mention">#private-channel</span>`
  return html`<button type="button" class="mention" onClick=${() => reader.open(id)}>#${channel.name}</button>`
}

function dateText({ ts, format, href, fallback }, reader) {
  const text = formatDate(ts, format, reader.zone) ?? fallback
  const time = html`<time datetime=${new Date(ts * 1000).toISOString()} title=${fallback}>${text}</time>`
  return href ? html`<a href=${href} target="_blank" rel="noreferrer">${time}</a>` : time
}
