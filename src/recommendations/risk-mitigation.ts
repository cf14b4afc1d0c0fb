import { z } from 'zod'
import { defineKind, Goal } from './define.ts'
import { line, TEXT_LIMITS } from './text.ts'
import { createNote } from './write.ts'

export const RiskPlanForm = z.strictObject({
  goal: Goal,
  title: z.string().min(3).max(TEXT_LIMITS.Note_Title).describe('Title of the note.'),
  situation: z.array(z.string().min(3).max(500)).min(1).max(6).describe('The facts, one sentence each.'),
  steps: z.array(z.string().min(3).max(300)).min(1).max(6).describe('What to do, in order, verb first.'),
})
export type RiskPlanForm = z.infer<typeof RiskPlanForm>

export const riskMitigation = defineKind({
  kind: 'risk_mitigation',
  label: 'Risk plan',
  guidance:
    'The account is marked at risk or shows several dangers at once: a plan as a note on the record, so that everyone who opens it sees the same facts and steps.',
  multiplier: 1.15,
  form: RiskPlanForm,
  actionClass: () => 'activity',
  title: (form) => line(form.goal, TEXT_LIMITS.title),
  change: (form, subject, fields) =>
    createNote(
      {
        title: form.title,
        content: [
          'What we see',
          ...form.situation.map((fact) => `- ${fact}`),
          '',
          'What to do',
          ...form.steps.map((step, index) => `${index + 1}. ${step}`),
        ].join('\n'),
      },
      subject,
      fields,
    ),
})
