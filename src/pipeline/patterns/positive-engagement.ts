import { count } from '../../recommendations/text.ts'
import { activityEvidence } from '../evidence.ts'
import { lacking, MOST_CITED, notFound, type PatternDetector } from './pattern.ts'
import { sayingsWithin, scored } from './sayings.ts'

const LEAST = 5
const SHARE = 0.7
const POSITIVE = 0.5

/** Much contact in 30 days, and most of what they said in it clearly positive. */
export const positiveEngagement: PatternDetector = {
  pattern: 'positive_engagement',
  family: 'upsell',
  windowDays: 30,
  yieldsTo: ['sentiment_decline', 'renewal_sentiment'],
  detect({ touched, sayings, clock }) {
    const talks = touched.filter(({ daysAgo }) => daysAgo < this.windowDays)
    const texts = scored(sayingsWithin(sayings, this.windowDays, clock))
    if (texts.length < LEAST) {
      if (talks.length < LEAST)
        return notFound(`${count(talks.length, 'contact')} in ${this.windowDays} days.`)
      return lacking(
        `words on at least ${LEAST} of the ${talks.length} contacts of the last ${this.windowDays} days (${texts.length} have some)`,
      )
    }
    const positive = texts.filter(({ sentiment }) => sentiment > POSITIVE)
    const reason = `${positive.length} of ${count(texts.length, 'text')} of the last ${this.windowDays} days sound clearly positive.`
    if (positive.length < SHARE * texts.length) return notFound(reason)
    return {
      state: 'found',
      confidence: Math.min(0.9, 0.5 + 0.04 * texts.length),
      strength: positive.length / texts.length,
      reason,
      evidence: positive.slice(0, MOST_CITED).map(({ activity }) => activityEvidence(activity)),
    }
  },
}
