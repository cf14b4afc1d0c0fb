import type { Contact } from '../model/account.ts'
import type { DraftText, Rationale } from '../model/review.ts'
import { addDays, addWorkingDays, dayInWords, workingDay } from '../recommendations/calendar.ts'
import { dealTopic, withArticle } from '../recommendations/deal-topic.ts'
import type { EmailForm } from '../recommendations/email-task.ts'
import { EMAIL_TEMPLATES } from '../recommendations/email-templates.ts'
import { amountInWords, count, line } from '../recommendations/text.ts'
import {
  alsoFound,
  type Case,
  contactFor,
  executiveFor,
  has,
  letterNames,
  type Proposal,
  type Reason,
  renewalTalkDate,
  said,
  taskPriority,
  titleName,
} from './author-case.ts'
import { isOwnDeal, mostValuable, stalledDeals } from './author-conditions.ts'
import { patternReasons } from './pattern-reasons.ts'

/** The rules author's e-mails: which template, to whom, with which facts in it. */

export function followUpLetter(of: Case): Proposal {
  const contact = contactFor(of)
  const text = EMAIL_TEMPLATES.followUp({ ...letterNames(of, contact), lastContactOn: lastContactOn(of) })
  const goal = `Get back in touch after ${count(of.signal.value ?? 0, 'day')} of silence`
  return { form: email(of, contact, goal, text) }
}

export function reEngagementLetter(of: Case): Proposal {
  const contact = contactFor(of)
  const text = EMAIL_TEMPLATES.reEngagement({
    ...letterNames(of, contact),
    lastContactOn: lastContactOn(of),
    isCustomer: of.snapshot.isCustomer,
    talkBy: inTwoWeeks(of),
  })
  const goal = `Get back in touch after ${count(of.signal.value ?? 0, 'day')} of silence`
  return { form: email(of, contact, goal, text), also: alsoFound(of, ['at_risk_status', 'payment_overdue']) }
}

/** One letter for all deals of the account that are stuck. */
export function stalledDealLetter(of: Case): Proposal {
  const contact = contactFor(of)
  const stalled = stalledDeals(of)
  const text = EMAIL_TEMPLATES.dealAtRisk({
    ...letterNames(of, contact),
    topics: topicsOf(of),
    isOwnDeal: stalled.every((deal) => isOwnDeal(of, deal)),
    talkBy: inTwoWeeks(of),
  })
  const goal =
    stalled.length > 1
      ? `Get ${stalled.length} stalled deals moving again`
      : `Get ${titleName(of)} moving again after ${count(of.signal.value ?? 0, 'day')}`
  const also = alsoFound(of, ['overdue_close', 'stage_regression', 'amount_change'])
  return { form: email(of, contact, goal, text), also }
}

export function executiveLetter(of: Case): Proposal {
  const { deal } = of
  const executive = executiveFor(of)
  const contact = executive ?? contactFor(of)
  const text = EMAIL_TEMPLATES.executive({
    ...letterNames(of, contact),
    topics: topicsOf(of),
    isDecider: executive !== null,
    isContact: executive?.id === contactFor(of)?.id,
    talkBy: inTwoWeeks(of),
    meetingMinutes: 20,
  })
  const worth = amountInWords(deal?.amount ?? 0)
  const also: Rationale[] = deal ? [said(`The deal is worth ${worth}.`, { deal }, 'amount')] : []
  return {
    form: email(of, contact, `Get executive backing for ${titleName(of)}, worth ${worth}`, text),
    also,
  }
}

export function renewalLetter(of: Case): Proposal {
  const contact = contactFor(of)
  const daysLeft = of.signal.value ?? 0
  const renewal = of.snapshot.account.renewalDate ?? of.today
  const renewalDate = dayInWords(renewal, of)
  const text = EMAIL_TEMPLATES.renewal({
    ...letterNames(of, contact),
    renewalDate,
    talkBy: dayInWords(renewalTalkDate(of), of),
    meetingMinutes: 30,
  })
  const when = daysLeft === 0 ? 'today' : `in ${count(daysLeft, 'day')}`
  const goal = `Start the renewal talk: due ${renewalDate}, ${when}`
  const also = [...alsoFound(of, ['inactivity', 'engagement_drop']), ...patternReasons(of, ['renewal'])]
  return { form: email(of, contact, goal, text), also }
}

export function growthLetter(of: Case): Proposal {
  const contact = contactFor(of)
  // What we know of their revenue is for the owner's eyes; the letter only says that they grew.
  const revenue = of.signal.evidence.some(({ field }) => field === 'annualRevenue')
  const names = letterNames(of, contact)
  const observation = revenue
    ? `Congratulations on how ${names.accountName} has grown. It is good to see from our side.`
    : 'Thank you for taking on more with us than before. It is good to know that the work is useful to you.'
  const text = EMAIL_TEMPLATES.growth({ ...names, observation, talkBy: inTwoWeeks(of) })
  const goal = `Ask what they need next, after growing by ${of.signal.value ?? 0} %`
  return { form: email(of, contact, goal, text), also: patternReasons(of, ['upsell']) }
}

const USED: Partial<Record<Reason['kind'], { observation: string; goal: string }>> = {
  usage_growth: {
    observation:
      'I noticed that your team uses what you have from us much more than a few months ago. It is good to see.',
    goal: 'now that they use more of it',
  },
  expansion: {
    observation: 'You mentioned that things are growing on your side, which is good to hear.',
    goal: 'now that they speak of growing',
  },
  feature_adoption: {
    observation: 'It is good to hear that your team has put more of what you have from us to use.',
    goal: 'now that they use more features',
  },
}
const CONTENT = {
  observation: 'Thank you for the good conversations of the last weeks. It is a pleasure to work with you.',
  goal: 'after a month of good conversations',
}

/** A growth letter from what was seen in their use and their words, without a figure of ours in it. */
export function usageLetter(of: Case): Proposal {
  const contact = contactFor(of)
  const { observation, goal } = USED[of.signal.kind] ?? CONTENT
  const text = EMAIL_TEMPLATES.growth({ ...letterNames(of, contact), observation, talkBy: inTwoWeeks(of) })
  return {
    form: email(of, contact, `Ask what they need next, ${goal}`, text),
    also: patternReasons(of, ['upsell']),
  }
}

/** To whoever decides now, about what is open. */
export function deciderLetter(of: Case): Proposal {
  const executive = executiveFor(of)
  const contact = executive ?? contactFor(of)
  const { account, deals } = of.snapshot
  const open = mostValuable(deals.filter(({ outcome }) => outcome === 'open'))
  const text = EMAIL_TEMPLATES.executive({
    ...letterNames(of, contact),
    topics: open.map((deal) => {
      const topic = dealTopic(deal.name, account.name)
      return topic && withArticle(topic)
    }),
    isDecider: executive !== null,
    isContact: executive?.id === contactFor(of)?.id,
    talkBy: inTwoWeeks(of),
    meetingMinutes: 20,
  })
  return { form: email(of, contact, 'Meet whoever decides now, after changes at the top', text) }
}

function email(of: Case, contact: Contact | null, goal: string, text: DraftText): EmailForm {
  return {
    goal: line(goal, 100),
    contactId: contact?.id ?? null,
    subject: line(text.subject, 200),
    body: text.body,
    dueDate: addWorkingDays(of.today, of.priority === 'critical' ? 1 : 2),
    priority: taskPriority(of),
  }
}

/** What the stuck deals are about, each as a customer may read it. */
function topicsOf(of: Case): (string | null)[] {
  const { account } = of.snapshot
  return stalledDeals(of).map((deal) => {
    const topic = dealTopic(deal.name, account.name)
    return topic && withArticle(topic)
  })
}

function lastContactOn(of: Case): string | null {
  const at = of.snapshot.lastTouch?.activity.at
  // Whoever just took the account over was not there.
  return at && !has(of, 'owner_change') ? dayInWords(at, of) : null
}

function inTwoWeeks(of: Case): string {
  return dayInWords(workingDay(addDays(of.today, 14)), of)
}
