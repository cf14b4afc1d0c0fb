import { emailKind } from './email-task.ts'

export const renewalReminder = emailKind({
  kind: 'renewal_reminder',
  label: 'Renewal reminder',
  guidance:
    'The renewal date is within 90 days and nobody has opened the conversation. Name the date, propose a short review, ask for a time.',
  multiplier: 1.1,
  taskVerb: 'Renewal e-mail',
})
