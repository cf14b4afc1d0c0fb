/**
 * What the same months of the year before say about silence: it is no news where it came then too, and contact that
 * came then is to be expected again. Only what clearly differs from the usual counts, and only with a year on record.
 */
export type Season = {
  /** How much of the usual contact belongs to the days of silence, 1 when the season says nothing. */
  behind: number
  /** The same for the quarter to come. */
  ahead: number
}

const YEAR_DAYS = 365
const AHEAD_DAYS = 90
/** The calendar is not kept to the day. */
const SLACK_DAYS = 15
/** The year around a season, against which it is held. */
const AROUND_DAYS = 180
/** Silence longer than this reaches into the months it would be compared with. */
const MOST_SILENT_DAYS = 250
/** Below this, days without contact are no silence that a season could explain. */
const LEAST_SILENT_DAYS = 14
/** In standard deviations: smaller differences are chance. */
const CHANCE = 0.6
const DAMPING = 0.5
const MOST = 3

/** @param ages of the contacts, in days, each day once @param first age of the relation in days */
export function seasonOf(
  ages: readonly number[],
  { first, silent }: { first: number; silent: number },
): Season {
  if (first < YEAR_DAYS + 2 * SLACK_DAYS || silent >= MOST_SILENT_DAYS) return { behind: 1, ahead: 1 }
  const share = (from: number, until: number) =>
    Math.min(MOST, seasonalShare(ages, { from: from - SLACK_DAYS, until: until + SLACK_DAYS, first, silent }))
  return {
    behind: silent < LEAST_SILENT_DAYS ? 1 : share(YEAR_DAYS, YEAR_DAYS + silent),
    ahead: share(YEAR_DAYS - AHEAD_DAYS, YEAR_DAYS),
  }
}

/** Contact in a stretch of the past, against what the year around it would give. */
function seasonalShare(
  ages: readonly number[],
  { from, until, first, silent }: { from: number; until: number; first: number; silent: number },
): number {
  const within = (low: number, high: number) => ages.filter((age) => age >= low && age < high).length
  const yearFrom = Math.max(from - AROUND_DAYS, silent)
  const yearUntil = Math.min(until + AROUND_DAYS, first)
  const pace = within(yearFrom, yearUntil) / Math.max(60, yearUntil - yearFrom)
  const expected = pace * (until - from)
  const difference = within(from, until) - expected
  const clear = Math.max(0, Math.abs(difference) - CHANCE * Math.sqrt(expected + 0.25))
  return Math.max(0, expected + Math.sign(difference) * clear + DAMPING) / (expected + DAMPING)
}
