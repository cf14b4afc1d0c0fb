import { z } from 'zod'
import { ContactId, DueDate, defineKind, Goal } from './define.ts'
import { line, TEXT_LIMITS } from './text.ts'
import { createEvent } from './write.ts'

export const MeetingForm = z.strictObject({
  goal: Goal,
  title: z.string().min(3).max(TEXT_LIMITS.Event_Title).describe('Title of the meeting.'),
  agenda: z.array(z.string().min(3).max(200)).min(1).max(6),
  date: DueDate,
  time: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .describe("HH:MM in the owner's zone, within working hours."),
  minutes: z.int().min(15).max(240),
  contactId: ContactId,
})
export type MeetingForm = z.infer<typeof MeetingForm>

export const scheduleMeeting = defineKind({
  kind: 'schedule_meeting',
  label: 'Meeting',
  guidance:
    'Something must be talked through with the customer by a date: a renewal within 30 days, a first meeting with a new owner. The time is a hold in the calendar; nobody is invited.',
  multiplier: 1,
  form: MeetingForm,
  actionClass: () => 'activity',
  title: (form) => line(form.goal, TEXT_LIMITS.title),
  change: ({ agenda, ...form }, subject, fields, now) =>
    createEvent(
      { ...form, description: ['Agenda:', ...agenda.map((item) => `- ${item}`)].join('\n') },
      subject,
      fields,
      now,
    ),
})
