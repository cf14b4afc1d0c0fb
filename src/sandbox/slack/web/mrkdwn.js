/**
 * Slack's mrkdwn as a tree of nodes (standard Markdown and rich text: the files beside this one). No HTML is ever built from text: what a message says
 * can only become the node types below, and a link only leads to http, https, mailto or tel.
 *
 * Node: { type: 'text' | 'code' | 'pre', text } · { type: 'bold' | 'italic' | 'strike' | 'quote' | 'paragraph',
 * children } · { type: 'heading', level, children } · { type: 'list', ordered, items: Node[][] } ·
 * { type: 'break' } · { type: 'link', href, children } · { type: 'user' | 'channel' | 'broadcast', id } ·
 * { type: 'date', ts, format, href, fallback } · { type: 'emoji', name }
 */

export const wordBefore = /[\p{L}\p{N}]/u

/** `&amp;`, `&lt;` and `&gt;` are the only entities Slack knows. */
export function decode(text) {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

export function safeHref(url) {
  return /^(https?:\/\/|mailto:|tel:)/i.test(url) ? url : null
}

/** A mrkdwn text, blocks (code, quotes, bullets) first. */
export function parseMrkdwn(text) {
  return text
    .split(/```\n?([\s\S]+?)\n?```/g)
    .flatMap((part, index) => (index % 2 === 1 ? [{ type: 'pre', text: decode(part) }] : parseLines(part)))
}

function parseLines(text) {
  const nodes = []
  let afterText = false
  for (const run of runsOf(text.split('\n'))) {
    if (run.kind === 'quote') {
      const inner = run.lines.map((line) => line.replace(/^(&gt;|>) ?/, '')).join('\n')
      nodes.push({ type: 'quote', children: parseLines(inner) })
    } else if (run.kind === 'bullet') {
      nodes.push({
        type: 'list',
        ordered: false,
        items: run.lines.map((line) => parseInline(line.replace(/^\s*[•◦] +/, ''))),
      })
    } else {
      if (afterText) nodes.push({ type: 'break' })
      nodes.push(...joinLines(run.lines))
    }
    afterText = run.kind === 'text'
  }
  return nodes
}

function runsOf(lines) {
  const kindOf = (line) => (/^(&gt;|>)/.test(line) ? 'quote' : /^\s*[•◦] +\S/.test(line) ? 'bullet' : 'text')
  const runs = []
  for (const line of lines) {
    const kind = kindOf(line)
    const last = runs.at(-1)
    if (last?.kind === kind) last.lines.push(line)
    else runs.push({ kind, lines: [line] })
  }
  // The newline that ends a text before or after a quote or list is not a line of its own.
  return runs.filter(
    (run) => run.kind !== 'text' || runs.length === 1 || run.lines.some((line) => line !== ''),
  )
}

function joinLines(lines) {
  return lines.flatMap((line, index) =>
    index === 0 ? parseInline(line) : [{ type: 'break' }, ...parseInline(line)],
  )
}

const styles = { '*': 'bold', _: 'italic', '~': 'strike' }

/** One line of mrkdwn. */
export function parseInline(text) {
  const nodes = []
  let plain = ''
  let at = 0
  const flush = () => {
    if (plain) nodes.push({ type: 'text', text: decode(plain) })
    plain = ''
  }
  while (at < text.length) {
    const found = inlineAt(text, at)
    if (found) {
      flush()
      nodes.push(found.node)
      at += found.length
    } else {
      plain += text[at]
      at += 1
    }
  }
  flush()
  return nodes
}

function inlineAt(text, at) {
  const mark = text[at]
  const before = text[at - 1] ?? ''
  if (mark === '`') {
    const end = text.indexOf('`', at + 1)
    if (end <= at + 1) return null
    return { node: { type: 'code', text: decode(text.slice(at + 1, end)) }, length: end + 1 - at }
  }
  if (mark === '<') {
    const end = text.indexOf('>', at)
    if (end <= at + 1) return null
    const node = angle(text.slice(at + 1, end))
    return node && { node, length: end + 1 - at }
  }
  if (mark === ':') {
    const name = /^:([a-z0-9_+'-]+):/.exec(text.slice(at, at + 60))
    return name && !wordBefore.test(before)
      ? { node: { type: 'emoji', name: name[1] }, length: name[0].length }
      : null
  }
  if (mark in styles && !wordBefore.test(before)) {
    for (let end = text.indexOf(mark, at + 1); end > 0; end = text.indexOf(mark, end + 1)) {
      const inner = text.slice(at + 1, end)
      const closes = inner !== '' && !/^\s|\s$/.test(inner) && !wordBefore.test(text[end + 1] ?? '')
      if (closes) return { node: { type: styles[mark], children: parseInline(inner) }, length: end + 1 - at }
    }
  }
  return null
}

/** What stands between `<` and `>`: a mention, a date, a link; anything else is not markup. */
function angle(content) {
  const [target, ...rest] = content.split('|')
  const label = rest.length > 0 ? rest.join('|') : null
  const mention = /^(@|#)([A-Z0-9]+)$/.exec(target)
  if (mention) return { type: mention[1] === '@' ? 'user' : 'channel', id: mention[2] }
  if (/^!(here|channel|everyone)$/.test(target)) return { type: 'broadcast', id: target.slice(1) }
  const date = /^!date\^(\d{1,12})\^([^^]+)(?:\^(.+))?$/.exec(target)
  if (date) {
    const [, ts, format, link] = date
    return {
      type: 'date',
      ts: Number(ts),
      format: decode(format),
      href: link ? safeHref(decode(link)) : null,
      fallback: decode(label ?? ''),
    }
  }
  const href = safeHref(decode(target))
  if (!href) return null
  return {
    type: 'link',
    href,
    children: label === null ? [{ type: 'text', text: href }] : parseInline(label),
  }
}
