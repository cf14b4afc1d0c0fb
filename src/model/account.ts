import { z } from 'zod'

/**
 * What the mirror knows. Ids are text (Zoho's exceed 2^53), dates are `YYYY-MM-DD`, instants are `Date`.
 * A value the CRM did not give, or gave in words we do not know, is null or 'unknown': never "now", never a guess.
 */

export const AccountStatus = z.enum([
  'active',
  'inactive',
  'at_risk',
  'closed',
  'pending',
  'onboarding',
  'unknown',
])
export type AccountStatus = z.infer<typeof AccountStatus>

/** Our word for the CRM's: however it is written, and 'unknown' for one we do not have. */
export function accountStatusOf(text: string | null): AccountStatus {
  return AccountStatus.safeParse(word(text)).data ?? 'unknown'
}

export const PaymentStatus = z.enum(['paid', 'pending', 'overdue', 'unknown'])
export type PaymentStatus = z.infer<typeof PaymentStatus>

export function paymentStatusOf(text: string | null): PaymentStatus {
  return PaymentStatus.safeParse(word(text)).data ?? 'unknown'
}

function word(text: string | null): string {
  return (text ?? '')
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
}

export type Account = {
  id: string
  name: string
  ownerId: string | null
  status: AccountStatus
  /** The status as the CRM words it; needed to show and to restore it. */
  statusText: string | null
  industry: string | null
  annualRevenue: number | null
  /** As kept in the CRM, 0–100. */
  healthScore: number | null
  renewalDate: string | null
  paymentStatus: PaymentStatus
  website: string | null
  createdAt: Date | null
  modifiedAt: Date | null
  lastActivityAt: Date | null
  /** How much the account uses what it bought, in the customer's own measure; absent while no field is mapped for it. */
  usage?: number | null
}

export type Contact = {
  id: string
  accountId: string | null
  name: string
  email: string | null
  phone: string | null
  title: string | null
  createdAt: Date | null
}

export const DealOutcome = z.enum(['open', 'won', 'lost', 'unknown'])
export type DealOutcome = z.infer<typeof DealOutcome>

/** How a deal in that stage ended; null for a stage in which nothing is decided. */
export function closedAs(stage: string): 'won' | 'lost' | null {
  if (/^closed[\s-]*won/i.test(stage)) return 'won'
  return /^closed[\s-]*lost/i.test(stage) ? 'lost' : null
}

export type Deal = {
  id: string
  accountId: string | null
  contactId: string | null
  ownerId: string | null
  name: string
  /** As the CRM words it. */
  stage: string | null
  outcome: DealOutcome
  amount: number | null
  closingDate: string | null
  probability: number | null
  nextStep: string | null
  pipeline: string | null
  /** When it entered its stage; null when the CRM does not say and we have not seen it move. */
  stageChangedAt: Date | null
  createdAt: Date | null
  modifiedAt: Date | null
}

export const ActivityType = z.enum(['meeting', 'call', 'email', 'task', 'note'])
export type ActivityType = z.infer<typeof ActivityType>

export type Activity = {
  id: string
  module: 'Tasks' | 'Events' | 'Calls' | 'Notes'
  accountId: string | null
  dealId: string | null
  contactId: string | null
  ownerId: string | null
  type: ActivityType
  subject: string
  body: string | null
  /** When it happened or is due; null when the CRM does not say. */
  at: Date | null
  /** False for something planned; null when it cannot be open (a note). */
  completed: boolean | null
  createdAt: Date | null
  /** How a call or meeting went, as the CRM words it; absent or null where it does not say. */
  outcome?: string | null
  /** Who wrote or called: what is outbound are our own words, not theirs. Absent or null where it is not told. */
  direction?: Direction | null
}

export type Direction = 'inbound' | 'outbound'

/** A touch is contact that happened: a planned task or a note to self is none. */
export function isTouch(activity: Activity, now: Date): boolean {
  if (activity.at === null || activity.at > now) return false
  return activity.type === 'email' || activity.type === 'meeting' || activity.type === 'call'
}
