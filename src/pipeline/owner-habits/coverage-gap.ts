import { dayBegan } from '../../recommendations/calendar.ts'
import { accountEvidence } from '../evidence.ts'
import { isWatched, touches } from '../facts.ts'
import type { Measure } from './habit.ts'

const GAP_DAYS = 60

/** Customers and accounts with an open deal that nobody was in contact with for two months. */
export const coverageGap: Measure = ({ accounts }, clock) => {
  const since = dayBegan(GAP_DAYS, clock)
  const watched = accounts.filter(isWatched)
  const silent = watched.filter((facts) => {
    const [last] = touches(facts, clock.now)
    const { createdAt } = facts.account
    // One that is new could not be in contact for long.
    return last ? last.at < since : createdAt !== null && createdAt < since
  })
  if (watched.length === 0) return null
  const shown = silent.length > 0 ? silent : watched
  return {
    kind: 'coverage_gap',
    text: `${silent.length} of ${watched.length} customers and accounts with an open deal had no contact for ${GAP_DAYS} days.`,
    value: silent.length / watched.length,
    unit: 'share',
    observations: watched.length,
    evidence: shown.slice(0, 3).map(({ account }) => accountEvidence(account)),
  }
}
