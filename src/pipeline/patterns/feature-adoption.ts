import { mentioned } from './mentioned.ts'

/** They put what they bought to use: three records in 60 days say so. */
export const featureAdoption = mentioned({
  pattern: 'feature_adoption',
  family: 'upsell',
  windowDays: 60,
  theme: 'adoption',
  least: 3,
  about: 'features taken into use',
  confidence: ({ length }) => 0.5 + 0.05 * length,
})
