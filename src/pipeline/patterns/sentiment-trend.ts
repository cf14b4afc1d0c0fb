import type { Sentiment } from '../../model/pattern.ts'
import { average, type Saying, scored } from './sayings.ts'
import { halves } from './sentiment-decline.ts'

const LEAST = 4
const MOVED = 0.2

/** @param sayings newest first */
export function sentimentTrend(sayings: readonly Saying[]): Sentiment {
  const texts = scored(sayings)
  if (texts.length < LEAST) return { trend: 'unknown', dataPoints: texts.length }
  const halved = halves(texts)
  const recent = average(halved.recent)
  const before = average(halved.before)
  const trend = recent - before >= MOVED ? 'improving' : before - recent >= MOVED ? 'declining' : 'stable'
  return { trend, overall: average(texts), recent, before, dataPoints: texts.length }
}
