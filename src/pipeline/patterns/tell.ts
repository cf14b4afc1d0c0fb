import { isNews } from '../../model/pattern.ts'
import type { History, StandingPatterns } from '../../model/review.ts'

/** What of the patterns is kept with a review, for the account's brief. */
export function patternsToTell({ patterns, relationship }: History): StandingPatterns {
  return {
    found: patterns.filter(isNews).map(({ pattern, reason, evidence }) => ({ pattern, reason, evidence })),
    notMeasured: patterns.flatMap((finding) =>
      finding.state === 'not measured' && finding.missing !== null
        ? [{ pattern: finding.pattern, missing: finding.missing }]
        : [],
    ),
    relationship,
  }
}
