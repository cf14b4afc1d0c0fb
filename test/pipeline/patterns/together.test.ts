import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Activity } from '../../../src/model/account.ts'
import { isNews, PATTERN_NAMES } from '../../../src/model/pattern.ts'
import type { AccountFacts } from '../../../src/pipeline/facts.ts'
import { account, contact, daysAgo, deal, facts, moved, owner, touch, won } from '../sample-account.ts'
import { findingsOf, meeting, promise, renewing, said } from './sample.ts'

const newsOf = (of: AccountFacts) =>
  Object.values(findingsOf(of))
    .filter(isNews)
    .map(({ pattern }) => pattern)

describe('nothing is said twice', () => {
  const silent = Array.from({ length: 40 }, (_, index) => touch(70 + index * 4))

  test('silence that a signal tells is no pattern of its own, before a renewal either', () => {
    const findings = findingsOf(renewing({ activities: silent }))

    expect(findings.engagement_drop).toMatchObject({ state: 'found', saidBy: 'engagement_drop' })
    expect(findings.low_engagement).toMatchObject({ state: 'found', saidBy: 'engagement_drop' })
    expect(newsOf(renewing({ activities: silent }))).toEqual([])
  })

  test('a worse tone is told of the renewal when there is one', () => {
    const activities = [
      ...[3, 20, 50].map((days) => said(days, 'We are unhappy, this is unacceptable.')),
      ...[90, 100, 120].map((days) => said(days, 'We are very happy, great work.')),
    ]
    expect(findingsOf(renewing({ activities })).sentiment_decline).toMatchObject({
      saidBy: 'renewal_sentiment',
    })
    expect(findingsOf(facts({ activities })).sentiment_decline).toMatchObject({ saidBy: null })
  })

  test('a deal stuck in its stage is the signal’s; one without a date of its stage is the pattern’s', () => {
    const stuck = deal({ modifiedAt: daysAgo(60), stageChangedAt: daysAgo(60) })
    const undated = deal({ id: '5000000000202', modifiedAt: daysAgo(60), stageChangedAt: null })

    expect(findingsOf(facts({ deals: [stuck] })).deal_stall).toMatchObject({ saidBy: 'stalled_deal' })
    expect(findingsOf(facts({ deals: [stuck, undated] })).deal_stall).toMatchObject({ saidBy: null })
  })
})

describe('an account', () => {
  const lively = facts({
    account: account({ renewalDate: daysAgo(-30).toISOString().slice(0, 10), usage: 200 }),
    deals: [won()],
    contacts: [contact(), contact({ id: '5000000000102', title: 'CFO' })],
    activities: [
      ...[1, 4, 9, 12, 17, 25].map((days) =>
        said(days, 'We are unhappy. It is too expensive. We are evaluating another vendor.'),
      ),
      meeting(4, { outcome: 'Cancelled' }),
      meeting(6, { outcome: 'No show' }),
      ...[100, 120, 140].map((days) => said(days, 'We are very happy, and need additional licenses.')),
    ],
    changes: [moved({ module: 'Accounts', field: 'usage', old: '100', new: '200' })],
  })

  test('that is closed has no patterns at all', () => {
    const closed = { ...lively, account: { ...lively.account, status: 'closed' as const } }

    expect(Object.values(findingsOf(closed)).map(({ state }) => state)).toEqual(
      PATTERN_NAMES.map(() => 'not measured'),
    )
    expect(newsOf(lively).length).toBeGreaterThan(3)
  })

  test('shows the same whatever the order its records come in', () => {
    const orders = fc.record({
      activities: fc.shuffledSubarray([...lively.activities], { minLength: lively.activities.length }),
      contacts: fc.shuffledSubarray([...lively.contacts], { minLength: lively.contacts.length }),
    })
    fc.assert(
      fc.property(orders, (order) => {
        expect(findingsOf({ ...lively, ...order })).toEqual(findingsOf(lively))
      }),
      { numRuns: 50 },
    )
  })

  test('shows the same with old records and tasks added, which none of it is about', () => {
    const unrelated = fc.array(
      fc
        .record({ days: fc.integer({ min: 1000, max: 2000 }), body: fc.string() })
        .map(({ days, body }) => said(days, body, { type: 'task', module: 'Tasks', direction: null })),
      { maxLength: 20 },
    )
    fc.assert(
      fc.property(unrelated, (more) => {
        expect(findingsOf({ ...lively, activities: [...lively.activities, ...more] })).toEqual(
          findingsOf(lively),
        )
      }),
      { numRuns: 50 },
    )
  })

  const words = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 80 }),
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.constantFrom(
      '',
      'x'.repeat(50_000),
      'not '.repeat(20_000),
      '\n'.repeat(5000),
      'From: a@b.example\nDirection: Inbound\n\n> quoted',
      'We are evaluating another vendor. It is too expensive!!! \ud800',
      'Der Geschäftsführer hat das Unternehmen verlassen; ein neuer CFO kommt.',
    ),
  )
  const anyActivity: fc.Arbitrary<Activity> = fc
    .record({
      days: fc.integer({ min: -30, max: 500 }),
      body: fc.option(words),
      type: fc.constantFrom<Activity['type']>('meeting', 'call', 'email', 'task', 'note'),
      outcome: fc.option(words),
      direction: fc.constantFrom('inbound' as const, 'outbound' as const, null),
      at: fc.boolean(),
    })
    .map(({ days, at, ...more }) => said(days, '', { ...more, ...(!at && { at: null }) }))

  test('of any kind is read without failing, and only its own records are cited', () => {
    const anyFacts = fc.record({
      activities: fc.array(anyActivity, { maxLength: 25 }),
      renewalDate: fc.constantFrom(null, 'soon', '2026-02-30', '2026-12-24'),
      title: fc.option(words),
      usage: fc.option(fc.double()),
      zone: fc.constantFrom('Mars/Olympus', 'Pacific/Kiritimati', 'Europe/Paris'),
      commitments: fc.option(fc.array(fc.integer({ min: -400, max: 400 }), { maxLength: 4 })),
    })
    fc.assert(
      fc.property(anyFacts, ({ activities, renewalDate, title, usage, zone, commitments }) => {
        const of = facts({
          account: account({ renewalDate, usage }),
          owner: { ...owner, zone },
          contacts: [contact({ title })],
          activities,
          changes: [
            moved({ module: 'Contacts', recordId: 'nobody', field: 'title', old: 'CEO', new: 'CFO' }),
          ],
        })
        const unknown = [{ module: 'Notes' as const, recordId: 'gone', label: 'gone', at: null }]
        const promised = commitments?.map((due) => promise({ due, evidence: unknown })) ?? null
        const known = new Set([of.account, ...of.contacts, ...of.deals, ...of.activities].map(({ id }) => id))

        const findings = Object.values(findingsOf(of, { commitments: promised }))

        expect(findings.map(({ pattern }) => pattern)).toEqual(PATTERN_NAMES)
        for (const finding of findings) {
          expect(finding.reason.length).toBeLessThanOrEqual(300)
          if (finding.state !== 'found') continue
          for (const { recordId } of finding.evidence) expect(known).toContain(recordId)
          for (const figure of [finding.confidence, finding.strength]) {
            expect(figure).toBeGreaterThanOrEqual(0)
            expect(figure).toBeLessThanOrEqual(1)
          }
        }
      }),
      { numRuns: 150 },
    )
  })
})
