import type { Spent } from './llm.ts'

/** US dollars per million tokens: read, written. */
export type Price = readonly [input: number, output: number]

/** List prices by the beginning of a model's name; a setting lays others over them. */
const LISTED: Readonly<Record<string, Price>> = {
  'claude-haiku': [1, 5],
  'claude-sonnet': [3, 15],
  'claude-opus': [5, 25],
}
/** A model nobody gave a price for is taken for a dear one: a budget must not be spent unseen. */
const UNKNOWN: Price = [15, 75]

const CACHE_READ = 0.1
const CACHE_WRITE = 1.25

export function priceOf(model: string, own: Readonly<Record<string, Price>>): Price {
  const named = (prices: Readonly<Record<string, Price>>) =>
    Object.entries(prices)
      .filter(([prefix]) => model.startsWith(prefix))
      .toSorted(([a], [b]) => b.length - a.length)[0]?.[1]
  return named(own) ?? named(LISTED) ?? UNKNOWN
}

export function costOf(tokens: Omit<Spent, 'calls' | 'costUsd' | 'tookMs'>, [input, output]: Price): number {
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens } = tokens
  const read = inputTokens + CACHE_READ * cacheReadTokens + CACHE_WRITE * cacheWriteTokens
  return (read * input + outputTokens * output) / 1_000_000
}
