/**
 * Words by which people in business say that they are content or not. A stem ends in `*` and stands for every word
 * that begins so. What courtesy says whatever the matter ("thank you") is in none of the lexicons.
 */
export type Lexicon = {
  /** −2 to 2. */
  polarity: Polarity
  /** What turns a word after it into its opposite. */
  negators: ReadonlySet<string>
  /** Whether a negator may also follow what it negates ("funktioniert nicht", "ne fonctionne pas"). */
  negatesBackwards: boolean
  intensifiers: ReadonlySet<string>
  /** What stands after it is what is really meant. */
  but: ReadonlySet<string>
  /** Beginnings of words that end a trouble named in the same sentence. */
  settled: readonly string[]
}
export type Polarity = { words: ReadonlyMap<string, number>; stems: readonly [string, number][] }

/** @param groups weights, each with its words, separated by spaces */
export function polarity(groups: readonly (readonly [number, string])[]): Polarity {
  const all = groups.flatMap(([weight, words]) =>
    words
      .trim()
      .split(/\s+/)
      .map((word) => [word, weight] as const),
  )
  return {
    words: new Map(all.filter(([word]) => !word.endsWith('*'))),
    // The longest first, so that "unzufrieden" is not read by a shorter stem.
    stems: all
      .filter(([word]) => word.endsWith('*'))
      .map(([word, weight]): [string, number] => [word.slice(0, -1), weight])
      .toSorted((a, b) => b[0].length - a[0].length),
  }
}

export function weightOf(token: string, { words, stems }: Polarity): number {
  return words.get(token) ?? stems.find(([stem]) => token.startsWith(stem))?.[1] ?? 0
}

export function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/))
}
