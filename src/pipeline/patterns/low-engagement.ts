import { count } from '../../recommendations/text.ts'
import { activityEvidence } from '../evidence.ts'
import { expectedContact } from './expected-contact.ts'
import { lacking, MOST_CITED, notFound, type PatternDetector, share } from './pattern.ts'

const BASIS = 6
const LOW = 0.5

/** Before a renewal: less than half of the usual contact in 60 days. */
export const lowEngagement: PatternDetector = {
  pattern: 'low_engagement',
  family: 'renewal',
  windowDays: 60,
  yieldsTo: ['engagement_drop', 'inactivity'],
  detect({ touched, renewal }) {
    const { actual, expected, basis, surprise } = expectedContact(
      touched.map(({ daysAgo }) => daysAgo),
      this.windowDays,
    )
    if (basis < BASIS) return lacking(`${BASIS} earlier contacts to know the usual rhythm by`)
    const reason = `${count(actual, 'contact')} in ${this.windowDays} days before the renewal, ${expected.toFixed(1)} being usual.`
    if (actual >= expected * LOW) return notFound(reason)
    return {
      state: 'found',
      confidence: Math.min(0.95, surprise),
      strength: share(1 - actual / expected),
      reason,
      evidence: [...(renewal?.evidence ?? []), ...touched.slice(0, MOST_CITED - 1).map(activityEvidence)],
    }
  },
}
