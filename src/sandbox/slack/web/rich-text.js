import { safeHref } from './mrkdwn.js'

/** A `rich_text` block as the same nodes. */
export function fromRichText(block) {
  return (block.elements ?? []).map((element) => {
    const children = () => (element.elements ?? []).flatMap(fromRichTextElement)
    switch (element.type) {
      case 'rich_text_list':
        return {
          type: 'list',
          ordered: element.style === 'ordered',
          items: (element.elements ?? []).map((item) => (item.elements ?? []).flatMap(fromRichTextElement)),
        }
      case 'rich_text_quote':
        return { type: 'quote', children: children() }
      case 'rich_text_preformatted':
        return { type: 'pre', text: (element.elements ?? []).map((each) => each.text ?? '').join('') }
      default:
        return { type: 'paragraph', children: children() }
    }
  })
}

function fromRichTextElement(element) {
  const node = richTextLeaf(element)
  const { bold, italic, strike, code } = element.style ?? {}
  if (code && node.type === 'text') return [{ type: 'code', text: node.text }]
  return [
    [bold, 'bold'],
    [italic, 'italic'],
    [strike, 'strike'],
  ].reduce((inner, [on, type]) => (on ? [{ type, children: inner }] : inner), withBreaks(node))
}

function withBreaks(node) {
  if (node.type !== 'text') return [node]
  return node.text
    .split('\n')
    .flatMap((text, index) => [
      ...(index > 0 ? [{ type: 'break' }] : []),
      ...(text ? [{ type: 'text', text }] : []),
    ])
}

function richTextLeaf(element) {
  const text = (value) => ({ type: 'text', text: String(value ?? '') })
  switch (element.type) {
    case 'link': {
      const href = safeHref(String(element.url ?? ''))
      return href ? { type: 'link', href, children: [text(element.text ?? href)] } : text(element.text)
    }
    case 'user':
      return { type: 'user', id: String(element.user_id) }
    case 'channel':
      return { type: 'channel', id: String(element.channel_id) }
    case 'broadcast':
      return { type: 'broadcast', id: String(element.range) }
    case 'emoji':
      return { type: 'emoji', name: String(element.name) }
    case 'date':
      return {
        type: 'date',
        ts: Number(element.timestamp),
        format: String(element.format),
        href: element.url ? safeHref(String(element.url)) : null,
        fallback: String(element.fallback ?? ''),
      }
    default:
      return text(element.text)
  }
}
