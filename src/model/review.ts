import { z } from 'zod'
import type { Account, Activity, Contact, Deal } from './account.ts'
import type { CrmChange } from './change.ts'
import type { Module } from './field.ts'
import type { Owner } from './owner.ts'
import type {
  EngagementCycle,
  ExecutiveAlignment,
  FoundPattern,
  PatternFinding,
  PatternName,
  Relationship,
  Sentiment,
} from './pattern.ts'
import { Evidence, type Risk, type Severity, type Signal } from './signal.ts'

/** One field of one record that moved, as sync saw it. */
export type FieldChange = {
  module: Module
  recordId: string
  accountId: string | null
  /** Our name of the field; `record` for a record that appeared or went. */
  field: string
  old: string | null
  new: string | null
  at: Date
}

/** What the CRM knew about an account at one instant, and what we read into it. */
export type Snapshot = {
  account: Account
  owner: Owner | null
  contacts: Contact[]
  deals: Deal[]
  /** Newest first, at most 200. */
  activities: Activity[]
  /** Newest first, of the last 90 days. */
  changes: FieldChange[]
  signals: Signal[]
  risk: Risk
  /** 0–100, higher is better. */
  health: { score: number; reasons: string[] }
  /** 0–100: which account first. */
  priority: number
  /** The last contact that happened, and how many whole days ago; null when there is none on record. */
  lastTouch: { activity: Activity; daysAgo: number } | null
  /** A won deal and not closed since. */
  isCustomer: boolean
  openAmount: number
  /** What was not available, in words for a person. */
  missing: string[]
  takenAt: Date
  /** When the mirror last agreed with the CRM. */
  asOf: Date | null
}

export const TimelineEvent = z.object({
  at: z.string(),
  kind: z.enum(['meeting', 'call', 'email', 'note', 'task', 'change', 'deal', 'decision']),
  text: z.string(),
  evidence: Evidence.nullable(),
})
export type TimelineEvent = z.infer<typeof TimelineEvent>

/** What was proposed before and what became of it. */
export type PastRecommendation = {
  id: string
  kind: KindName
  title: string
  state: RecommendationState
  reason: string | null
  proposedAt: Date
  decidedAt: Date | null
  subjectId: string
}

export type History = {
  /** Newest first, at most 50. */
  timeline: TimelineEvent[]
  past: PastRecommendation[]
  /** Contact per 30 days: in the last 30 days, and on average over the 150 before. */
  rhythm: { recent: number; usual: number }
  /** Accepted and decided recommendations of this owner, per kind. */
  acceptance: Partial<Record<KindName, { accepted: number; decided: number }>>
  /** "Don't suggest this": kinds suppressed for this account. */
  suppressed: KindName[]
  /** One for each pattern there is, whatever came of it. */
  patterns: PatternFinding[]
  sentiment: Sentiment
  cycle: EngagementCycle
  relationship: Relationship
  executives: ExecutiveAlignment
  summary: string
}

export const KIND_NAMES = [
  'follow_up_email',
  'schedule_meeting',
  'create_task',
  'update_account',
  'renewal_reminder',
  'upsell_opportunity',
  'risk_mitigation',
  'executive_alignment',
  're_engagement',
  'escalation',
] as const
export const KindName = z.enum(KIND_NAMES)
export type KindName = z.infer<typeof KindName>

export const Priority = z.enum(['critical', 'high', 'medium', 'low'])
export type Priority = z.infer<typeof Priority>

/** A sentence of the card's "why", and the records it rests on. */
export const Rationale = z.object({ text: z.string(), evidence: z.array(Evidence).min(1) })
export type Rationale = z.infer<typeof Rationale>

/** Who wrote it. */
export const Author = z.enum(['model', 'rules'])
export type Author = z.infer<typeof Author>

/** What an author proposes: a kind and its filled form. The kind's `change()` makes the CRM write of it. */
export type Draft = {
  kind: KindName
  form: unknown
  /** The record it is about. */
  subject: { module: 'Accounts' | 'Deals'; recordId: string }
  priority: Priority
  rationale: Rationale[]
  /** How often the pattern behind it was seen, and how sure it is, 0–1. */
  pattern: { strength: number; reason: string }
  author: Author
}

export const Confidence = z.object({
  score: z.number().min(0).max(1),
  level: z.enum(['high', 'medium', 'low']),
  factors: z.object({
    evidence: z.number(),
    recency: z.number(),
    pattern: z.number(),
    history: z.number(),
  }),
  /** In words, e.g. "one source, 3 days old". */
  reason: z.string(),
})
export type Confidence = z.infer<typeof Confidence>

/** What kind of power an approval gives; roles are checked per class. */
export const ActionClass = z.enum(['activity', 'field', 'amount', 'ownership', 'closing'])
export type ActionClass = z.infer<typeof ActionClass>

/** Text for a person to copy; when approved it stands in the task that carries it. */
export const DraftText = z.object({ subject: z.string(), body: z.string() })
export type DraftText = z.infer<typeof DraftText>

/** A draft that passed compliance. */
export type ReviewedDraft = {
  kind: KindName
  subject: { module: 'Accounts' | 'Deals'; recordId: string }
  /** Outcome first, without the account's name, at most 100 characters. */
  title: string
  priority: Priority
  /** 0–100, for ranking. */
  urgency: number
  rationale: Rationale[]
  evidence: Evidence[]
  confidence: Confidence
  draft: DraftText | null
  change: CrmChange
  actionClass: ActionClass
  /** Kinds of personal data in the change's text, e.g. `email`. */
  piiKinds: string[]
  author: Author
  /** Same key: the same suggestion. */
  dedupeKey: string
  expiresAt: Date
}

/** Why a draft did not become a recommendation. */
export type Refusal = { kind: KindName; rule: string; reason: string }

/**
 * `open`: not yet shown. `shown`: its approval is pending. The rest are final and name what happened to it.
 */
export const RecommendationState = z.enum([
  'open',
  'shown',
  'accepted',
  'rejected',
  'expired',
  'superseded',
  'withdrawn',
  'stale',
  'suppressed',
])
export type RecommendationState = z.infer<typeof RecommendationState>

export const ReviewState = z.enum([
  'received',
  'scouting',
  'remembering',
  'authoring',
  'complying',
  'awaiting_approval',
  'executing',
  'completed',
  'failed',
])
export type ReviewState = z.infer<typeof ReviewState>

export const ReviewTrigger = z.enum(['schedule', 'webhook', 'request', 'onboarding', 'after_conflict'])
export type ReviewTrigger = z.infer<typeof ReviewTrigger>

/** The account in one line, as kept with its review for digest, portfolio and brief. */
export type AccountStanding = {
  accountId: string
  name: string
  risk: Risk
  health: number
  priority: number
  signals: Signal[]
  severity: Severity | null
  /** Absent in reviews of before there were patterns. */
  patterns?: StandingPatterns
}

/** Of the patterns only what a person is told: what is news, and what could not be measured for want of data. */
export type StandingPatterns = {
  found: Pick<FoundPattern, 'pattern' | 'reason' | 'evidence'>[]
  notMeasured: { pattern: PatternName; missing: string }[]
  relationship: Relationship
}
