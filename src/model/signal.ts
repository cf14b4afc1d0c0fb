import { z } from 'zod'

/** Where a statement comes from: always a record of the CRM. */
export const Evidence = z.object({
  module: z.enum(['Accounts', 'Contacts', 'Deals', 'Tasks', 'Events', 'Calls', 'Notes']),
  recordId: z.string(),
  /** The record in a person's words, e.g. `Call "Quarterly review"`. */
  label: z.string(),
  /** The date the statement rests on, ISO 8601; null when the record has none. */
  at: z.string().nullable(),
  field: z.string().optional(),
})
export type Evidence = z.infer<typeof Evidence>

export const SIGNAL_KINDS = [
  'inactivity',
  'stalled_deal',
  'overdue_close',
  'renewal_due',
  'renewal_overdue',
  'engagement_drop',
  'owner_change',
  'status_change',
  'at_risk_status',
  'payment_overdue',
  'deal_stage_change',
  'stage_regression',
  'amount_change',
  'high_value_activity',
  'contact_added',
  'new_account',
  'overdue_task',
  'overdue_promise',
  'no_next_step',
  'growth',
] as const
export const SignalKind = z.enum(SIGNAL_KINDS)
export type SignalKind = z.infer<typeof SignalKind>

export const Severity = z.enum(['critical', 'high', 'medium', 'low', 'info'])
export type Severity = z.infer<typeof Severity>

/** Something about an account that may need its owner. */
export const Signal = z.object({
  kind: SignalKind,
  severity: Severity,
  /** One sentence with the figure and the date in it. */
  reason: z.string(),
  evidence: z.array(Evidence).min(1),
  /** The record it is about: the account itself, or one of its deals. */
  subject: z.object({ module: z.enum(['Accounts', 'Deals']), recordId: z.string() }),
  /** The measured value: days, or an amount. */
  value: z.number().nullable(),
})
export type Signal = z.infer<typeof Signal>

export const RiskLevel = z.enum(['critical', 'high', 'medium', 'low', 'none'])
export type RiskLevel = z.infer<typeof RiskLevel>

/** 0–100, higher is worse; each reason carries its share of the points. */
export const Risk = z.object({
  score: z.number().min(0).max(100),
  level: RiskLevel,
  reasons: z.array(
    z.object({
      text: z.string(),
      points: z.number(),
      /** Where it is not a signal's, which has its own. */
      evidence: z.array(Evidence).optional(),
    }),
  ),
})
export type Risk = z.infer<typeof Risk>

export function riskLevel(score: number): RiskLevel {
  if (score >= 80) return 'critical'
  if (score >= 50) return 'high'
  if (score >= 25) return 'medium'
  return score > 0 ? 'low' : 'none'
}
