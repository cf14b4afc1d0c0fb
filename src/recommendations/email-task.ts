import { z } from 'zod'
import type { DraftText } from '../model/review.ts'
import { ContactId, DueDate, defineKind, Goal, type Kind, TaskPriority } from './define.ts'
import { line, paragraphs, TEXT_LIMITS } from './text.ts'
import { createTask } from './write.ts'

/** No mail is ever sent: the text is for a person to copy, and stands in the task that approving creates. */

export const EmailForm = z.strictObject({
  goal: Goal,
  contactId: ContactId,
  subject: z.string().min(3).max(200).describe('Subject line of the e-mail.'),
  body: z.string().min(50).max(5000).describe('The e-mail, plain text, from greeting to signature.'),
  dueDate: DueDate,
  priority: TaskPriority,
})
export type EmailForm = z.infer<typeof EmailForm>

/** A kind whose approval creates a task that carries a drafted e-mail. */
export function emailKind(
  about: Pick<Kind, 'kind' | 'label' | 'guidance' | 'multiplier'> & {
    /** The task's subject begins with it, e.g. `E-mail`. */
    taskVerb: string
  },
): Kind {
  const { taskVerb, ...rest } = about
  return defineKind({
    ...rest,
    form: EmailForm,
    isLetter: true,
    actionClass: () => 'activity',
    title: (form) => line(form.goal, TEXT_LIMITS.title),
    draft: (form) => draftText(form),
    change(form, subject, fields, now) {
      const draft = draftText(form)
      return createTask(
        {
          subject: `${taskVerb}: ${draft.subject}`,
          description: `Draft to copy:\n\nSubject: ${draft.subject}\n\n${draft.body}`,
          dueDate: form.dueDate,
          priority: form.priority,
          contactId: form.contactId,
        },
        subject,
        fields,
        now,
      )
    },
  })
}

function draftText(form: EmailForm): DraftText {
  return { subject: line(form.subject, 200), body: paragraphs(form.body, 5000) }
}
