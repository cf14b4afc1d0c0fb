import type { PatternName, RelationshipLevel } from '../model/pattern.ts'
import type { StandingPatterns } from '../model/review.ts'
import { bullets, joined, type Mrkdwn, mrkdwn, oneLine, truncateWords } from '../slack/mrkdwn.ts'

/** What the account's history shows, in an owner's words, and what it could not show for want of data. */

const PATTERN_WORDS: Record<PatternName, string> = {
  engagement_drop: 'Contact has dropped',
  executive_changes: 'New people decide',
  deal_stall: 'A deal lies untouched',
  sentiment_decline: 'The tone is getting worse',
  missed_meetings: 'Meetings do not take place',
  usage_growth: 'They use it more',
  feature_adoption: 'They put features to use',
  expansion: 'They are growing',
  positive_engagement: 'They are content',
  commitment_gaps: 'Promises are overdue',
  renewal_sentiment: 'Bad tone before the renewal',
  budget_concerns: 'Worried about money before the renewal',
  competitor_mentions: 'Other offers before the renewal',
  low_engagement: 'Little contact before the renewal',
}

/** What was to be measured, after "Not measured:". */
const SUBJECTS: Record<PatternName, string> = {
  engagement_drop: 'drop of contact',
  executive_changes: 'changes of executives',
  deal_stall: 'untouched deals',
  sentiment_decline: 'change of tone',
  missed_meetings: 'missed meetings',
  usage_growth: 'usage',
  feature_adoption: 'use of features',
  expansion: 'growth',
  positive_engagement: 'positive talks',
  commitment_gaps: 'overdue promises',
  renewal_sentiment: 'tone before the renewal',
  budget_concerns: 'budget concerns',
  competitor_mentions: 'competitors',
  low_engagement: 'contact before the renewal',
}

const RELATIONSHIP_WORDS: Record<RelationshipLevel, string> = {
  strong: 'strong',
  moderate: 'good',
  weak: 'weak',
  at_risk: 'in danger',
  unknown: 'not measured',
}

const LINES = 5
const LENGTH = 300

export function patternLines({ found, relationship }: StandingPatterns): Mrkdwn {
  const lines = found
    .slice(0, LINES)
    .map(
      ({ pattern, reason }) => mrkdwn`*${PATTERN_WORDS[pattern]}.* ${truncateWords(oneLine(reason), LENGTH)}`,
    )
  const why =
    relationship.reasons.length > 0 ? ` ${truncateWords(relationship.reasons.join(' '), LENGTH)}` : ''
  const relation = mrkdwn`Relationship: ${RELATIONSHIP_WORDS[relationship.level]}.${why}`
  return joined(
    [
      mrkdwn`*Patterns*`,
      lines.length > 0 ? bullets(lines) : mrkdwn`None found in what could be measured.`,
      ...(found.length > LINES ? [mrkdwn`and ${found.length - LINES} more`] : []),
      relation,
    ],
    '\n',
  )
}

/** `Not measured: usage, growth (needs …); missed meetings (needs …).`; null when nothing was missing. */
export function notMeasuredLine({ notMeasured }: StandingPatterns): string | null {
  const byMissing = new Map<string, string[]>()
  for (const { pattern, missing } of notMeasured) {
    byMissing.set(missing, [...(byMissing.get(missing) ?? []), SUBJECTS[pattern]])
  }
  const groups = [...byMissing].map(([missing, subjects]) => `${subjects.join(', ')} (needs ${missing})`)
  return groups.length === 0 ? null : truncateWords(`Not measured: ${groups.join('; ')}.`, 1500)
}
