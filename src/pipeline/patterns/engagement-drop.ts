import { count } from '../../recommendations/text.ts'
import { activityEvidence } from '../evidence.ts'
import { expectedContact } from './expected-contact.ts'
import { lacking, MOST_CITED, notFound, type PatternDetector, share } from './pattern.ts'

/** Fewer earlier contacts than this are chance, not a habit. */
const BASIS = 6
const DROP = 0.5

/** Half the usual contact or less in 30 days, beyond what chance and the season explain. */
export const engagementDrop: PatternDetector = {
  pattern: 'engagement_drop',
  family: 'churn',
  windowDays: 30,
  yieldsTo: ['engagement_drop', 'inactivity'],
  detect({ touched }) {
    const { actual, expected, basis, season, surprise } = expectedContact(
      touched.map(({ daysAgo }) => daysAgo),
      this.windowDays,
    )
    if (basis < BASIS) return lacking(`${BASIS} earlier contacts to know the usual rhythm by`)
    const usual = `${expected.toFixed(1)} being usual${season === 1 ? '' : ' at this time of the year'}`
    const reason = `${count(actual, 'contact')} in ${this.windowDays} days, ${usual}.`
    if (actual > expected * (1 - DROP)) return notFound(reason)
    return {
      state: 'found',
      confidence: Math.min(0.95, surprise),
      strength: share(1 - actual / expected),
      reason,
      evidence: touched.slice(0, MOST_CITED).map(activityEvidence),
    }
  },
}
