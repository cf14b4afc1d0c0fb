import { count } from '../../recommendations/text.ts'
import { activityEvidence } from '../evidence.ts'
import { lacking, MOST_CITED, notFound, type PatternDetector, share } from './pattern.ts'
import { average, type Scored, sayingsWithin, scored } from './sayings.ts'

const LEAST = 5
const DECLINE = 0.3
/** From delighted to content is nothing to worry about. */
const STILL_CONTENT = 0.3

/** The newer half of what they said in half a year sounds clearly worse than the older half. */
export const sentimentDecline: PatternDetector = {
  pattern: 'sentiment_decline',
  family: 'churn',
  windowDays: 180,
  yieldsTo: ['renewal_sentiment'],
  detect({ sayings, clock }) {
    const texts = scored(sayingsWithin(sayings, this.windowDays, clock))
    if (texts.length < LEAST)
      return lacking(`${LEAST} letters, notes or minutes whose tone can be read (${texts.length} on record)`)
    const { recent, before } = halves(texts)
    const decline = average(before) - average(recent)
    const tone = `The tone of ${count(texts.length, 'text')} went from ${signed(average(before))} to ${signed(average(recent))} on a scale of −1 to 1.`
    if (decline < DECLINE || average(recent) > STILL_CONTENT) return notFound(tone)
    return {
      state: 'found',
      confidence: Math.min(0.95, 0.55 + 0.03 * texts.length),
      strength: share(decline),
      reason: tone,
      evidence: worstOf(recent),
    }
  },
}

/** @param texts newest first; of an odd number the middle one counts as old news */
export function halves(texts: readonly Scored[]): { recent: Scored[]; before: Scored[] } {
  const middle = Math.floor(texts.length / 2)
  return { recent: texts.slice(0, middle), before: texts.slice(middle) }
}

export function worstOf(texts: readonly Scored[]) {
  return texts
    .toSorted((a, b) => a.sentiment - b.sentiment)
    .slice(0, MOST_CITED)
    .map(({ activity }) => activityEvidence(activity))
}

export function signed(score: number): string {
  const figure = Math.abs(score).toFixed(1)
  return figure === '0.0' ? figure : `${score < 0 ? '−' : '+'}${figure}`
}
