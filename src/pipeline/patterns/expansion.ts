import { mentioned } from './mentioned.ts'

/** They grow, or want more of it: two records in 90 days say so. */
export const expansion = mentioned({
  pattern: 'expansion',
  family: 'upsell',
  windowDays: 90,
  theme: 'expansion',
  least: 2,
  about: 'growth or of wanting more',
  confidence: ({ length }) => 0.65 + 0.05 * length,
})
