/**
 * How much contact an account would have by its own habit, at this time of its year: what is quiet every August is
 * no drop in August. Nothing is compared with a constant or with other accounts.
 */
export type Expected = {
  /** Contacts in the window. */
  actual: number
  /** Contacts that would be usual in the window. */
  expected: number
  /** How many earlier contacts that rests on. */
  basis: number
  /** 1 when this season is like any other, or is not known. */
  season: number
  /** 0–1: how unlikely so little contact would be by chance alone. */
  surprise: number
}

/** How far before the window the habit is looked at. */
const HABIT_DAYS = 150
const YEAR_DAYS = 365
/** Fewer contacts than this, a year ago, tell nothing about the season. */
const SEASON_BASIS = 6
const SEASON_LIMITS = { least: 0.1, most: 1.5 } as const

/**
 * @param ages of all contacts that happened, in days, in ascending order
 * @param days length of the window that ends today
 */
export function expectedContact(ages: readonly number[], days: number): Expected {
  const actual = within(ages, 0, days)
  const habit = rate(ages, days, HABIT_DAYS)
  const season = seasonOf(ages, days)
  const expected = habit.perDay * days * season
  return { actual, expected, basis: habit.basis, season, surprise: 1 - atMost(actual, expected) }
}

function within(ages: readonly number[], from: number, to: number): number {
  return ages.filter((age) => age >= from && age < to).length
}

/** A relation younger than the span is measured over the time it has lasted, and never over less than the window. */
function rate(ages: readonly number[], from: number, span: number): { perDay: number; basis: number } {
  const basis = within(ages, from, from + span)
  const oldest = ages.at(-1) ?? 0
  const lasted = Math.min(span, Math.max(from, oldest - from + 1))
  return { perDay: basis === 0 ? 0 : basis / lasted, basis }
}

/** The same weeks a year ago against the months before them. */
function seasonOf(ages: readonly number[], days: number): number {
  const before = rate(ages, YEAR_DAYS + days, HABIT_DAYS)
  const isWholeYearOnRecord = (ages.at(-1) ?? 0) >= YEAR_DAYS + days + HABIT_DAYS / 2
  if (before.basis < SEASON_BASIS || !isWholeYearOnRecord) return 1
  // One contact is added on both sides: none at all a year ago is little, but not never.
  const then = within(ages, YEAR_DAYS, YEAR_DAYS + days) + 1
  const season = then / (before.perDay * days + 1)
  return Math.min(SEASON_LIMITS.most, Math.max(SEASON_LIMITS.least, season))
}

/** Chance of at most `count` events where `mean` are usual (Poisson). */
function atMost(count: number, mean: number): number {
  if (mean <= 0) return 1
  let term = Math.exp(-mean)
  let sum = term
  for (let k = 1; k <= count; k += 1) {
    term *= mean / k
    sum += term
  }
  return Math.min(1, sum)
}
