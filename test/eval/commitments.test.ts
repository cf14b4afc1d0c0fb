import { expect, test } from 'vitest'
import { groupsOf } from './commitment-sentences.ts'
import { learn, probability } from './logistic.ts'

test('sentences that are nearly the same are one group, through others too', () => {
  const [first, copy, near, further, other] = groupsOf([
    'Please send me the report by Friday.',
    'please send me the report by friday',
    'Please send me the report by Monday.',
    'Please send us the report by Monday.',
    'The weather was fine.',
  ])

  expect(copy).toBe(first)
  expect(near).toBe(first)
  expect(further).toBe(first)
  expect(other).not.toBe(first)
})

test('what tells rows apart is learned, the same each time, and what is in all of them is not', () => {
  const rows = Array.from({ length: 60 }, (_, index) => ({
    features: [index % 2, 2],
    wanted: index % 2 === 0,
  }))

  const learned = learn(rows, 3)

  expect(probability(learned, [0, 2])).toBeGreaterThan(0.8)
  expect(probability(learned, [1, 2])).toBeLessThan(0.2)
  expect(learn(rows, 3)).toEqual(learned)
})
