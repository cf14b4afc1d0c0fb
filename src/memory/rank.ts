/** Merging lists that were ranked for different reasons, and showing why something was found. */

/** Cormack, Clarke and Büttcher: far enough from zero that the first of one list does not beat two seconds. */
const DAMPING = 60

/** Keys by the sum of 1 / (60 + place) over the lists that hold them, best first; ties keep the first list's order. */
export function reciprocalRank(lists: readonly (readonly string[])[]): string[] {
  const scores = new Map<string, number>()
  for (const list of lists)
    for (const [place, key] of list.entries())
      scores.set(key, (scores.get(key) ?? 0) + 1 / (DAMPING + place + 1))
  return [...scores].toSorted(([, a], [, b]) => b - a).map(([key]) => key)
}

/** What holds the words of a question: word by word, each list newest first and cut off where there are too many. */
export type PerWord = { word: string; keys: readonly string[] }

/** By the words they hold, a rare word counting for more than one that nearly everything holds. */
export function byRareWords(lists: readonly PerWord[]): string[] {
  const scores = new Map<string, number>()
  for (const { keys } of lists) {
    const weight = 1 / Math.log(2 + keys.length)
    for (const key of new Set(keys)) scores.set(key, (scores.get(key) ?? 0) + weight)
  }
  return [...scores].toSorted(([, a], [, b]) => b - a).map(([key]) => key)
}

const SNIPPET_LENGTH = 240

/** The part of a text where the first of these folded words stands. */
export function snippetOf(text: string, words: readonly string[], fold: (text: string) => string): string {
  const flat = text.replace(/\s+/g, ' ').trim()
  if (flat.length <= SNIPPET_LENGTH) return flat
  let at = 0
  for (const match of flat.matchAll(/\S+/g)) {
    const folded = fold(match[0]).split(' ')
    if (folded.some((each) => each !== '' && words.some((word) => each.startsWith(word)))) {
      at = match.index
      break
    }
  }
  const start = Math.max(0, Math.min(at - 60, flat.length - SNIPPET_LENGTH))
  const cut = flat.slice(start, start + SNIPPET_LENGTH).replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, '')
  return `${start > 0 ? '…' : ''}${cut}${start + SNIPPET_LENGTH < flat.length ? '…' : ''}`
}
