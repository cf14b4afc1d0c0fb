import { activityEvidence } from '../evidence.ts'
import { isWatched, touches } from '../facts.ts'
import { rhythm } from '../rhythm.ts'
import { type Detector, onAccount } from './signal.ts'

/** Fewer earlier touches than this are chance, not a rhythm. */
const BASIS = 6
const DROP = 0.5

export const engagementDrop: Detector = (facts, clock) => {
  if (!isWatched(facts)) return []
  const touched = touches(facts, clock.now)
  const { recent, usual, basis } = rhythm(
    touched.map(({ at }) => at),
    clock,
  )
  if (basis < BASIS || recent > usual * (1 - DROP)) return []
  return [
    onAccount('engagement_drop', 'medium', facts.account, {
      reason: `Contact fell to ${recent} in the last 30 days, from ${usual.toFixed(1)} per 30 days before.`,
      evidence: touched.slice(0, 3).map(activityEvidence),
      value: Math.round((1 - recent / usual) * 100),
    }),
  ]
}
