import type { KindName } from '../model/review.ts'
import { createTask } from './create-task.ts'
import type { Kind } from './define.ts'
import { escalation } from './escalation.ts'
import { executiveAlignment } from './executive-alignment.ts'
import { followUpEmail } from './follow-up-email.ts'
import { reEngagement } from './re-engagement.ts'
import { renewalReminder } from './renewal-reminder.ts'
import { riskMitigation } from './risk-mitigation.ts'
import { scheduleMeeting } from './schedule-meeting.ts'
import { updateAccount } from './update-account.ts'
import { upsellOpportunity } from './upsell-opportunity.ts'

/** THE table: every kind of recommendation there is. To add one, write its file and its line here. */
export const KINDS: Readonly<Record<KindName, Kind>> = {
  follow_up_email: followUpEmail,
  schedule_meeting: scheduleMeeting,
  create_task: createTask,
  update_account: updateAccount,
  renewal_reminder: renewalReminder,
  upsell_opportunity: upsellOpportunity,
  risk_mitigation: riskMitigation,
  executive_alignment: executiveAlignment,
  re_engagement: reEngagement,
  escalation,
}
