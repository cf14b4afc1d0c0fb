import { emailKind } from './email-task.ts'

export const reEngagement = emailKind({
  kind: 're_engagement',
  label: 'Re-engagement',
  guidance:
    'Silence of 30 days or more with a customer or on an open deal. Begin anew without reproach, give a reason to answer, make saying "not now" easy.',
  multiplier: 0.9,
  taskVerb: 'Re-engage',
})
