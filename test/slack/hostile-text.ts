import fc from 'fast-check'

/** Words somebody could put into a CRM field to take over a message, and everything else a string can be. */

const ATTACKS = [
  '<!channel> <!here|here> <@U0BOSS> <#C0GENERAL|general>',
  '<https://evil.example.com|Click to approve>',
  '@channel @here @everyone',
  'https://evil.example.com/?a=1&b=2 and www.evil.example.com and mailto:a@evil.example.com',
  '*bold* _italic_ ~struck~ `code` ```block```',
  '> quoted\n>>> all quoted',
  ':white_check_mark: :rotating_light:',
  '&lt;!channel&gt; &amp;lt;',
  'a\u202Egnp.exe\u2066\u2069\u200B\u200F',
  `tagged${String.fromCodePoint(0xe0041, 0xe0042, 0xe007f)}`,
  'שלום עולם مرحبا بالعالم',
  '\ud800 half \udfff',
  '\u0000\u0007\u001b[31m',
  '👩‍👩‍👧‍👦'.repeat(200),
  '&'.repeat(4000),
  '<'.repeat(4000),
  'x'.repeat(12_000),
  '',
  '   \n\n  ',
]

export const hostileText = fc.oneof(
  fc.constantFrom(...ATTACKS),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.array(fc.constantFrom(...ATTACKS), { minLength: 2, maxLength: 4 }).map((parts) => parts.join(' ')),
)

/** Every text of a message or view, with its type. */
function texts(value: unknown): { type: string; text: string }[] {
  if (Array.isArray(value)) return value.flatMap(texts)
  if (typeof value !== 'object' || value === null) return []
  const { type, text } = value as { type?: unknown; text?: unknown }
  const own = typeof type === 'string' && typeof text === 'string' ? [{ type, text }] : []
  return [...own, ...Object.values(value).flatMap(texts)]
}

// Only these may be written by us: dates, people we know by id, pages of the CRM and of the workspace.
const OURS = /<(?:!date\^-?\d+\^[^|<>]+\|[^<>]+|@U0[A-Z]+|https:\/\/[a-z]+\.example\.test\/[^|<>]*\|[^<>]*)>/g

/** What in these texts Slack would make live that nobody of us wrote; empty when all is well. */
export function liveMarkup(value: { text?: unknown }): string[] {
  const all = texts(value)
  if (typeof value.text === 'string') all.push({ type: 'mrkdwn', text: value.text })
  return all.flatMap(({ type, text }) => {
    const rest = type === 'mrkdwn' ? text.replaceAll(OURS, '') : text
    const found = [
      ...(type === 'mrkdwn' ? (rest.match(/[<>]|&(?!(?:amp|lt|gt);)|^&gt;/gm) ?? []) : []),
      ...(rest.match(/:\/\/|@(?:channel|here|everyone)|[\p{L}\p{N}]\.\p{L}/giu) ?? []),
      ...(rest.match(/[\p{Cf}\p{Cs}]|(?!\n)\p{Cc}/gu) ?? []),
    ]
    return found.map((each) => `${JSON.stringify(each)} in ${JSON.stringify(text.slice(0, 200))}`)
  })
}
