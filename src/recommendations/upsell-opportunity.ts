import { emailKind } from './email-task.ts'

export const upsellOpportunity = emailKind({
  kind: 'upsell_opportunity',
  label: 'Growth opportunity',
  guidance:
    'A healthy, growing customer in regular contact, without an open deal. Say what growth you noticed; offer a conversation, not a price.',
  multiplier: 0.95,
  taskVerb: 'Growth e-mail',
})
