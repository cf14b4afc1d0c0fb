import { emailKind } from './email-task.ts'

export const followUpEmail = emailKind({
  kind: 'follow_up_email',
  label: 'Follow-up e-mail',
  guidance:
    'A conversation has gone quiet, or a deal has stopped moving, and one friendly e-mail is the natural next step. Refer to the last thing that was spoken about; ask one question.',
  multiplier: 1,
  taskVerb: 'E-mail',
})
