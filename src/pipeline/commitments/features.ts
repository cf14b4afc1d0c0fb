import { CUES } from './cues.ts'
import { spaced, wordsOf } from './words.ts'

/**
 * A sentence as numbers of features: the cues it has, then its words and pairs of words, each hashed into one of
 * 2^14 places. A weight tells nothing of the words that share its place.
 */

export const CUE_COUNT = CUES.length
export const PLACES = 2 ** 14
export const FEATURE_COUNT = CUE_COUNT + PLACES

export type Features = { cues: number[]; hashed: number[] }

export function featuresOf(sentence: string): Features {
  const words = wordsOf(sentence)
  return { cues: cuesOf(words), hashed: hashedOf(words) }
}

function cuesOf(words: readonly string[]): number[] {
  const text = spaced(words)
  return CUES.flatMap((cue, index) => (cue.test(text, words) ? [index] : []))
}

function hashedOf(words: readonly string[]): number[] {
  const known = words.map((word) => (/^\p{N}/u.test(word) ? '0' : word))
  const places = new Set<number>()
  const add = (feature: string) => places.add(CUE_COUNT + (hashOf(feature) % PLACES))
  known.forEach((word, index) => {
    add(word)
    add(`${known[index - 1] ?? '^'} ${word}`)
    add(`${known[index - 2] ?? '^'} * ${word}`)
    if (index < 4) add(`${index < 2 ? 'first' : 'early'} ${word}`)
  })
  add(`${known.at(-1) ?? ''} $`)
  return [...places]
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  // The low bits of FNV alone are poorly mixed.
  return (hash ^ (hash >>> 15)) >>> 0
}
