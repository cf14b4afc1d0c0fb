import type { Risk } from '../model/signal.ts'
import { type AccountFacts, isWatched, touches } from '../pipeline/facts.ts'
import { scout } from '../pipeline/scout.ts'
import { asKnown } from './as-known.ts'
import { type AccountHistory, evening, type HistorySource } from './history.ts'
import { type Outcome, outcomeOf } from './outcome.ts'

/** One account on one date: what the product would have said that evening, and what became of it. */
export type Replayed = {
  asOf: string
  accountId: string
  risk: Risk
  /** What a plain list would go by: higher is worse, as with the risk. */
  plain: { recency: number; frequency: number }
  /** Null while the data end before the horizon does. */
  outcome: Outcome | null
}

const DAY_MS = 86_400_000
const FREQUENCY_DAYS = 90

/** The accounts that were watched on each date, scored as the product scores them. */
export async function* replay(
  source: HistorySource,
  { dates, horizonDays }: { dates: readonly string[]; horizonDays: number },
): AsyncGenerator<Replayed> {
  for await (const history of source.accounts()) {
    for (const asOf of dates) {
      const at = evening(asOf)
      const facts = asKnown(history, { at, followed: source.followedBy(at) })
      if (facts === null || !isWatched(facts)) continue
      yield {
        asOf,
        accountId: history.account.id,
        risk: scout(facts, at).risk,
        plain: plainOf(facts, at),
        outcome: outcomeAfter(history, { at, horizonDays, last: source.days?.last ?? asOf }),
      }
    }
  }
}

/** The last day of the horizon. */
export function horizonEnd(asOf: string, horizonDays: number): string {
  return new Date(evening(asOf).getTime() + horizonDays * DAY_MS).toISOString().slice(0, 10)
}

function plainOf(facts: AccountFacts, at: Date): Replayed['plain'] {
  const touched = touches(facts, at)
  const [last] = touched
  const since = at.getTime() - FREQUENCY_DAYS * DAY_MS
  return {
    recency: last ? (at.getTime() - last.at.getTime()) / DAY_MS : Number.MAX_SAFE_INTEGER,
    frequency: -touched.filter((touch) => touch.at.getTime() > since).length,
  }
}

function outcomeAfter(
  history: AccountHistory,
  { at, horizonDays, last }: { at: Date; horizonDays: number; last: string },
): Outcome | null {
  const until = evening(horizonEnd(at.toISOString().slice(0, 10), horizonDays))
  return until > evening(last) ? null : outcomeOf(history, { from: at, until })
}
