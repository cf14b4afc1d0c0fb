import type { Vocabulary } from '../model/memory.ts'
import { wordsIn } from './fold.ts'

/**
 * Which products and competitors a text names: those that the company has listed, and names that the text itself
 * calls a competitor. It guesses nothing else.
 */
export type Mention = { kind: 'product' | 'competitor'; key: string; name: string }

/** A name in capitals behind words that say what it is. English only: German writes every noun in capitals. */
const CALLED_COMPETITOR =
  /\b(?:[Cc]ompetitors?(?: like| such as| named|:)?|[Cc]ompet(?:ing|es?) (?:with|against)|versus|vs\.?|[Ss]witch(?:ing|ed)? (?:over )?to|[Ll]ost to|[Aa]lternatives? (?:like|such as)) (\p{Lu}[\p{L}\d&-]{1,30}(?: \p{Lu}[\p{L}\d&-]{1,30}){0,2})/gu

/** Capitals that no company is called by. */
const NO_NAME = new Set(
  'monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december q1 q2 q3 q4 the we they our their i'.split(
    ' ',
  ),
)

const MOST_MENTIONS = 20

/** @param own folded names that are nobody's competitor: the account's and its contacts' */
export function mentionsIn(
  text: string,
  vocabulary: Vocabulary,
  own: ReadonlySet<string> = new Set(),
): Mention[] {
  const found = new Map<string, Mention>()
  const add = (kind: Mention['kind'], name: string) => {
    const key = wordsIn(name).join(' ')
    if (key !== '' && !own.has(key)) found.set(`${kind}:${key}`, { kind, key, name })
  }
  const padded = ` ${wordsIn(text).join(' ')} `
  for (const kind of ['product', 'competitor'] as const)
    for (const name of vocabulary[`${kind}s`]) {
      const key = wordsIn(name).join(' ')
      if (key !== '' && padded.includes(` ${key} `)) add(kind, name)
    }
  for (const [, name = ''] of text.matchAll(CALLED_COMPETITOR)) {
    const [first = ''] = wordsIn(name)
    if (!NO_NAME.has(first)) add('competitor', name)
  }
  return [...found.values()].slice(0, MOST_MENTIONS)
}
