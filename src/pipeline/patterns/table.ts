import type { PatternName } from '../../model/pattern.ts'
import { budgetConcerns } from './budget-concerns.ts'
import { commitmentGaps } from './commitment-gaps.ts'
import { competitorMentions } from './competitor-mentions.ts'
import { dealStall } from './deal-stall.ts'
import { engagementDrop } from './engagement-drop.ts'
import { executiveChanges } from './executive-changes.ts'
import { expansion } from './expansion.ts'
import { featureAdoption } from './feature-adoption.ts'
import { lowEngagement } from './low-engagement.ts'
import { missedMeetings } from './missed-meetings.ts'
import type { PatternDetector } from './pattern.ts'
import { positiveEngagement } from './positive-engagement.ts'
import { renewalSentiment } from './renewal-sentiment.ts'
import { sentimentDecline } from './sentiment-decline.ts'
import { usageGrowth } from './usage-growth.ts'

/** THE table: every pattern there is, and what looks for it. */
export const PATTERNS: Readonly<Record<PatternName, PatternDetector>> = {
  engagement_drop: engagementDrop,
  executive_changes: executiveChanges,
  deal_stall: dealStall,
  sentiment_decline: sentimentDecline,
  missed_meetings: missedMeetings,
  usage_growth: usageGrowth,
  feature_adoption: featureAdoption,
  expansion,
  positive_engagement: positiveEngagement,
  commitment_gaps: commitmentGaps,
  renewal_sentiment: renewalSentiment,
  budget_concerns: budgetConcerns,
  competitor_mentions: competitorMentions,
  low_engagement: lowEngagement,
}
