/**
 * A sentence as its words, lower case, without punctuation but `?` and `!`: "I'll send it" is `i 'll send it`, and
 * "j'enverrai" is `j enverrai`. What looks for words then needs neither case nor word boundaries.
 */

/** More than a sentence has; what is longer is a table, a log or an attack. */
const MOST_CHARACTERS = 1200
const MOST_WORDS = 120

const ENGLISH_ENDINGS: ReadonlySet<string> = new Set(["'ll", "'re", "'ve", "'d", "'m", "'s", "'t"])
const WORD = /'?[\p{L}\p{M}]+|\p{N}+(?:[./:-]\p{N}+)*|[?!]/gu

export function wordsOf(sentence: string): string[] {
  const plain = sentence
    .slice(0, MOST_CHARACTERS)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[’‘´`]/g, "'")
  const found = plain.slice(0, MOST_CHARACTERS).match(WORD) ?? []
  return found.slice(0, MOST_WORDS).map((word) => {
    // An apostrophe tells only in front of an English ending; elsewhere it is a quotation mark or an elision.
    return word.startsWith("'") && !ENGLISH_ENDINGS.has(word) ? word.slice(1) : word
  })
}

/** With a blank at either end, so that ` will ` is the word. */
export function spaced(words: readonly string[]): string {
  return ` ${words.join(' ')} `
}

/**
 * Any of these words or word sequences. It matches from the blank before them, which is quicker to find than a place
 * with a blank before it.
 */
export function anyOf(...phrases: readonly string[]): RegExp {
  return new RegExp(` (?:${phrases.join('|')})(?= )`, 'u')
}
