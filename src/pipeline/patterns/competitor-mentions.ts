import { mentioned } from './mentioned.ts'
import { WEIGHING } from './themes.ts'
import { says } from './words.ts'

/** Before a renewal they weigh other offers. That others exist is said twice before it counts. */
export const competitorMentions = mentioned({
  pattern: 'competitor_mentions',
  family: 'renewal',
  windowDays: 60,
  theme: 'competitor',
  least: 1,
  about: 'other offers',
  confidence: (mentions) =>
    mentions.some(({ sentence }) => says(sentence, WEIGHING))
      ? 0.75 + 0.05 * mentions.length
      : 0.5 + 0.1 * mentions.length,
})
