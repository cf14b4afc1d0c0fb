import { isNews, type PatternFamily } from '../model/pattern.ts'
import type { Rationale } from '../model/review.ts'
import type { Case } from './author-case.ts'

/** What else was found in these families, as sentences for a card that is made anyway. */
export function patternReasons({ history, signal }: Case, families: readonly PatternFamily[]): Rationale[] {
  return history.patterns
    .filter(isNews)
    .filter(({ family, reason }) => families.includes(family) && reason !== signal.reason)
    .map(({ reason, evidence }) => ({ text: reason, evidence }))
}
