import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { packageRoot } from '../../src/platform/migrations.ts'

/**
 * The e-mail sentences that say whether they intend or ask for something, as they lie beside the project. They are
 * read when measured and never kept: what the project holds of them are hashed weights.
 */

export type Labelled = { sentence: string; wanted: boolean; group: number }

const SHARED = process.env.SERGAS_SHARED ?? resolve(packageRoot(), '..', 'shared')
export const SENTENCES = join(SHARED, 'data', 'text', 'commitments_parakweet_train.txt')

/** Null when the file is not there. */
export function labelledSentences(file = SENTENCES): Labelled[] | null {
  if (!existsSync(file)) return null
  const rows = readFileSync(file, 'latin1')
    .split(/\r?\n/)
    .flatMap((row) => {
      const [label, sentence] = row.split('\t', 2)
      return sentence && (label === 'Yes' || label === 'No') ? [{ sentence, wanted: label === 'Yes' }] : []
    })
  const groups = groupsOf(rows.map(({ sentence }) => sentence))
  return rows.map((row, index) => ({ ...row, group: groups[index] ?? index }))
}

const ALIKE = 0.5

/**
 * Sentences that are the same or nearly so have one number: a copy in the part that is learned would tell the answer
 * for the part that is asked. Alike: half of all pairs of words that either has, both have.
 */
export function groupsOf(sentences: readonly string[]): number[] {
  const pairs = sentences.map(pairsOf)
  const holders = new Map<string, number[]>()
  const parent = sentences.map((_, index) => index)
  const rootOf = (index: number): number => {
    let root = index
    while (parent[root] !== root) root = parent[root] ?? root
    return root
  }
  pairs.forEach((own, index) => {
    const shared = new Map<number, number>()
    for (const pair of own) {
      const earlier = holders.get(pair) ?? []
      for (const other of earlier) shared.set(other, (shared.get(other) ?? 0) + 1)
      holders.set(pair, [...earlier, index])
    }
    for (const [other, both] of shared) {
      const either = own.size + (pairs[other]?.size ?? 0) - both
      if (both / either >= ALIKE) parent[rootOf(index)] = rootOf(other)
    }
  })
  return parent.map((_, index) => rootOf(index))
}

function pairsOf(sentence: string): Set<string> {
  const words =
    sentence
      .toLowerCase()
      .replace(/\d+/g, '0')
      .match(/[a-z0]+/g) ?? []
  const framed = ['^', ...words, '$']
  return new Set(framed.slice(1).map((word, index) => `${framed[index]} ${word}`))
}
