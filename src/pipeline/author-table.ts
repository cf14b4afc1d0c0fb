import type { KindName } from '../model/review.ts'
import type { Severity, SignalKind } from '../model/signal.ts'
import type { Case, Proposal } from './author-case.ts'
import {
  customerSeemsSafe,
  customerWithLargeDeal,
  hasNoCurrentNextStep,
  inContact,
  isSafeAgain,
  LARGE_DEAL,
  needsLetter,
  needsPlan,
  needsProposal,
  nothingStalled,
  toBreakSilence,
  VERY_LARGE_DEAL,
  worth,
} from './author-conditions.ts'
import {
  executiveLetter,
  followUpLetter,
  growthLetter,
  reEngagementLetter,
  renewalLetter,
  stalledDealLetter,
} from './author-letters.ts'
import {
  closeDateCall,
  escalateSilence,
  escalateStall,
  introductionTask,
  paymentCall,
  promiseTask,
  proposalTask,
  renewalCorrection,
  renewalMeeting,
  riskPlan,
} from './author-tasks.ts'
import { newCloseDate, nextStep, toActive, toAtRisk } from './author-updates.ts'

export type Rule = {
  because: SignalKind
  severity: readonly Severity[]
  kind: KindName
  when?(of: Case): boolean
  write(of: Case): Proposal
  /** About the account, even where the signal is about a deal. */
  on?: 'account'
  /** Of several deals in the same trouble only the most valuable, or all of them in that one's words. */
  deals?: 'most-valuable' | 'together'
}

const any: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info']
const serious: readonly Severity[] = ['critical', 'high']

/** THE table: which signals justify which recommendation. */
export const RULES: readonly Rule[] = [
  // Silence
  {
    because: 'inactivity',
    severity: ['medium'],
    kind: 'follow_up_email',
    when: (of) => nothingStalled(of) && toBreakSilence(of),
    write: followUpLetter,
  },
  {
    because: 'inactivity',
    severity: serious,
    kind: 're_engagement',
    when: toBreakSilence,
    write: reEngagementLetter,
  },
  {
    because: 'inactivity',
    severity: serious,
    kind: 'update_account',
    when: customerSeemsSafe,
    write: toAtRisk,
  },
  {
    because: 'inactivity',
    severity: ['critical'],
    kind: 'escalation',
    when: customerWithLargeDeal,
    write: escalateSilence,
  },
  // Deals
  {
    because: 'stalled_deal',
    severity: any,
    kind: 'follow_up_email',
    deals: 'together',
    when: needsLetter,
    write: stalledDealLetter,
  },
  {
    because: 'stalled_deal',
    severity: any,
    kind: 'create_task',
    deals: 'most-valuable',
    when: needsProposal,
    write: proposalTask,
  },
  {
    because: 'stalled_deal',
    severity: any,
    kind: 'update_account',
    deals: 'most-valuable',
    when: hasNoCurrentNextStep,
    write: nextStep,
  },
  {
    because: 'stalled_deal',
    severity: any,
    kind: 'executive_alignment',
    deals: 'together',
    when: worth(LARGE_DEAL),
    write: executiveLetter,
  },
  {
    because: 'stalled_deal',
    severity: serious,
    kind: 'update_account',
    on: 'account',
    when: customerSeemsSafe,
    write: toAtRisk,
  },
  {
    because: 'stalled_deal',
    severity: serious,
    kind: 'escalation',
    when: worth(VERY_LARGE_DEAL),
    write: escalateStall,
  },
  { because: 'overdue_close', severity: any, kind: 'update_account', write: newCloseDate },
  {
    because: 'overdue_close',
    severity: serious,
    kind: 'create_task',
    deals: 'most-valuable',
    when: inContact,
    write: closeDateCall,
  },
  // Renewal, money, people
  { because: 'renewal_due', severity: any, kind: 'renewal_reminder', write: renewalLetter },
  { because: 'renewal_due', severity: serious, kind: 'schedule_meeting', write: renewalMeeting },
  { because: 'renewal_overdue', severity: any, kind: 'create_task', write: renewalCorrection },
  { because: 'payment_overdue', severity: any, kind: 'create_task', write: paymentCall },
  { because: 'owner_change', severity: serious, kind: 'create_task', write: introductionTask },
  { because: 'overdue_promise', severity: any, kind: 'create_task', write: promiseTask },
  // Standing
  { because: 'at_risk_status', severity: any, kind: 'update_account', when: isSafeAgain, write: toActive },
  { because: 'at_risk_status', severity: any, kind: 'risk_mitigation', when: needsPlan, write: riskPlan },
  { because: 'growth', severity: any, kind: 'upsell_opportunity', write: growthLetter },
]
