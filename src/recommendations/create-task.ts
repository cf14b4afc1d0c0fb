import { z } from 'zod'
import { ContactId, DueDate, defineKind, Goal, TaskPriority } from './define.ts'
import { line, TEXT_LIMITS } from './text.ts'
import { createTask as taskWrite } from './write.ts'

export const TaskForm = z.strictObject({
  goal: Goal,
  subject: z.string().min(3).max(TEXT_LIMITS.Subject).describe('Subject of the task, verb first.'),
  description: z.string().max(5000).describe('What to do and what is needed for it, plain text.'),
  dueDate: DueDate,
  priority: TaskPriority,
  contactId: ContactId,
})
export type TaskForm = z.infer<typeof TaskForm>

export const createTask = defineKind({
  kind: 'create_task',
  label: 'Task',
  guidance:
    'Something concrete has to be done that is neither an e-mail nor a meeting: a call, a proposal to send, a record to put right.',
  multiplier: 1,
  form: TaskForm,
  actionClass: () => 'activity',
  title: (form) => line(form.goal, TEXT_LIMITS.title),
  change: (form, subject, fields, now) => taskWrite(form, subject, fields, now),
})
