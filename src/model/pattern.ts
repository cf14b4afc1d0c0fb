import { z } from 'zod'
import { Evidence, SignalKind } from './signal.ts'

/** What keeps coming back about an account, beyond what one signal can say. */

export const PATTERN_NAMES = [
  'engagement_drop',
  'executive_changes',
  'deal_stall',
  'sentiment_decline',
  'missed_meetings',
  'usage_growth',
  'feature_adoption',
  'expansion',
  'positive_engagement',
  'commitment_gaps',
  'renewal_sentiment',
  'budget_concerns',
  'competitor_mentions',
  'low_engagement',
] as const
export const PatternName = z.enum(PATTERN_NAMES)
export type PatternName = z.infer<typeof PatternName>

export const PatternFamily = z.enum(['churn', 'upsell', 'renewal'])
export type PatternFamily = z.infer<typeof PatternFamily>

const shared = {
  pattern: PatternName,
  family: PatternFamily,
  /** One sentence with the figures in it; what was not measured says why. */
  reason: z.string(),
  /** The days that were looked at, in the owner's calendar, both included. */
  window: z.object({ from: z.string(), to: z.string() }),
}

export const PatternFinding = z.discriminatedUnion('state', [
  z.object({
    ...shared,
    state: z.literal('found'),
    /** How sure it is, 0–1. */
    confidence: z.number(),
    /** How much of it there is, 0–1. */
    strength: z.number(),
    evidence: z.array(Evidence).min(1),
    /** What else says the same already, so that nobody is told twice; null when only this does. */
    saidBy: z.union([SignalKind, PatternName]).nullable(),
  }),
  z.object({ ...shared, state: z.literal('not found') }),
  z.object({
    ...shared,
    state: z.literal('not measured'),
    /** The data it lacks, in words; null when it does not apply to such an account, or not yet. */
    missing: z.string().nullable(),
  }),
])
export type PatternFinding = z.infer<typeof PatternFinding>
export type FoundPattern = Extract<PatternFinding, { state: 'found' }>

/** Found, and not said by anything else. */
export function isNews(finding: PatternFinding): finding is FoundPattern {
  return finding.state === 'found' && finding.saidBy === null
}

/** Something the customer was promised, or promised us. */
export type KnownCommitment = {
  madeAt: Date
  /** Null when nobody said by when. */
  dueAt: Date | null
  keptAt: Date | null
  evidence: readonly Evidence[]
}

/** −1 to 1, from what the customer's own words and the notes about them say. */
export type Sentiment =
  | { trend: 'unknown'; dataPoints: number }
  | {
      trend: 'improving' | 'stable' | 'declining'
      overall: number
      recent: number
      before: number
      dataPoints: number
    }

export type EngagementCycle =
  | { state: 'not measured'; reason: string }
  | {
      state: 'regular' | 'irregular'
      /** The usual days from one contact to the next. */
      everyDays: number
      /** When the next would be due; null without a regular rhythm. */
      nextBy: string | null
      reason: string
    }

export const RelationshipLevel = z.enum(['strong', 'moderate', 'weak', 'at_risk', 'unknown'])
export type RelationshipLevel = z.infer<typeof RelationshipLevel>

/** `score` is 0–1; null, and the level unknown, while too little of it can be measured. */
export const Relationship = z.object({
  level: RelationshipLevel,
  score: z.number().nullable(),
  reasons: z.array(z.string()),
  notMeasured: z.array(z.string()),
})
export type Relationship = z.infer<typeof Relationship>

/** Whether those who decide over there talk with us. */
export type ExecutiveAlignment =
  | { state: 'not measured'; reason: string }
  | {
      state: 'aligned' | 'partly' | 'none'
      /** Share of the known executives in contact lately, 0–1. */
      share: number
      reason: string
      evidence: Evidence[]
    }
