import type { OwnerHabit } from '../../model/owner-habit.ts'
import type { Clock } from '../../recommendations/calendar.ts'
import type { AccountFacts } from '../facts.ts'

/** What the mirror holds of one owner's accounts, and how many accounts each colleague has: figures without names. */
export type OwnerRecords = {
  ownerId: string
  accounts: readonly AccountFacts[]
  colleagueLoads: readonly number[]
}

/** Measures one habit; null when there is nothing to measure. How much is enough is not its business. */
export type Measure = (records: OwnerRecords, clock: Clock) => Omit<OwnerHabit, 'ownerId'> | null

/** The middle value, of an even number the mean of the two; null of none. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.ceil(sorted.length / 2) - 1]
  return upper === undefined || lower === undefined ? null : (upper + lower) / 2
}

/** `3.5`, `4`. */
export function rounded(value: number): string {
  return String(Math.round(value * 10) / 10)
}
