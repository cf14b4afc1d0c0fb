/**
 * Which of an account's events say the same again: the e-mail that was logged as a task and as a note, the meeting
 * that two people wrote down. Only longer texts close in time are compared: two calls named "Check-in" are two calls.
 */

/** An event as far as sameness goes. */
export type Said = { key: string; at: Date; words: readonly string[] }

const WITHIN_MS = 48 * 3_600_000
const FEWEST_WORDS = 8
/** Of all words of both, those in both. */
const ALIKE = 0.85
/** Busy days are not compared all with all. */
const MOST_NEIGHBOURS = 40

/** @returns for each event that repeats another one, the key of the earliest that says it */
export function nearIdentical(events: readonly Said[]): Map<string, string> {
  const repeats = new Map<string, string>()
  const kept: { key: string; at: number; words: Set<string> }[] = []
  for (const { key, at, words } of events.toSorted(byTime)) {
    const own = new Set(words)
    if (own.size < FEWEST_WORDS) continue
    const near = kept.slice(-MOST_NEIGHBOURS).filter((other) => at.getTime() - other.at <= WITHIN_MS)
    const same = near.find((other) => isAlike(own, other.words))
    if (same) repeats.set(key, same.key)
    else kept.push({ key, at: at.getTime(), words: own })
  }
  return repeats
}

/** The key settles a tie, so that the same events always give the same answer. */
function byTime(a: Said, b: Said): number {
  return a.at.getTime() - b.at.getTime() || (a.key < b.key ? -1 : 1)
}

function isAlike(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const [small, large] = a.size < b.size ? [a, b] : [b, a]
  if (small.size < large.size * ALIKE) return false
  let shared = 0
  for (const word of small) if (large.has(word)) shared += 1
  return shared >= ALIKE * (a.size + b.size - shared)
}
