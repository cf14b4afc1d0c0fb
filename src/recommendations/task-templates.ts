import { count } from './text.ts'

/** The rules author's tasks and the model's examples: what to do, what to have at hand, when it is done. */

export type TaskText = { subject: string; description: string }

const list = (heading: string, items: readonly string[]): string[] =>
  items.length === 0 ? [] : [heading, ...items.map((item) => `- ${item}`), '']

const description = (...lines: readonly string[]): string => lines.join('\n').trim()

export const TASK_TEMPLATES = {
  followUpCall: (slots: {
    contactName: string | null
    purpose: string
    topics: readonly string[]
    outcome: string
  }): TaskText => ({
    subject: `Call ${slots.contactName ?? 'the customer'}: ${slots.purpose}`,
    description: description(
      ...list('Talk about', slots.topics),
      `Done when: ${slots.outcome}`,
      'Plan half an hour, and log the call on the record afterwards.',
    ),
  }),

  sendProposal: (slots: {
    dealName: string
    stage: string | null
    amount: string | null
    requirements: readonly string[]
  }): TaskText => ({
    subject: `Send an updated proposal for ${slots.dealName}`,
    description: description(
      `Deal: ${slots.dealName}${slots.stage ? `, ${slots.stage}` : ''}${slots.amount ? `, ${slots.amount}` : ''}`,
      '',
      ...list('Before it goes out', slots.requirements),
      'Done when: the proposal is with the customer and a date for their answer is agreed.',
    ),
  }),

  arrangeMeeting: (slots: {
    occasion: string
    attendees: readonly string[]
    agenda: readonly string[]
    minutes: number
  }): TaskText => ({
    subject: `Arrange ${slots.occasion}`,
    description: description(
      ...list('With', slots.attendees),
      ...list('Agenda', slots.agenda),
      `Offer two or three times of ${slots.minutes} minutes. Done when: a time is agreed and in the calendar.`,
    ),
  }),

  escalate: (slots: {
    what: string
    facts: readonly string[]
    actions: readonly string[]
    otherwise: string
  }): TaskText => ({
    subject: `Decide how to help with ${slots.what}`,
    description: description(
      ...list('The facts', slots.facts),
      ...list('Recommended', slots.actions),
      `If nothing is done: ${slots.otherwise}`,
      'Done when: manager and owner have agreed who does what by when.',
    ),
  }),

  correctCrm: (slots: { record: string; questions: readonly string[]; daysOff: number }): TaskText => ({
    subject: `Put ${slots.record} right in the CRM`,
    description: description(
      `The record has not matched the facts for ${count(slots.daysOff, 'day')}, and only you can know what happened.`,
      '',
      ...list('Find out', slots.questions),
      'Done when: the record says what is true today.',
    ),
  }),
} as const
