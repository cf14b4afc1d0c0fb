import type { Evidence } from './signal.ts'

export const HABIT_KINDS = [
  'touch_rhythm',
  'response_time',
  'coverage_gap',
  'stalled_share',
  'before_wins',
  'before_renewals',
  'load',
] as const
export type HabitKind = (typeof HABIT_KINDS)[number]

/**
 * How one owner works, in one measured sentence for that owner: never a mark, and never a place among others.
 */
export type OwnerHabit = {
  kind: HabitKind
  ownerId: string
  /** With the figure, and how many observations it rests on. */
  text: string
  value: number
  unit: 'days' | 'hours' | 'share' | 'contacts' | 'accounts'
  /** Never below 20: of less nothing is said. */
  observations: number
  /** At least one record it rests on, at most three. */
  evidence: Evidence[]
}
