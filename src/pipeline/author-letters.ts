import type { Contact } from '../model/account.ts'
import type { DraftText } from '../model/review.ts'
import { dayInWords } from '../recommendations/calendar.ts'
import type { EmailForm } from '../recommendations/email-task.ts'
import { EMAIL_TEMPLATES } from '../recommendations/email-templates.ts'
import { amountInWords, count, line } from '../recommendations/text.ts'
import {
  alsoFound,
  type Case,
  contactFor,
  dealName,
  dueDate,
  executiveFor,
  letterNames,
  type Proposal,
  said,
  taskPriority,
} from './author-case.ts'
import { quoted } from './evidence.ts'

/** The rules author's e-mails: which template, to whom, with which facts in it. */

export function followUpLetter(of: Case): Proposal {
  const contact = contactFor(of)
  const days = of.signal.value ?? 0
  const text = EMAIL_TEMPLATES.followUp({
    ...letterNames(of, contact),
    lastTopic: lastTopic(of),
    daysSilent: days,
  })
  return { form: email(of, contact, `Get back in touch after ${count(days, 'day')} without contact`, text) }
}

export function reEngagementLetter(of: Case): Proposal {
  const contact = contactFor(of)
  const days = of.signal.value ?? 0
  const text = EMAIL_TEMPLATES.reEngagement({
    ...letterNames(of, contact),
    daysSilent: of.snapshot.lastTouch ? days : null,
  })
  const goal = `Win back contact after ${count(days, 'day')} of silence`
  return { form: email(of, contact, goal, text), also: alsoFound(of, ['at_risk_status', 'payment_overdue']) }
}

export function stalledDealLetter(of: Case): Proposal {
  const contact = contactFor(of)
  const days = of.signal.value ?? 0
  const name = dealName(of.deal)
  const stage = line(of.deal?.stage ?? '', 40) || null
  const text = EMAIL_TEMPLATES.dealAtRisk({
    ...letterNames(of, contact),
    dealName: name,
    stage,
    daysInStage: days,
  })
  return {
    form: email(
      of,
      contact,
      `Get ${quoted(name)} moving after ${count(days, 'day')} in ${stage ?? 'one stage'}`,
      text,
    ),
    also: alsoFound(of, ['overdue_close', 'stage_regression', 'amount_change']),
  }
}

export function renewalLetter(of: Case): Proposal {
  const contact = contactFor(of)
  const daysLeft = of.signal.value ?? 0
  const renewalDate = dayInWords(of.snapshot.account.renewalDate ?? of.today)
  const text = EMAIL_TEMPLATES.renewal({
    ...letterNames(of, contact),
    renewalDate,
    daysLeft,
    meetingMinutes: 30,
  })
  const goal = `Open the renewal of ${renewalDate}, ${count(daysLeft, 'day')} ahead`
  return { form: email(of, contact, goal, text), also: alsoFound(of, ['inactivity', 'engagement_drop']) }
}

export function growthLetter(of: Case): Proposal {
  const contact = contactFor(of)
  // What we know of their revenue is for the owner's eyes; the letter only says that they grew.
  const revenue = of.signal.evidence.some(({ field }) => field === 'annualRevenue')
  const observation = revenue
    ? 'Your business has clearly grown in that time.'
    : 'You have taken on more with us than before.'
  const text = EMAIL_TEMPLATES.growth({ ...letterNames(of, contact), observation })
  return { form: email(of, contact, `Offer a conversation about growth of ${of.signal.value ?? 0} %`, text) }
}

export function executiveLetter(of: Case): Proposal {
  const { deal, zone } = of
  const contact = executiveFor(of)
  const name = dealName(deal)
  const since = deal?.stageChangedAt ? ` since ${dayInWords(deal.stageChangedAt, zone)}` : ''
  const text = EMAIL_TEMPLATES.executive({
    ...letterNames(of, contact),
    contactTitle: line(contact?.title ?? '', 60) || null,
    dealName: name,
    state: `It has stood at ${line(deal?.stage ?? '', 40) || 'the same stage'}${since}.`,
    meetingMinutes: 20,
  })
  const worth = amountInWords(deal?.amount ?? 0)
  return {
    form: email(of, contact, `Get executive backing for ${worth}: ${quoted(name)}`, text),
    also: deal ? [said(`The deal is worth ${worth}.`, { deal }, 'amount')] : [],
  }
}

function email(of: Case, contact: Contact | null, goal: string, text: DraftText): EmailForm {
  return {
    goal: line(goal, 100),
    contactId: contact?.id ?? null,
    subject: line(text.subject, 200),
    body: text.body,
    dueDate: dueDate(of),
    priority: taskPriority(of),
  }
}

/** What the last exchange was called, without the words mail programs put before it. */
function lastTopic({ snapshot }: Case): string | null {
  const subject = snapshot.lastTouch?.activity.subject ?? ''
  return line(subject.replace(/^((re|fwd?|e-?mail|call|meeting)\s*:\s*)+/i, ''), 80) || null
}
