import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aucOf, type Ranked } from '../../src/backtest/ranking.ts'

const ranked = (value: number, bad: boolean, index: number): Ranked => ({
  value,
  bad,
  accountId: String(index),
})

/** By its definition: each pair once. */
function byPairs(all: readonly Ranked[]): number {
  const pairs = all
    .filter(({ bad }) => bad)
    .flatMap((bad) => all.filter((each) => !each.bad).map((good) => Math.sign(bad.value - good.value)))
  return pairs.reduce((sum, sign) => sum + (sign + 1) / 2, 0) / pairs.length
}

test('it is the share of pairs in which the bad one ranks higher, ties counting half', () => {
  const anyRanked = fc
    .array(fc.record({ value: fc.integer({ min: 0, max: 6 }), bad: fc.boolean() }), {
      minLength: 40,
      maxLength: 80,
    })
    .map((found) => found.map(({ value, bad }, index) => ranked(value, bad, index)))
  fc.assert(
    fc.property(anyRanked, (all) => {
      const found = aucOf(all)
      fc.pre(found !== null)

      expect(found!.auc).toBeCloseTo(byPairs(all), 10)
      expect(found!.low).toBeLessThanOrEqual(found!.auc)
      expect(found!.high).toBeGreaterThanOrEqual(found!.auc)
    }),
  )
})

test('too few of either kind have no figure', () => {
  const nine = Array.from({ length: 100 }, (_, index) => ranked(index, index < 9, index))

  expect(aucOf(nine)).toBeNull()
  expect(aucOf([])).toBeNull()
})

test('chance has an interval around a half, and holds it about nineteen times in twenty', () => {
  let state = 7
  const random = () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
  const held = Array.from({ length: 300 }, () => {
    const all = Array.from({ length: 120 }, (_, index) => ranked(random(), random() < 0.4, index))
    const found = aucOf(all)
    return found !== null && found.low <= 0.5 && found.high >= 0.5
  }).filter(Boolean).length

  expect(held / 300).toBeGreaterThan(0.91)
  expect(held / 300).toBeLessThan(0.985)
})

test('an account seen on ten dates is no better known than one seen once', () => {
  const once = Array.from({ length: 60 }, (_, index) => ranked((index * 37) % 60, index % 3 === 0, index))
  const tenTimes = Array.from({ length: 10 }).flatMap(() => once)

  const width = (all: readonly Ranked[]) => aucOf(all)!.high - aucOf(all)!.low

  expect(aucOf(tenTimes)!.auc).toBeCloseTo(aucOf(once)!.auc, 10)
  expect(width(tenTimes)).toBeCloseTo(width(once), 6)
})
