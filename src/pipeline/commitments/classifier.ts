import { CUE_COUNT, type Features, featuresOf } from './features.ts'
import { languageOf } from './language.ts'
import { MODEL } from './weights.ts'
import { wordsOf } from './words.ts'

/**
 * How probable it is, 0–1, that a sentence promises or asks for something. Learned from English e-mail: German and
 * French are judged by their cues alone, with weights that were learned without the words.
 */
export function asksOrPromises(sentence: string): number {
  const features = featuresOf(sentence)
  return languageOf(wordsOf(sentence)) === 'en' ? byWords(features) : byCues(features)
}

/** Exported for what measures it. */
export function byWords({ cues, hashed }: Features): number {
  const words = hashed.reduce((sum, feature) => sum + (HASHED[feature - CUE_COUNT] ?? 0), 0)
  return logistic(MODEL.bias + total(MODEL.cues, cues) + words * MODEL.step)
}

export function byCues({ cues }: Features): number {
  return logistic(MODEL.alone.bias + total(MODEL.alone.cues, cues))
}

const HASHED = new Int8Array(Buffer.from(MODEL.hashed, 'base64'))

function total(weights: readonly number[], features: readonly number[]): number {
  return features.reduce((sum, feature) => sum + (weights[feature] ?? 0), 0)
}

function logistic(sum: number): number {
  return 1 / (1 + Math.exp(-sum))
}
