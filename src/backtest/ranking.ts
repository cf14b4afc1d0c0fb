/**
 * How well a number ranks: the share of pairs of a bad and a good account in which the bad one has the higher number,
 * ties counting half (the area under the ROC curve), with its 95 % interval.
 */
export type Ranked = { value: number; bad: boolean; accountId: string }
export type Auc = { auc: number; low: number; high: number }

/** Fewer of either kind say nothing: the interval itself could not be trusted. */
export const FEWEST = 10
const NORMAL_95 = 1.96

/** Null when there are too few bad or too few good ones. */
export function aucOf(ranked: readonly Ranked[]): Auc | null {
  const bad = ranked.filter((each) => each.bad)
  const good = ranked.filter((each) => !each.bad)
  if (bad.length < FEWEST || good.length < FEWEST) return null
  const all = midranks(ranked.map(({ value }) => value))
  const withinBad = midranks(bad.map(({ value }) => value))
  const withinGood = midranks(good.map(({ value }) => value))

  // DeLong's placements: the share of the other kind that each one is on the right side of.
  const placed = { bad: [] as { id: string; share: number }[], good: [] as { id: string; share: number }[] }
  let b = 0
  let g = 0
  for (const [index, { bad: isBad, accountId: id }] of ranked.entries()) {
    const rank = all[index] ?? 0
    if (isBad) placed.bad.push({ id, share: (rank - (withinBad[b++] ?? 0)) / good.length })
    else placed.good.push({ id, share: 1 - (rank - (withinGood[g++] ?? 0)) / bad.length })
  }
  const auc = placed.bad.reduce((sum, { share }) => sum + share, 0) / bad.length
  const spread = NORMAL_95 * Math.sqrt(varianceOf(placed, auc))
  return { auc, low: Math.max(0, auc - spread), high: Math.min(1, auc + spread) }
}

/**
 * An account that is asked about on several dates counts as one witness, not as several (Obuchowski 1997).
 */
function varianceOf(placed: Record<'bad' | 'good', { id: string; share: number }[]>, auc: number): number {
  const byAccount = new Map<string, number>()
  for (const group of [placed.bad, placed.good]) {
    for (const { id, share } of group)
      byAccount.set(id, (byAccount.get(id) ?? 0) + (share - auc) / group.length)
  }
  const sum = [...byAccount.values()].reduce((total, deviation) => total + deviation * deviation, 0)
  return byAccount.size < 2 ? sum : (sum * byAccount.size) / (byAccount.size - 1)
}

/** Ranks from 1; equal values share the mean of theirs. */
function midranks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0))
  const ranks = new Array<number>(values.length)
  for (let from = 0; from < order.length; ) {
    let to = from
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to += 1
    for (let at = from; at < to; at += 1) ranks[order[at] ?? 0] = (from + to + 1) / 2
    from = to
  }
  return ranks
}
