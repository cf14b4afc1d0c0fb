import { emailKind } from './email-task.ts'

export const executiveAlignment = emailKind({
  kind: 'executive_alignment',
  label: 'Executive alignment',
  guidance:
    'A large deal is stuck below the person who can decide. Write to an executive among the contacts: two sentences of state, one of value, one request for time.',
  multiplier: 1.05,
  taskVerb: 'Executive e-mail',
})
