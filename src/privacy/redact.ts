import { isCard } from './card.ts'
import { detect, NO_CLUES } from './detect.ts'
import type { FindingKind } from './finding.ts'
import { PLACEHOLDER_WORDS } from './placeholder.ts'

/**
 * For what is kept or read by others and never restored: log lines, and the errors kept beside a job. Addresses of
 * machines stay, since who looks after an outage needs them.
 */
export function redacted(text: string): string {
  const pieces: string[] = []
  let from = 0
  for (const { kind, start, end } of detect(text, NO_CLUES)) {
    if (kind === 'ip') continue
    pieces.push(text.slice(from, start), wordFor(kind))
    from = end
  }
  return from === 0 ? text : pieces.join('') + text.slice(from)
}

const wordFor = (kind: FindingKind) => `[${PLACEHOLDER_WORDS[kind]}]`

/** Names under which a value is a secret, whatever it looks like. */
const SECRET_NAME =
  /(?:token|secret|password|passwd|passphrase|authorization|cookie|credentials?|(?:api|private|signing|encryption|access)[_-]?key)$/i
/** Names that say of a row of digits what it is. */
const TELLING_NAME = /phone|mobile|fax|(?:^|[^a-z])tel|ssn|key|secret|token|passw/i

/** What a log line would say, at any depth; the values of a parsed line, so that nothing is cut within an escape. */
export function redactedValue(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return redactedString(value, name)
  if (typeof value === 'number') return isCard(String(value)) ? wordFor('card') : value
  if (Array.isArray(value)) return value.map((each) => redactedValue(each, name))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [redacted(key), redactedValue(each, key)]),
  )
}

function redactedString(text: string, name: string): string {
  if (text !== '' && SECRET_NAME.test(name)) return wordFor('secret')
  if (!TELLING_NAME.test(name)) return redacted(text)
  const said = `${name}: `
  const together = redacted(said + text)
  return together.startsWith(said) ? together.slice(said.length) : redacted(text)
}
