/**
 * How words are compared: without case, accents, vowel signs and invisible characters, in any script. Done here and
 * not by the database, whose own parser knows the letters of its locale and whose `unaccent` may not be there.
 */

/** Of a text that is kept; what lies behind is not searched. */
const MOST_CHARACTERS = 20_000
const MOST_WORDS = 1_500
const MOST_IN_A_QUERY = 500
const MOST_QUERY_WORDS = 8
/** Longer ones are no words: keys, hashes, attacks. */
const LONGEST_WORD = 40

/** Letters that decomposing leaves as they are, by what people write for them. */
const WRITTEN_AS: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ى: 'ي',
  ة: 'ه',
  ی: 'ي',
  ک: 'ك',
}
const LETTERS = new RegExp(`[${Object.keys(WRITTEN_AS).join('')}]`, 'gu')

/** Marks that stand on letters, what is not seen at all, and the stroke that stretches Arabic words. */
const UNSEEN = /[\p{M}\p{Cf}\u0640]/gu

/** Words of a text in their order, with repetitions. */
export function wordsIn(text: string): string[] {
  const folded = text
    .slice(0, MOST_CHARACTERS)
    .normalize('NFKD')
    .replace(UNSEEN, '')
    .toLowerCase()
    .replace(LETTERS, (letter) => WRITTEN_AS[letter] ?? letter)
    // Lower-casing a dotted capital leaves its dot behind as a mark.
    .replace(UNSEEN, '')
  const words = folded.match(/[\p{L}\p{N}]+/gu) ?? []
  return words.slice(0, MOST_WORDS).map((word) => withoutArticle(word).slice(0, LONGEST_WORD))
}

/** One space apart, as it is stored. */
export const fold = (text: string): string => wordsIn(text).join(' ')

/** What a person asks for: each word once. Empty when nothing in it is a word. */
export function queryWords(query: string): string[] {
  const words = [...new Set(wordsIn(query.slice(0, MOST_IN_A_QUERY)))]
  // The `l` of `l'accord` and the `s` of `Acme's` are asked for by nobody, unless there is nothing else.
  const telling = words.filter((word) => word.length > 1)
  return (telling.length > 0 ? telling : words).slice(0, MOST_QUERY_WORDS)
}

/** Arabic writes its article together with the noun. */
function withoutArticle(word: string): string {
  return word.startsWith('ال') && word.length >= 5 ? word.slice(2) : word
}

/** As a person may read it: nothing that hides, nothing the database refuses, at most so many characters. */
export function legible(text: string, most: number): string {
  const shown = text
    .slice(0, most * 2)
    .replace(/[^\S\n]+/g, ' ')
    .replace(/[\p{Cf}\p{Co}]/gu, '')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '')
    .trim()
  return wellFormed(shown.slice(0, most))
}

/** Half of a pair of code units is no character, and no database stores it. */
function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '')
}
