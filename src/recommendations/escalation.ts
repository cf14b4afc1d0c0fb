import { z } from 'zod'
import { TaskForm } from './create-task.ts'
import { defineKind } from './define.ts'
import { line, TEXT_LIMITS } from './text.ts'
import { createTask } from './write.ts'

export const EscalationReason = z.enum([
  'deal_risk',
  'churn_risk',
  'stalled_deal',
  'executive_intervention',
  'technical_escalation',
  'pricing_approval',
  'contractual_issue',
])
export type EscalationReason = z.infer<typeof EscalationReason>

export const EscalationForm = TaskForm.extend({ reason: EscalationReason })
export type EscalationForm = z.infer<typeof EscalationForm>

export const escalation = defineKind({
  kind: 'escalation',
  label: 'Escalation',
  guidance:
    'A large amount is in danger and the owner alone has not moved it: a task for the manager with the facts, the recommended action and what happens otherwise.',
  multiplier: 1.2,
  form: EscalationForm,
  actionClass: () => 'activity',
  title: (form) => line(form.goal, TEXT_LIMITS.title),
  change: (form, subject, fields, now) =>
    createTask({ ...form, ownerId: subject.owner?.managerId ?? null }, subject, fields, now),
})
