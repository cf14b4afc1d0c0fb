import type { Deal } from '../model/account.ts'
import type { Rationale } from '../model/review.ts'
import { addWorkingDays, dayInWords, laterDate } from '../recommendations/calendar.ts'
import type { TaskForm } from '../recommendations/create-task.ts'
import type { EscalationForm, EscalationReason } from '../recommendations/escalation.ts'
import type { RiskPlanForm } from '../recommendations/risk-mitigation.ts'
import type { MeetingForm } from '../recommendations/schedule-meeting.ts'
import { TASK_TEMPLATES, type TaskText } from '../recommendations/task-templates.ts'
import { amountInWords, count, line } from '../recommendations/text.ts'
import {
  alsoFound,
  type Case,
  contactFor,
  dealName,
  dueDate,
  firstName,
  has,
  type Proposal,
  renewalTalkDate,
  said,
  taskPriority,
  titleName,
} from './author-case.ts'
import { isAtStake, largestDeal } from './author-conditions.ts'
import { complaintOf } from './complaints.ts'
import { activityEvidence, quoted } from './evidence.ts'
import { patternReasons } from './pattern-reasons.ts'
import { overduePromises, promiseInWords } from './signals/overdue-promise.ts'

/** The rules author's tasks, meeting and note. */

export function paymentCall(of: Case): Proposal {
  return {
    form: task(
      of,
      'Call about the overdue payment',
      TASK_TEMPLATES.followUpCall({
        contactName: firstName(contactFor(of)),
        purpose: 'overdue payment',
        topics: [
          'Did the invoice reach the right person?',
          'Is anything about it disputed?',
          'When will it be paid?',
        ],
        outcome: 'a date of payment is agreed, or the reason against it is on record.',
      }),
    ),
    also: alsoFound(of, ['inactivity', 'at_risk_status']),
  }
}

export function closeDateCall(of: Case): Proposal {
  const name = dealName(of.deal)
  return {
    form: task(
      of,
      `Find out when ${titleName(of)} will really close`,
      TASK_TEMPLATES.followUpCall({
        contactName: firstName(contactFor(of)),
        purpose: `when ${name} can close`,
        topics: ['What is left to decide, and who decides it?', 'Which date is realistic?'],
        outcome: 'a date both sides believe in is on the deal.',
      }),
    ),
  }
}

export function proposalTask(of: Case): Proposal {
  const { deal } = of
  const name = dealName(deal)
  return {
    form: task(
      of,
      `Update the proposal for ${titleName(of)} after ${count(of.signal.value ?? 0, 'day')}`,
      TASK_TEMPLATES.sendProposal({
        dealName: name,
        stage: line(deal?.stage ?? '', 40) || null,
        amount: deal?.amount ? amountInWords(deal.amount) : null,
        requirements: [
          `Ask ${firstName(contactFor(of)) ?? 'the customer'} what has changed since the last version`,
          'Check scope, price and dates',
          'Name the next decision and who takes it',
        ],
      }),
    ),
    also: alsoFound(of, ['overdue_close', 'stage_regression', 'amount_change']),
  }
}

export function promiseTask(of: Case): Proposal {
  const promises = overduePromises(of.snapshot, of)
  const [oldest] = promises
  const due = dayInWords(oldest?.dueAt ?? of.today, of)
  const what = oldest?.kind === 'request' ? `what they asked for by ${due}` : `what was promised for ${due}`
  return {
    form: task(
      of,
      `Do ${what}, or name a new day`,
      TASK_TEMPLATES.followUpCall({
        contactName: firstName(contactFor(of)),
        purpose: what,
        topics: promises
          .slice(0, 3)
          .map((promise) => `${line(promise.text, 200)} (${promiseInWords(promise, of)})`),
        outcome: 'they have it, or know when they will.',
      }),
    ),
    also: alsoFound(of, ['inactivity', 'renewal_due', 'at_risk_status']),
  }
}

export function introductionTask(of: Case): Proposal {
  const who = contactFor(of)
  return {
    form: task(
      of,
      'Introduce yourself as the new account owner',
      TASK_TEMPLATES.arrangeMeeting({
        occasion: 'an introduction by the new account owner',
        attendees: who ? [line(who.name, 60)] : ['The main contact'],
        agenda: [
          'Who looks after them from now on',
          'What is open and what was promised',
          'What they expect next',
        ],
        minutes: 30,
      }),
    ),
  }
}

export function renewalCorrection(of: Case): Proposal {
  const date = dayInWords(of.snapshot.account.renewalDate ?? of.today, of)
  return {
    form: task(
      of,
      `Find out whether the renewal of ${date} happened`,
      TASK_TEMPLATES.correctCrm({
        record: `the renewal of ${date}`,
        questions: [
          'Was it renewed, and until when?',
          'If not: did they leave, or is it still being talked about?',
        ],
        daysOff: of.signal.value ?? 0,
      }),
    ),
  }
}

export function renewalMeeting(of: Case): Proposal {
  const { account } = of.snapshot
  const renewal = account.renewalDate ?? of.today
  const form: MeetingForm = {
    goal: `Meet about the renewal of ${dayInWords(renewal, of)}`,
    title: line(`Renewal review: ${account.name}`, 255),
    agenda: ['What worked and what did not', 'What the next year needs', 'Terms, and who signs'],
    date: renewalTalkDate(of),
    time: '10:00',
    minutes: 45,
    contactId: contactFor(of)?.id ?? null,
  }
  return { form, also: alsoFound(of, ['inactivity', 'engagement_drop']) }
}

/** To whoever decides now, where nothing is open to write about. */
export function decidersTask(of: Case): Proposal {
  return {
    form: task(
      of,
      'Get to know who decides there now',
      TASK_TEMPLATES.arrangeMeeting({
        occasion: 'a first talk with whoever decides there now',
        attendees: ['Whoever came new, and your main contact'],
        agenda: [
          'What they want to achieve',
          'What they have from us, and what it does for them',
          'Who decides from now on',
        ],
        minutes: 30,
      }),
    ),
  }
}

export function untouchedDealCall(of: Case): Proposal {
  const name = dealName(of.deal)
  return {
    form: task(
      of,
      `Find out what ${titleName(of)} is waiting for`,
      TASK_TEMPLATES.followUpCall({
        contactName: firstName(contactFor(of)),
        purpose: `what ${name} is waiting for`,
        topics: ['Is it still wanted, and by when?', 'What is in the way, and who can clear it?'],
        outcome: 'the deal has a next step with a date, or is closed.',
      }),
    ),
  }
}

export function riskPlan(of: Case): Proposal {
  const { risk, signals } = of.snapshot
  const who = firstName(contactFor(of)) ?? 'the main contact'
  const first = has(of, 'inactivity') ? `Write to ${who}, then call` : `Call ${who}`
  const complaints = complaintsOf(of)
  const patterns = patternReasons(of, ['churn', 'renewal'])
  // Trouble that a signal told of has its points in the risk; a pattern has none.
  const own = risk.reasons.some(({ text }) => text === of.signal.reason) ? [] : [{ text: of.signal.reason }]
  const form: RiskPlanForm = {
    goal: 'Agree a rescue plan',
    title: line(`Rescue plan, ${dayInWords(of.today, of)}`, 120),
    situation: [...complaints, ...own, ...patterns, ...risk.reasons]
      .slice(0, 5)
      .map(({ text }) => line(text, 500)),
    steps: [
      `${first}, and ask openly what is wrong, by ${dayInWords(dueDate(of), of)}`,
      'Agree one thing that we put right and a date for it',
      'Look again after two weeks: set the status back to Active, or escalate',
    ],
  }
  // What the card says is what the note says.
  const causes: Rationale[] = signals
    .filter(({ kind, reason }) => kind !== 'at_risk_status' && form.situation.includes(line(reason, 500)))
    .map(({ reason, evidence }) => ({ text: reason, evidence }))
  return { form, also: [...complaints, ...patterns, ...causes] }
}

function complaintsOf(of: Case): Rationale[] {
  const complaint = complaintOf(of.snapshot, of)
  if (!complaint) return []
  const what =
    complaint.module === 'Tasks' && !complaint.completed
      ? 'A pressing task is open'
      : 'A complaint is on record'
  const on = complaint.at ? `, ${dayInWords(complaint.at, of)}` : ''
  return [{ text: `${what}: ${quoted(complaint.subject)}${on}.`, evidence: [activityEvidence(complaint)] }]
}

export function escalateSilence(of: Case): Proposal {
  return escalate(of, 'churn_risk', largestDeal(of))
}

export function escalateStall(of: Case): Proposal {
  return escalate(of, 'stalled_deal', of.deal)
}

function escalate(of: Case, reason: EscalationReason, stake: Deal | null): Proposal {
  const { signal, snapshot } = of
  const amount = amountInWords(stake?.amount ?? 0)
  const atStake = stake === null || isAtStake(of, stake)
  const worth = stake ? [said(worthInWords(of, stake), { deal: stake }, 'amount')] : []
  const form: EscalationForm = {
    ...task(
      of,
      `Ask your manager to step in: ${atStake ? `${amount} at stake` : `a customer who bought for ${amount}`}`,
      TASK_TEMPLATES.escalate({
        what: of.deal ? dealName(of.deal) : line(snapshot.account.name, 80),
        facts: [signal.reason, ...worth.map(({ text }) => text)].map((fact) => line(fact, 500)),
        actions: [
          `Manager and owner agree who calls whom, by ${dayInWords(dueDate(of), of)}`,
          `A call between executives, by ${dayInWords(addWorkingDays(of.today, 5), of)}`,
        ],
        otherwise: atStake
          ? `${amount} may be lost without anybody having asked why.`
          : `a customer who bought for ${amount} may leave without anybody having asked why.`,
      }),
    ),
    reason,
  }
  return { form, also: worth }
}

function worthInWords(of: Case, { name, outcome, amount, closingDate }: Deal): string {
  const figure = amountInWords(amount ?? 0)
  if (outcome !== 'won') return `${quoted(name)} is worth ${figure}.`
  return `${quoted(name)} was won for ${figure}${closingDate ? ` on ${dayInWords(closingDate, of)}` : ''}.`
}

function task(of: Case, goal: string, text: TaskText): TaskForm {
  return {
    goal: line(goal, 100),
    subject: line(text.subject, 255),
    description: text.description,
    dueDate: laterDate(dueDate(of), of.today),
    priority: taskPriority(of),
    contactId: contactFor(of)?.id ?? null,
  }
}
