import { describe, expect, test } from 'vitest'
import type { Deal } from '../../../src/model/account.ts'
import type { HabitKind } from '../../../src/model/owner-habit.ts'
import type { AccountFacts } from '../../../src/pipeline/facts.ts'
import { habitsOf } from '../../../src/pipeline/owner-habits/owner-habits.ts'
import { account, dateIn, daysAgo, deal, facts, NOW, owner, touch, won } from '../sample-account.ts'

const clock = { now: NOW, zone: owner.zone }

/** So many accounts, each made by its number. */
const accounts = (count: number, of: (number: number) => Partial<AccountFacts>): AccountFacts[] =>
  Array.from({ length: count }, (_, number) =>
    facts({ account: account({ id: `a${number}` }), activities: [], ...of(number) }),
  )

const habit = (kind: HabitKind, owned: AccountFacts[], colleagueLoads: number[] = []) =>
  habitsOf({ ownerId: owner.id, accounts: owned, colleagueLoads }, clock).find((each) => each.kind === kind)

const theirs = (days: number) =>
  touch(days, { type: 'email', module: 'Tasks', body: 'Direction: Inbound\n\nHello' })
const ours = (days: number) =>
  touch(days, { type: 'email', module: 'Tasks', body: 'Direction: Outbound\n\nHello' })

describe('how an owner works', () => {
  test('of fewer than twenty observations nothing is said', () => {
    const spans = (count: number) => accounts(count, () => ({ activities: [touch(3), touch(10)] }))

    expect(habit('touch_rhythm', spans(19))).toBeUndefined()
    expect(habit('touch_rhythm', spans(20))).toMatchObject({ value: 7, unit: 'days', observations: 20 })
  })

  test('contacts on one day are one, and what was planned or half a year ago counts for nothing', () => {
    const owned = accounts(20, () => ({
      activities: [touch(-3), touch(4), touch(4, { id: 'again' }), touch(9), touch(200), touch(201)],
    }))

    expect(habit('touch_rhythm', owned)).toMatchObject({ value: 5, observations: 20 })
  })

  test('an answer is our next e-mail, call or meeting; several e-mails in a row wait from the first', () => {
    const owned = accounts(20, () => ({ activities: [theirs(10), theirs(9), ours(8), ours(7)] }))

    expect(habit('response_time', owned)).toMatchObject({ value: 48, unit: 'hours', observations: 20 })
  })

  test('an e-mail nobody answered looks slower than any other, and is told', () => {
    const owned = accounts(30, (number) => ({
      activities: number < 12 ? [theirs(10)] : [theirs(10), touch(number < 18 ? 9 : 6)],
    }))

    expect(habit('response_time', owned)).toMatchObject({
      value: 96,
      observations: 30,
      text: expect.stringContaining('18 of 30 were answered'),
    })
    expect(
      habit(
        'response_time',
        accounts(20, () => ({ activities: [theirs(10)] })),
      ),
    ).toBeUndefined()
  })

  test('a gap is a customer or an open deal without contact for two months', () => {
    const owned = accounts(24, (number) => ({ activities: [touch(number < 6 ? 61 : 20)] }))
    const prospects = accounts(10, () => ({ deals: [], activities: [] }))

    expect(habit('coverage_gap', [...owned, ...prospects])).toMatchObject({
      value: 0.25,
      observations: 24,
      text: '6 of 24 customers and accounts with an open deal had no contact for 60 days.',
    })
  })

  test('a customer that is new has no gap', () => {
    const owned = accounts(20, (number) => ({
      account: account({ id: `a${number}`, createdAt: daysAgo(number < 5 ? 100 : 10) }),
    }))

    expect(habit('coverage_gap', owned)).toMatchObject({ value: 0.25 })
  })

  test('stalled deals are a share of those whose stage is dated', () => {
    const owned = accounts(25, (number) => ({
      deals: [deal({ id: `d${number}`, stageChangedAt: number < 5 ? null : daysAgo(number < 10 ? 30 : 29) })],
    }))

    expect(habit('stalled_share', owned)).toMatchObject({ value: 0.25, observations: 20 })
  })

  const closed = (outcome: Deal['outcome'], change: Partial<Deal> = {}) =>
    won({ outcome, closingDate: dateIn(-100), ...change })

  test('what came before wins is counted apart from renewals, and set against what was lost', () => {
    const owned = [
      ...accounts(20, () => ({ deals: [closed('won')], activities: [touch(101), touch(110), touch(131)] })),
      ...accounts(20, () => ({ deals: [closed('lost')], activities: [touch(120)] })),
      ...accounts(20, () => ({ deals: [closed('won', { pipeline: 'Renewal' })], activities: [touch(105)] })),
    ]

    expect(habit('before_wins', owned)).toMatchObject({
      value: 2,
      observations: 20,
      text: expect.stringContaining('2 contacts with the account for 20 deals won, 1 before 20 lost'),
    })
    expect(habit('before_renewals', owned)).toMatchObject({ value: 1, observations: 20 })
  })

  test('too few lost deals are not set against the won', () => {
    const owned = [
      ...accounts(20, () => ({ deals: [closed('won')] })),
      ...accounts(19, () => ({ deals: [closed('lost')] })),
    ]

    expect(habit('before_wins', owned)?.text).not.toContain('lost')
  })

  test('load is told against the middle of colleagues, and only where that names nobody', () => {
    const owned = accounts(25, (number) => ({
      account: account({ id: `a${number}`, status: number < 5 ? 'closed' : 'active' }),
    }))

    expect(habit('load', owned, [10, 40, 30])).toMatchObject({
      value: 20,
      text: '20 accounts that are not closed; half of the 3 colleagues look after 30 or more.',
    })
    expect(habit('load', owned, [10, 40])).toBeUndefined()
  })

  test('every finding has evidence of a record, and an owner without accounts has none', () => {
    const owned = accounts(40, (number) => ({
      deals: [closed('won'), deal({ id: `d${number}` })],
      activities: [touch(2), theirs(6), touch(12)],
    }))
    const found = habitsOf({ ownerId: owner.id, accounts: owned, colleagueLoads: [1, 2, 3] }, clock)

    expect(found.map(({ kind }) => kind)).toEqual([
      'touch_rhythm',
      'response_time',
      'coverage_gap',
      'stalled_share',
      'before_wins',
      'load',
    ])
    for (const { evidence, ownerId } of found) {
      expect(ownerId).toBe(owner.id)
      expect(evidence.length).toBeGreaterThan(0)
      expect(evidence.length).toBeLessThanOrEqual(3)
    }
    expect(habitsOf({ ownerId: owner.id, accounts: [], colleagueLoads: [] }, clock)).toEqual([])
  })

  test('dates that no calendar has are left out', () => {
    const owned = accounts(20, () => ({
      deals: [closed('won', { closingDate: '2026-02-30' }), closed('won', { closingDate: 'soon' })],
    }))

    expect(habit('before_wins', owned)).toBeUndefined()
  })
})
