import type { DraftText } from '../model/review.ts'
import { count } from './text.ts'

/**
 * The rules author's e-mails and the model's examples. Every one can be sent as it stands: a slot that is
 * not known leaves no gap, and nothing is claimed that the CRM does not say.
 */

type Common = {
  accountName: string
  /** First name; null when we know nobody. */
  contactName: string | null
  senderName: string | null
}

const letter = ({ contactName, senderName }: Common, paragraphs: readonly (string | null)[]): string =>
  [
    contactName ? `Hi ${contactName},` : 'Hello,',
    ...paragraphs.filter((paragraph) => paragraph !== null),
    senderName ? `Best wishes,\n${senderName}` : 'Best wishes',
  ].join('\n\n')

export const EMAIL_TEMPLATES = {
  followUp: (slots: Common & { lastTopic: string | null; daysSilent: number }): DraftText => ({
    subject: slots.lastTopic
      ? `Following up on "${slots.lastTopic}"`
      : `Checking in with ${slots.accountName}`,
    body: letter(slots, [
      slots.lastTopic
        ? `Our last exchange was "${slots.lastTopic}", ${count(slots.daysSilent, 'day')} ago, and I wanted to hear how things have moved on since.`
        : 'It has been a little while since we last spoke, and I wanted to hear how things are going on your side.',
      'Is there anything open that I can clear up for you, or a question that has come up in the meantime?',
      'If a quick call is easier than writing, send me a time that suits you this week or next and I will be there.',
    ]),
  }),

  dealAtRisk: (
    slots: Common & { dealName: string; stage: string | null; daysInStage: number },
  ): DraftText => ({
    subject: `Where do we stand with ${slots.dealName}?`,
    body: letter(slots, [
      `We have been at the same point with ${slots.dealName}${slots.stage ? ` (${slots.stage})` : ''} for about ${weeks(slots.daysInStage)}, so I would like to check whether it still fits your plans.`,
      'Could you tell me what is holding it up at the moment: the timing, the scope, the budget, or somebody else who needs to be part of it?',
      'Whatever the answer is, it helps us both. If the plan has changed, a short note is enough and I will adjust to it.',
    ]),
  }),

  renewal: (
    slots: Common & { renewalDate: string; daysLeft: number; meetingMinutes: number },
  ): DraftText => ({
    subject: `Your renewal on ${slots.renewalDate}`,
    body: letter(slots, [
      `Your agreement with us comes up for renewal on ${slots.renewalDate}, ${count(slots.daysLeft, 'day')} from now, and I would rather talk about it early than late.`,
      `Could we take ${slots.meetingMinutes} minutes to look at what has worked for you, what has not, and what you need from us over the next year?`,
      'Tell me which days suit you and I will send an invitation. If somebody else looks after this on your side, please point me to them.',
    ]),
  }),

  growth: (slots: Common & { observation: string }): DraftText => ({
    subject: `What is next for ${slots.accountName}`,
    body: letter(slots, [
      `It has been a pleasure to work with you over the last months. ${slots.observation}`,
      'That made me wonder whether there are other teams or tasks on your side where we could be of use, or something you have been missing.',
      'Would you be open to half an hour to compare notes? No preparation needed, and no offer unless you ask for one.',
    ]),
  }),

  executive: (
    slots: Common & { contactTitle: string | null; dealName: string; state: string; meetingMinutes: number },
  ): DraftText => ({
    subject: `${slots.dealName}: a short word with you`,
    body: letter(slots, [
      `I look after the work between ${slots.accountName} and us, and I am writing because ${slots.dealName} matters to both sides. ${slots.state}`,
      `Your teams have put real effort into it. ${slots.contactTitle ? `As ${slots.contactTitle} you` : 'You'} are best placed to say whether it still serves what you want to achieve this year.`,
      `Could you spare ${slots.meetingMinutes} minutes in the coming two weeks? I will bring one page, and a colleague from our leadership if you find that useful.`,
    ]),
  }),

  reEngagement: (slots: Common & { daysSilent: number | null }): DraftText => ({
    subject: `Shall we catch up, ${slots.contactName ?? slots.accountName}?`,
    body: letter(slots, [
      slots.daysSilent === null
        ? 'We have not been in touch yet as much as I would have liked, and that is on me.'
        : `We have not spoken for about ${weeks(slots.daysSilent)}, and that is on me.`,
      'Much may have changed at your end since then. I would like to hear what is on your list now and whether what you have from us still does its job.',
      'Would a twenty-minute call in the next two weeks work? And if now is not the moment, simply tell me when I should write again.',
    ]),
  }),
} as const

function weeks(days: number): string {
  return days < 14 ? count(days, 'day') : count(Math.round(days / 7), 'week')
}
