import type { z } from 'zod'
import { accountBrief } from './account-brief.ts'
import { answerQuestion } from './answer-question.ts'
import { deliverMessages } from './deliver-messages.ts'
import { executeOperation } from './execute-operation.ts'
import { followUp } from './follow-up.ts'
import { lookAgain } from './look-again.ts'
import { onboard } from './onboard.ts'
import { processInbox } from './process-inbox.ts'
import { publishHome } from './publish-home.ts'
import { remember } from './remember.ts'
import { reviewPortfolio } from './review-portfolio.ts'
import { sendDigest } from './send-digest.ts'
import { sendTeamDigest } from './send-team-digest.ts'
import { syncCrm } from './sync-crm.ts'

/** Every job there is, by name. */
export const JOBS = {
  'execute-operation': executeOperation,
  'deliver-messages': deliverMessages,
  'publish-home': publishHome,
  'account-brief': accountBrief,
  'answer-question': answerQuestion,
  'sync-crm': syncCrm,
  'process-inbox': processInbox,
  'follow-up': followUp,
  'review-portfolio': reviewPortfolio,
  'send-digest': sendDigest,
  'send-team-digest': sendTeamDigest,
  'look-again': lookAgain,
  remember,
  onboard,
} as const

export type JobName = keyof typeof JOBS
export type JobPayload<Name extends JobName> = z.output<(typeof JOBS)[Name]['payload']>
