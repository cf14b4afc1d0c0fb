import { mentioned } from './mentioned.ts'

/** Before a renewal, two records in 90 days worry about money; naming a price is no worry. */
export const budgetConcerns = mentioned({
  pattern: 'budget_concerns',
  family: 'renewal',
  windowDays: 90,
  theme: 'budget',
  least: 2,
  about: 'money being short or the price too high',
  confidence: ({ length }) => 0.6 + 0.05 * length,
})
