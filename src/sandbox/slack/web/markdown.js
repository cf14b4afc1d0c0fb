import { safeHref, wordBefore } from './mrkdwn.js'

/** A `markdown` block: headings, lists, quotes, code, emphasis and links. */
export function parseMarkdown(text) {
  return text
    .split(/```[a-z]*\n?([\s\S]+?)\n?```/g)
    .flatMap((part, index) => (index % 2 === 1 ? [{ type: 'pre', text: part }] : markdownBlocks(part)))
}

const markdownKinds = [
  ['heading', /^#{1,6}\s+\S/],
  ['quote', /^>\s?/],
  ['ordered', /^\s*\d+[.)]\s+\S/],
  ['bullet', /^\s*[-*+]\s+\S/],
]

function markdownBlocks(text) {
  const runs = []
  for (const line of text.split('\n')) {
    const kind =
      line.trim() === '' ? 'blank' : (markdownKinds.find(([, pattern]) => pattern.test(line))?.[0] ?? 'text')
    const last = runs.at(-1)
    if (last?.kind === kind && kind !== 'heading') last.lines.push(line)
    else runs.push({ kind, lines: [line] })
  }
  return runs.filter(({ kind }) => kind !== 'blank').map(markdownBlock)
}

function markdownBlock({ kind, lines }) {
  if (kind === 'heading') {
    const [, marks, title] = /^(#+)\s+(.*)$/.exec(lines[0])
    return { type: 'heading', level: marks.length, children: markdownInline(title) }
  }
  if (kind === 'quote') {
    return {
      type: 'quote',
      children: markdownBlocks(lines.map((line) => line.replace(/^>\s?/, '')).join('\n')),
    }
  }
  if (kind === 'ordered' || kind === 'bullet') {
    const items = lines.map((line) => markdownInline(line.replace(/^\s*([-*+]|\d+[.)])\s+/, '')))
    return { type: 'list', ordered: kind === 'ordered', items }
  }
  const children = lines.flatMap((line, index) => [
    ...(index > 0 ? [{ type: 'break' }] : []),
    ...markdownInline(line),
  ])
  return { type: 'paragraph', children }
}

const markdownPatterns = [
  [/^`([^`]+)`/, ([, code]) => ({ type: 'code', text: code })],
  [/^\*\*(\S(?:.*?\S)?)\*\*/, ([, inner]) => ({ type: 'bold', children: markdownInline(inner) })],
  [/^__(\S(?:.*?\S)?)__/, ([, inner]) => ({ type: 'bold', children: markdownInline(inner) })],
  [/^~~(\S(?:.*?\S)?)~~/, ([, inner]) => ({ type: 'strike', children: markdownInline(inner) })],
  [/^\*(\S(?:[^*]*[^*\s])?)\*/, ([, inner]) => ({ type: 'italic', children: markdownInline(inner) })],
  [
    /^_(\S(?:[^_]*[^_\s])?)_(?![\p{L}\p{N}])/u,
    ([, inner]) => ({ type: 'italic', children: markdownInline(inner) }),
  ],
  [
    /^\[([^\]]+)\]\(([^)\s]+)\)/,
    ([, label, url]) => {
      const href = safeHref(url)
      return href && { type: 'link', href, children: markdownInline(label) }
    },
  ],
  [/^:([a-z0-9_+'-]+):/, ([, name]) => ({ type: 'emoji', name })],
]

function markdownInline(text) {
  const nodes = []
  let plain = ''
  let rest = text
  const flush = () => {
    if (plain) nodes.push({ type: 'text', text: plain })
    plain = ''
  }
  while (rest) {
    const found = '*_`~[:'.includes(rest[0]) ? markdownAt(rest, plain.at(-1) ?? '') : null
    if (found) {
      flush()
      nodes.push(found.node)
      rest = rest.slice(found.length)
    } else {
      plain += rest[0]
      rest = rest.slice(1)
    }
  }
  flush()
  return nodes
}

function markdownAt(rest, before) {
  if (rest[0] === '_' && wordBefore.test(before)) return null
  for (const [pattern, make] of markdownPatterns) {
    const match = pattern.exec(rest)
    const node = match && make(match)
    if (node) return { node, length: match[0].length }
  }
  return null
}
