import { createRandom, type Random } from '../../src/sandbox/data/seeded.ts'

/**
 * Logistic regression over features that are there or not, fitted by AdaGrad from a fixed seed: the same rows give
 * the same weights, to the bit.
 */

/** `features`: the numbers of those that are there. */
export type Row = { features: readonly number[]; wanted: boolean }
export type Fit = { weights: Float64Array; bias: number }

const EPOCHS = 12
const RATE = 0.05
const DECAY = 0.002

export function learn(rows: readonly Row[], featureCount: number): Fit {
  const weights = new Float64Array(featureCount)
  const spent = new Float64Array(featureCount).fill(1e-6)
  let bias = 0
  const random = createRandom('commitments')
  const order = [...rows]
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    shuffle(order, random)
    for (const { features, wanted } of order) {
      const error = (wanted ? 1 : 0) - probability({ weights, bias }, features)
      bias += 0.02 * error
      for (const feature of features) {
        const slope = error - DECAY * (weights[feature] ?? 0)
        spent[feature] = (spent[feature] ?? 0) + slope * slope
        weights[feature] = (weights[feature] ?? 0) + (RATE * slope) / Math.sqrt(spent[feature] ?? 1)
      }
    }
  }
  return { weights, bias }
}

export function probability({ weights, bias }: Fit, features: readonly number[]): number {
  const sum = features.reduce((total, feature) => total + (weights[feature] ?? 0), bias)
  return 1 / (1 + Math.exp(-sum))
}

function shuffle(items: Row[], random: Random): void {
  for (let last = items.length - 1; last > 0; last--) {
    const other = random.between(0, last)
    const [a, b] = [items[last], items[other]]
    if (a === undefined || b === undefined) continue
    items[last] = b
    items[other] = a
  }
}
