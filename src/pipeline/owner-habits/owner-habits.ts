import type { HabitKind, OwnerHabit } from '../../model/owner-habit.ts'
import type { Clock } from '../../recommendations/calendar.ts'
import { beforeRenewals, beforeWins } from './before-outcomes.ts'
import { coverageGap } from './coverage-gap.ts'
import type { Measure, OwnerRecords } from './habit.ts'
import { load } from './load.ts'
import { responseTime } from './response-time.ts'
import { stalledShare } from './stalled-share.ts'
import { touchRhythm } from './touch-rhythm.ts'

/**
 * How an owner works, read from what the CRM says of their accounts. It measures and does not judge: no finding rests
 * on fewer than 20 observations, and nothing here puts one person above another.
 */

const FEWEST_OBSERVATIONS = 20

const MEASURES: Readonly<Record<HabitKind, Measure>> = {
  touch_rhythm: touchRhythm,
  response_time: responseTime,
  coverage_gap: coverageGap,
  stalled_share: stalledShare,
  before_wins: beforeWins,
  before_renewals: beforeRenewals,
  load,
}

export function habitsOf(records: OwnerRecords, clock: Clock): OwnerHabit[] {
  return Object.values(MEASURES).flatMap((measure) => {
    const habit = measure(records, clock)
    if (!habit || habit.observations < FEWEST_OBSERVATIONS || habit.evidence.length === 0) return []
    return [{ ...habit, ownerId: records.ownerId }]
  })
}
