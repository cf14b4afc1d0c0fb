import type { DraftText } from '../model/review.ts'

/**
 * The rules author's e-mails and the model's examples. Every one can be sent as it stands, days after it was
 * written: it names dates, never "in 12 days"; a slot that is not known leaves no gap; and it claims nothing that
 * the CRM does not say, nor says anything in the words colleagues use among themselves.
 */

type Common = {
  accountName: string
  /** First name; null when we know nobody. */
  contactName: string | null
  senderName: string | null
}

/** What the letter is about, fit for the customer's eyes: `the training for supervisors`; null: our proposal. */
type About = { topics: readonly (string | null)[] }

const letter = ({ accountName, contactName, senderName }: Common, paragraphs: readonly string[]): string =>
  [
    contactName ? `Hi ${contactName},` : 'Hello,',
    ...(contactName
      ? []
      : [
          `I am looking for the right person at ${accountName} for this. If it is not you, could you tell me who it is, or pass it on?`,
        ]),
    ...paragraphs,
    senderName ? `Best wishes,\n${senderName}` : 'Best wishes',
  ].join('\n\n')

export const EMAIL_TEMPLATES = {
  followUp: (slots: Common & { lastContactOn: string | null }): DraftText => ({
    subject: `How are things at ${slots.accountName}?`,
    body: letter(slots, [
      slots.lastContactOn
        ? `We were last in touch on ${slots.lastContactOn}, and I wanted to hear how things are going on your side.`
        : 'It has been a while since we were in touch, and I wanted to hear how things are going on your side.',
      'Is there anything open that I can clear up for you, or a question that has come up since?',
      'If a quick call is easier than writing, name a day that suits you and I will ring you.',
    ]),
  }),

  dealAtRisk: (slots: Common & About & { isOwnDeal: boolean; talkBy: string }): DraftText => ({
    subject: nextStepsFor(slots.topics),
    body: letter(slots, [
      slots.isOwnDeal
        ? `I would like to pick up ${about(slots.topics)} again and make sure that it still fits your plans.`
        : `I look after ${slots.accountName} on our side and would like to hear how you see ${about(slots.topics)} at the moment.`,
      'What is still open for you: the timing, the scope, the budget, or somebody else who should be part of it?',
      `A line or two is enough; if a call is easier, name a day before ${slots.talkBy}. And if your plans have changed, tell me and I will adjust to them.`,
    ]),
  }),

  renewal: (slots: Common & { renewalDate: string; talkBy: string; meetingMinutes: number }): DraftText => ({
    subject: `Your renewal on ${slots.renewalDate}`,
    body: letter(slots, [
      `Your agreement with us comes up for renewal on ${slots.renewalDate}, and I would like to hear from you before we put anything on paper.`,
      `Could we take ${slots.meetingMinutes} minutes by ${slots.talkBy} to look at what has worked for you, what has not, and what you need from us over the next year?`,
      'Tell me which day suits you and I will send an invitation. If somebody else looks after this on your side, please point me to them.',
    ]),
  }),

  growth: (slots: Common & { observation: string; talkBy: string }): DraftText => ({
    subject: `What is next for ${slots.accountName}?`,
    body: letter(slots, [
      slots.observation,
      'It made me wonder whether other teams on your side could use a hand too, or whether there is something you have been missing.',
      `Would you have half an hour by ${slots.talkBy} to compare notes? There is nothing to prepare, and I will bring no offer unless you ask for one.`,
    ]),
  }),

  /** `isDecider`: it goes to an executive, `isContact` to one we know from the deal; else to who can introduce us. */
  executive: (
    slots: Common &
      About & { isDecider: boolean; isContact: boolean; talkBy: string; meetingMinutes: number },
  ): DraftText => ({
    subject: slots.isDecider
      ? `A few minutes of your time before ${slots.talkBy}`
      : nextStepsFor(slots.topics),
    body: letter(
      slots,
      slots.isDecider
        ? [
            slots.isContact
              ? `I would like to pick up ${about(slots.topics)} with you again, and to hear what would make for an easy decision.`
              : `I look after ${slots.accountName} on our side. Your colleagues and ours have been talking about ${about(slots.topics)}, and I would like to hear what matters to you.`,
            'Does what we propose serve what you want to achieve this year, and is there anything you would need to see first?',
            `Could you spare ${slots.meetingMinutes} minutes by ${slots.talkBy}? I will bring one page and keep to the time.`,
          ]
        : [
            `I would like to take ${about(slots.topics)} forward together with you, and to make it easy to say yes or no.`,
            'Who on your side decides, and would you introduce us? I would like to hear first-hand what they need to see.',
            `${slots.meetingMinutes} minutes are enough, ideally by ${slots.talkBy}. I will bring one page and keep to the time.`,
          ],
    ),
  }),

  reEngagement: (
    slots: Common & { lastContactOn: string | null; isCustomer: boolean; talkBy: string },
  ): DraftText => ({
    subject: slots.contactName ? `Shall we catch up, ${slots.contactName}?` : 'Shall we catch up?',
    body: letter(slots, [
      slots.lastContactOn
        ? `We were last in touch on ${slots.lastContactOn}, which is longer ago than I would like, and much may have changed for you since.`
        : 'We have not been in touch for a long time, and much may have changed for you since.',
      slots.isCustomer
        ? 'I would like to hear openly what is going well for you, what is not, and whether what you have from us still does its job.'
        : 'I would like to hear what is on your list now, and whether what we proposed still fits your plans.',
      `Would a twenty-minute call by ${slots.talkBy} work? And if now is not the moment, tell me when to write again and I will.`,
    ]),
  }),
} as const

function about(topics: readonly (string | null)[]): string {
  const named = topics.filter((topic) => topic !== null)
  if (named.length === 0 || named.length < topics.length || named.length > 3) {
    return topics.length > 1 ? 'our open proposals' : 'our proposal'
  }
  const list = named.length > 1 ? `${named.slice(0, -1).join(', ')} and ${named.at(-1)}` : named[0]
  return `our proposal${named.length > 1 ? 's' : ''} for ${list}`
}

function nextStepsFor(topics: readonly (string | null)[]): string {
  const [topic] = topics
  if (topics.length > 1) return 'Next steps for our proposals'
  return `Next steps for ${topic ?? 'our proposal'}`
}
