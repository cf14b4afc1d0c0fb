import type { CrmChange } from '../model/change.ts'

/** Who comes first when there is room for few. */

export type Rankable = { urgency: number; change: CrmChange }
export type DigestCandidate = Rankable & { accountId: string }

const MOST_PER_ACCOUNT = 2

/**
 * An owner's cards of the day: the most urgent, at most two of one account, and among them an update and a
 * creation wherever both are there to choose from.
 */
export function pickForDigest<Candidate extends DigestCandidate>(
  candidates: readonly Candidate[],
  limit = 3,
): Candidate[] {
  const ranked = candidates.toSorted((a, b) => b.urgency - a.urgency)
  const picked: Candidate[] = []
  for (const candidate of ranked) {
    if (picked.length < limit && ofAccount(picked, candidate) < MOST_PER_ACCOUNT) picked.push(candidate)
  }
  const missing = limit < 2 ? undefined : otherAction(picked, ranked)
  if (!missing) return picked
  // Every pick has the other action, so any may go: of a full account its own last, else the last of all.
  const full = ofAccount(picked, missing) >= MOST_PER_ACCOUNT
  const leaving = picked.findLast((candidate) => !full || candidate.accountId === missing.accountId)
  return [...picked.filter((candidate) => candidate !== leaving), missing].toSorted(
    (a, b) => b.urgency - a.urgency,
  )
}

/** The same order, but with the first of the missing action among the first `places`. */
export function withBothActions<Item extends Rankable>(ranked: readonly Item[], places: number): Item[] {
  const first = ranked.slice(0, places)
  const missing = otherAction(first, ranked)
  if (!missing || places < 2) return [...ranked]
  const others = ranked.filter((item) => item !== missing)
  return [...others.slice(0, places - 1), missing, ...others.slice(places - 1)]
}

/** The first of `all` whose action none of `picked` has; undefined when both are there or there is no other. */
function otherAction<Item extends Rankable>(picked: readonly Item[], all: readonly Item[]): Item | undefined {
  const actions = new Set(picked.map(({ change }) => change.action))
  return actions.size === 1 ? all.find(({ change }) => !actions.has(change.action)) : undefined
}

function ofAccount(picked: readonly DigestCandidate[], { accountId }: DigestCandidate): number {
  return picked.filter((candidate) => candidate.accountId === accountId).length
}
