import type { Confidence, KindName, Priority } from '../model/review.ts'
import { KINDS } from '../recommendations/kinds.ts'

const HOUR_MS = 3_600_000

/** How long a recommendation holds before its facts must be looked at again. */
const HOLDS_HOURS: Record<Priority, number> = { critical: 24, high: 72, medium: 168, low: 336 }

export function expiryOf(priority: Priority, now: Date): Date {
  return new Date(now.getTime() + HOLDS_HOURS[priority] * HOUR_MS)
}

const PRIORITY_POINTS: Record<Priority, number> = { critical: 100, high: 75, medium: 50, low: 25 }
const WEIGHTS = { priority: 0.4, confidence: 0.3, time: 0.3 } as const

/** 0–100, what to look at first: priority, confidence, time left, and the kind's own weight. */
export function urgencyOf(
  draft: { kind: KindName; priority: Priority; confidence: Confidence; expiresAt: Date },
  now: Date,
): number {
  const points =
    WEIGHTS.priority * PRIORITY_POINTS[draft.priority] +
    WEIGHTS.confidence * draft.confidence.score * 100 +
    WEIGHTS.time * timePoints(draft.expiresAt, now)
  return Math.min(100, points * KINDS[draft.kind].multiplier)
}

function timePoints(expiresAt: Date, now: Date): number {
  const hours = (expiresAt.getTime() - now.getTime()) / HOUR_MS
  if (hours <= HOLDS_HOURS.critical) return 100
  if (hours <= HOLDS_HOURS.high) return 75
  return hours <= HOLDS_HOURS.medium ? 50 : 25
}
