import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseMarkdown } from '../../src/sandbox/slack/web/markdown.js'
import { type Node, parseMrkdwn } from '../../src/sandbox/slack/web/mrkdwn.js'
import { fromRichText } from '../../src/sandbox/slack/web/rich-text.js'
import { nodesOf, type Reader } from '../../src/sandbox/slack/web/text.js'

const reader: Reader = {
  me: 'U0DANA',
  zone: 'Europe/Paris',
  nameOf: (user) => (user === 'U0DANA' ? 'Dana Okafor' : user),
  channelOf: (id) => (id === 'C0TEAM' ? { name: 'team' } : undefined),
  open: () => {},
}

const allowed = new Set('b i s code pre blockquote p ul ol li a span button time br'.split(' '))

/** Elements and texts of a rendered tree; fails on anything that could carry markup of the text's own. */
function drawn(tree: unknown): { tags: string[]; text: string } {
  if (Array.isArray(tree)) {
    const parts = tree.map(drawn)
    return { tags: parts.flatMap(({ tags }) => tags), text: parts.map(({ text }) => text).join('') }
  }
  if (tree === null || tree === undefined || typeof tree === 'boolean') return { tags: [], text: '' }
  if (typeof tree === 'string' || typeof tree === 'number') return { tags: [], text: String(tree) }
  const { type, props } = tree as { type: string; props: Record<string, unknown> }
  expect(allowed).toContain(type)
  expect(props).not.toHaveProperty('dangerouslySetInnerHTML')
  if (props.href !== undefined) expect(String(props.href)).toMatch(/^(https?:\/\/|mailto:|tel:)/i)
  const inner = drawn(props.children)
  return { tags: [type, ...inner.tags], text: inner.text }
}

const show = (text: string) => drawn(nodesOf(parseMrkdwn(text), reader))

const scraps = [
  '<',
  '>',
  '&',
  '&lt;',
  '&gt;',
  '&amp;',
  '*',
  '_',
  '~',
  '`',
  '```',
  '|',
  '^',
  '\n',
  '> ',
  '• ',
  ':tada:',
  '<script>',
  '</b>',
  '<img src=x onerror=alert(1)>',
  '<javascript:alert(1)|x>',
  '<https://a.example|b>',
  '<!date^1^{date}|x>',
  '<@U0DANA>',
  '<#C0TEAM>',
  '<!channel>',
  '"',
  "'",
  'word',
  ' ',
  '[x](javascript:alert(1))',
  '**',
  '# ',
  '- ',
]
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.array(fc.constantFrom(...scraps), { maxLength: 30 }).map((parts) => parts.join('')),
)

test('whatever a message says, only known elements and safe links come of it', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      show(text)
      drawn(nodesOf(parseMarkdown(text), reader))
    }),
    { numRuns: 1_000 },
  )
})

test('text that is escaped as Slack asks is shown as it was, character by character', () => {
  const escaped = (text: string) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  // Without the marks that mean something in mrkdwn even when escaped.
  const unmarked = fc
    .string({ unit: 'binary', maxLength: 100 })
    .map((text) => text.replaceAll(/[*_~`:\n•◦>]/g, '.'))

  fc.assert(
    fc.property(unmarked, (text) => {
      expect(show(escaped(text)).text).toBe(text)
    }),
    { numRuns: 1_000 },
  )
})

describe('mrkdwn', () => {
  const tree = (text: string): Node[] => parseMrkdwn(text)
  const plain = (text: string) => ({ type: 'text', text })

  test.each<[string, Node[]]>([
    [
      '*bold* and _italic_ and ~gone~',
      [
        { type: 'bold', children: [plain('bold')] },
        plain(' and '),
        { type: 'italic', children: [plain('italic')] },
        plain(' and '),
        { type: 'strike', children: [plain('gone')] },
      ],
    ],
    ['*_both_*', [{ type: 'bold', children: [{ type: 'italic', children: [plain('both')] }] }]],
    ['2*3*4 and snake_case_name', [plain('2*3*4 and snake_case_name')]],
    ['* not bold *', [plain('* not bold *')]],
    ['`a *b* &lt;c&gt;`', [{ type: 'code', text: 'a *b* <c>' }]],
    ['```\nlet a = 1\n```', [{ type: 'pre', text: 'let a = 1' }]],
    ['&gt; said\nplain', [{ type: 'quote', children: [plain('said')] }, plain('plain')]],
    ['• one\n• two', [{ type: 'list', ordered: false, items: [[plain('one')], [plain('two')]] } as Node]],
    [
      '<https://a.example/x?a=1&amp;b=2|Acme>',
      [{ type: 'link', href: 'https://a.example/x?a=1&b=2', children: [plain('Acme')] }],
    ],
    ['<javascript:alert(1)|click>', [plain('<javascript:alert(1)|click>')]],
    [
      '<@U0DANA> in <#C0TEAM> <!here>',
      [
        { type: 'user', id: 'U0DANA' },
        plain(' in '),
        { type: 'channel', id: 'C0TEAM' },
        plain(' '),
        { type: 'broadcast', id: 'here' },
      ],
    ],
    ['Fish &amp; Chips &lt;b&gt;', [plain('Fish & Chips <b>')]],
    ['at 10:30:45', [plain('at 10:30:45')]],
    [':tada:', [{ type: 'emoji', name: 'tada' }]],
  ])('%s', (text, nodes) => {
    expect(tree(text)).toEqual(nodes)
  })

  test('a date is shown in the reader’s zone, and its fallback when the format is unknown', () => {
    // 15 January 2026, 08:14 in Paris.
    expect(show('<!date^1768461240^{date_short} at {time}|15 Jan>').text).toBe('Jan 15, 2026 at 8:14 AM')
    expect(show('<!date^1768461240^{nonsense}|15 Jan>').text).toBe('15 Jan')
  })
})

test('a markdown block shows headings, lists, emphasis and links', () => {
  const { tags, text } = drawn(
    nodesOf(
      parseMarkdown('## Risk\n**High**: see [record](https://a.example)\n\n1. Call\n2. *Write*'),
      reader,
    ),
  )

  expect(tags).toEqual(['p', 'p', 'b', 'a', 'ol', 'li', 'li', 'i'])
  expect(text).toBe('RiskHigh: see recordCallWrite')
})

test('rich text keeps its styles and refuses unsafe links', () => {
  const block = {
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_section',
        elements: [
          { type: 'text', text: 'bold\nlines', style: { bold: true } },
          { type: 'link', url: 'javascript:alert(1)', text: 'click' },
          { type: 'user', user_id: 'U0DANA' },
        ],
      },
      {
        type: 'rich_text_list',
        style: 'bullet',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: '<b>' }] }],
      },
    ],
  }

  const { tags, text } = drawn(nodesOf(fromRichText(block), reader))

  expect(tags).toEqual(['p', 'b', 'br', 'span', 'ul', 'li'])
  expect(text).toBe('boldlinesclick@Dana Okafor<b>')
})
