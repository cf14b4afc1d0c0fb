import type { PatternFamily, PatternName } from '../../model/pattern.ts'
import { line } from '../../recommendations/text.ts'
import { activityEvidence } from '../evidence.ts'
import { lacking, MOST_CITED, notFound, type PatternDetector, share } from './pattern.ts'
import { sayingsWithin } from './sayings.ts'
import { type Mention, mentionsOf, type Theme } from './themes.ts'

/** Something that several records speak of: how the detectors of words work. */
export type Spoken = {
  pattern: PatternName
  family: PatternFamily
  windowDays: number
  theme: Theme
  /** Records that must speak of it. */
  least: number
  /** What they speak of, after "speak of" or "speaks of". */
  about: string
  confidence(mentions: readonly Mention[]): number
  yieldsTo?: PatternDetector['yieldsTo']
}

const QUOTE_LENGTH = 120

export function mentioned({
  theme,
  least,
  about,
  confidence,
  yieldsTo = [],
  ...row
}: Spoken): PatternDetector {
  return {
    ...row,
    yieldsTo,
    detect({ sayings, clock }) {
      const { windowDays: days } = row
      if (!sayingsWithin(sayings, days, clock).some(({ isReadable }) => isReadable)) {
        return lacking(`words of theirs in the last ${days} days: a letter, a note or minutes`)
      }
      const mentions = mentionsOf(theme, sayings, { days, clock })
      const [newest] = mentions
      const records = mentions.length === 1 ? '1 record speaks' : `${mentions.length} records speak`
      if (!newest || mentions.length < least) return notFound(`${records} of ${about} in ${days} days.`)
      return {
        state: 'found',
        confidence: Math.min(0.95, confidence(mentions)),
        strength: share(mentions.length / (2 * least)),
        reason: `${records} of ${about} in ${days} days, the newest saying “${line(newest.sentence, QUOTE_LENGTH)}”.`,
        evidence: mentions.slice(0, MOST_CITED).map(({ activity }) => activityEvidence(activity)),
      }
    },
  }
}
