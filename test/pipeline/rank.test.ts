import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CrmChange } from '../../src/model/change.ts'
import { type DigestCandidate, pickForDigest, withBothActions } from '../../src/pipeline/rank.ts'

const id = '5000000000001'
const update: CrmChange = {
  action: 'update',
  module: 'Deals',
  recordId: id,
  recordName: 'D',
  fields: {},
  before: {},
}
const creation: CrmChange = {
  action: 'create',
  module: 'Tasks',
  parent: { module: 'Deals', id, name: 'D' },
  fields: {},
}

const card = (accountId: string, urgency: number, change: CrmChange): DigestCandidate => ({
  accountId,
  urgency,
  change,
})

const anyCard = fc.record({
  accountId: fc.constantFrom('a', 'b', 'c'),
  urgency: fc.integer({ min: 0, max: 100 }),
  change: fc.constantFrom(update, creation),
})

describe('the cards of the day', () => {
  test('the most urgent three, most urgent first', () => {
    const cards = [
      card('a', 10, update),
      card('b', 90, creation),
      card('c', 50, update),
      card('d', 70, creation),
    ]

    expect(pickForDigest(cards).map(({ urgency }) => urgency)).toEqual([90, 70, 50])
  })

  test('at most two of one account', () => {
    const cards = [
      card('a', 90, update),
      card('a', 80, creation),
      card('a', 70, creation),
      card('b', 10, creation),
    ]

    expect(pickForDigest(cards).map(({ urgency }) => urgency)).toEqual([90, 80, 10])
  })

  test('a less urgent update takes the place of the third creation', () => {
    const cards = [
      card('a', 90, creation),
      card('b', 80, creation),
      card('c', 70, creation),
      card('d', 10, update),
    ]

    expect(pickForDigest(cards).map(({ urgency }) => urgency)).toEqual([90, 80, 10])
  })

  test('even when the only update is of an account that already has two', () => {
    const cards = [
      card('a', 90, creation),
      card('a', 80, creation),
      card('b', 70, creation),
      card('a', 10, update),
    ]

    expect(pickForDigest(cards).map(({ urgency }) => urgency)).toEqual([90, 70, 10])
  })

  test('an update and a creation are among the first three wherever both are there', () => {
    fc.assert(
      fc.property(fc.array(anyCard, { maxLength: 12 }), (cards) => {
        const picked = pickForDigest(cards)
        const actions = (of: DigestCandidate[]) => new Set(of.map(({ change }) => change.action)).size

        expect(picked.length).toBeLessThanOrEqual(3)
        expect(actions(picked)).toBe(actions(cards))
        for (const { accountId } of picked) {
          expect(picked.filter((one) => one.accountId === accountId).length).toBeLessThanOrEqual(2)
        }
        expect(picked).toEqual(picked.toSorted((a, b) => b.urgency - a.urgency))
        const places = Math.min(
          3,
          ['a', 'b', 'c'].reduce(
            (sum, account) =>
              sum + Math.min(2, cards.filter(({ accountId }) => accountId === account).length),
            0,
          ),
        )
        expect(picked).toHaveLength(places)
      }),
    )
  })

  test('one account keeps every suggestion, the first two of both actions', () => {
    fc.assert(
      fc.property(fc.array(anyCard, { maxLength: 8 }), (cards) => {
        const ordered = withBothActions(cards, 2)
        const actions = (of: readonly DigestCandidate[]) =>
          new Set(of.map(({ change }) => change.action)).size

        expect(ordered).toHaveLength(cards.length)
        expect(new Set(ordered)).toEqual(new Set(cards))
        expect(actions(ordered.slice(0, 2))).toBe(actions(cards))
      }),
    )
  })
})
