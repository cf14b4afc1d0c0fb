import { count } from '../../recommendations/text.ts'
import { lacking, notFound, type PatternDetector, share } from './pattern.ts'
import { average, sayingsWithin, scored } from './sayings.ts'
import { signed, worstOf } from './sentiment-decline.ts'

const LEAST = 3
const NEGATIVE = -0.2

/** What they said in the 60 days before a renewal sounds negative on the whole. */
export const renewalSentiment: PatternDetector = {
  pattern: 'renewal_sentiment',
  family: 'renewal',
  windowDays: 60,
  yieldsTo: [],
  detect({ sayings, clock }) {
    const texts = scored(sayingsWithin(sayings, this.windowDays, clock))
    if (texts.length < LEAST)
      return lacking(
        `${LEAST} letters, notes or minutes of the last ${this.windowDays} days whose tone can be read (${texts.length} on record)`,
      )
    const tone = `The tone of ${count(texts.length, 'text')} before the renewal is ${signed(average(texts))} on a scale of −1 to 1.`
    if (average(texts) >= NEGATIVE) return notFound(tone)
    return {
      state: 'found',
      confidence: Math.min(0.95, 0.6 + 0.05 * texts.length),
      strength: share(-average(texts)),
      reason: tone,
      evidence: worstOf(texts),
    }
  },
}
