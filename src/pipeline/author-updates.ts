import type { Rationale, Snapshot } from '../model/review.ts'
import { addDays, dayInWords, workingDay } from '../recommendations/calendar.ts'
import { count, line } from '../recommendations/text.ts'
import type { UpdateForm } from '../recommendations/update-account.ts'
import { type Case, contactFor, dueDate, firstName, type Proposal, said } from './author-case.ts'
import { LARGE_DEAL, resumptionOf, worth } from './author-conditions.ts'
import { activityEvidence } from './evidence.ts'
import { daysStillNeeded, isProposalStage } from './stages.ts'

/** New field values the facts justify: the record says one thing, what was measured says another. */

type Update = Proposal & { form: UpdateForm }

export function toAtRisk({ snapshot: { account } }: Case): Update {
  const now = account.statusText ? `still says ${line(account.statusText, 40)}` : 'gives no status'
  return {
    form: { record: 'account', status: 'at_risk' },
    also: [said(`The CRM ${now}.`, { account }, 'status')],
  }
}

export function toActive(of: Case): Update {
  const { snapshot } = of
  const resumed = resumptionOf(of)
  const also = [
    said('Nothing else speaks for a risk: no stuck deal, no overdue payment or renewal.', snapshot, 'status'),
  ]
  if (resumed) {
    also.unshift({
      text: `Contact resumed after ${count(resumed.silentDays, 'day')} of silence: ${count(resumed.touches.length, 'contact')} since.`,
      evidence: resumed.touches.slice(0, 3).map(activityEvidence),
    })
  }
  return { form: { record: 'account', status: 'active' }, also }
}

export function newCloseDate({ deal, today }: Case): Update {
  const days = daysStillNeeded(deal?.stage ?? null)
  const stage = line(deal?.stage ?? '', 40)
  const why = `The new date leaves ${count(days / 7, 'week')}${stage ? ` from ${stage} to the close` : ''}.`
  return {
    form: { record: 'deal', closingDate: workingDay(addDays(today, days)) },
    also: deal ? [said(why, { deal }, 'stage')] : [],
  }
}

export function nextStep(of: Case): Update {
  const { deal } = of
  const written = line(deal?.nextStep ?? '', 80)
  const why = written
    ? `The next step, "${written}", was written before the deal entered its stage.`
    : 'No next step is written down.'
  return {
    form: { record: 'deal', nextStep: `${stepFor(of)} by ${dayInWords(dueDate(of), of)}` },
    also: deal ? [said(why, { deal }, 'nextStep')] : [],
  }
}

/** What the e-mail or the task that is proposed beside it should lead to. */
function stepFor(of: Case): string {
  const who = firstName(contactFor(of)) ?? 'the customer'
  if (worth(LARGE_DEAL)(of)) return 'Agree a talk with the decision maker'
  if (isProposalStage(of.deal?.stage ?? null)) return `Updated proposal to ${who}`
  return `Hear from ${who} what is still open`
}

const HEALTH_GAP = 20

/** A score in the CRM that is 20 or more off what was measured; beside any sign of risk it is never raised. */
export function healthCorrection({ account, health, risk }: Snapshot): Required<Update> | null {
  if (account.healthScore === null || Math.abs(account.healthScore - health.score) < HEALTH_GAP) return null
  if (health.score > account.healthScore && (risk.score > 0 || account.status === 'at_risk')) return null
  const measured = said(
    `The CRM's health score is ${account.healthScore}; contact, rhythm, deals, standing and open trouble give ${health.score}.`,
    { account },
    'healthScore',
  )
  return { form: { record: 'account', healthScore: health.score }, also: [measured] satisfies Rationale[] }
}
