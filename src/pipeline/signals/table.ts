import type { SignalKind } from '../../model/signal.ts'
import { amountChange } from './amount-change.ts'
import { atRiskStatus } from './at-risk-status.ts'
import { dealStageChange, stageRegression } from './deal-stage-change.ts'
import { engagementDrop } from './engagement-drop.ts'
import { growth } from './growth.ts'
import { highValueActivity } from './high-value-activity.ts'
import { inactivity } from './inactivity.ts'
import { contactAdded, newAccount } from './newcomers.ts'
import { noNextStep } from './no-next-step.ts'
import { overdueClose } from './overdue-close.ts'
import { overduePromise } from './overdue-promise.ts'
import { overdueTask } from './overdue-task.ts'
import { ownerChange } from './owner-change.ts'
import { paymentOverdue } from './payment-overdue.ts'
import { renewalDue, renewalOverdue } from './renewal.ts'
import type { Detector } from './signal.ts'
import { stalledDeal } from './stalled-deal.ts'
import { statusChange } from './status-change.ts'

/** THE table: every signal there is, and what looks for it. */
export const DETECTORS: Readonly<Record<SignalKind, Detector>> = {
  inactivity,
  stalled_deal: stalledDeal,
  overdue_close: overdueClose,
  renewal_due: renewalDue,
  renewal_overdue: renewalOverdue,
  engagement_drop: engagementDrop,
  owner_change: ownerChange,
  status_change: statusChange,
  at_risk_status: atRiskStatus,
  payment_overdue: paymentOverdue,
  deal_stage_change: dealStageChange,
  stage_regression: stageRegression,
  amount_change: amountChange,
  high_value_activity: highValueActivity,
  contact_added: contactAdded,
  new_account: newAccount,
  overdue_task: overdueTask,
  overdue_promise: overduePromise,
  no_next_step: noNextStep,
  growth,
}
