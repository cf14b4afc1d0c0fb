import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  AccountStatus,
  type Activity,
  ActivityType,
  type Deal,
  DealOutcome,
  PaymentStatus,
} from '../../src/model/account.ts'
import { CrmChange, changeHash } from '../../src/model/change.ts'
import type { FieldChange } from '../../src/model/review.ts'
import { riskLevel } from '../../src/model/signal.ts'
import type { AccountFacts } from '../../src/pipeline/facts.ts'
import {
  ACCOUNT_ID,
  account,
  contact,
  daysAgo,
  deal,
  facts,
  NOW,
  owner,
  reviewed,
  touch,
} from './sample-account.ts'

/** Whatever the CRM holds: missing dates, words nobody knows, text of any kind and length. */

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    'Acme',
    '',
    ' \t\n ',
    '👩‍👩‍👧‍👦'.repeat(120),
    'x'.repeat(40_000),
    'شركة النور للتجارة',
    'a\u200bb\u202ec\u2066d\ufeff',
    '\ud800 lone',
    '<!channel> *bold* <https://evil.example|click>',
    '"quotes" \\ and `ticks`',
  ),
)
const anyInstant = fc.option(fc.integer({ min: -60, max: 900 }).map((days) => daysAgo(days)))
const anyDate = fc.oneof(
  fc.constantFrom(null, '2026-02-30', 'soon', '', '0000-00-00'),
  fc.integer({ min: -500, max: 500 }).map((days) => daysAgo(days).toISOString().slice(0, 10)),
)
const anyAmount = fc.option(fc.constantFrom(0, -1, 0.5, 9_999, 50_000, 1e12))
const anyId = (place: number) =>
  fc.integer({ min: 100, max: 110 }).map((number) => `50000000${place}${number}`)

const anyDeal: fc.Arbitrary<Deal> = fc
  .record({
    id: anyId(2),
    name: anyText,
    stage: fc.option(fc.oneof(anyText, fc.constantFrom('Proposal', 'Negotiation', 'Qualification'))),
    outcome: fc.constantFrom(...DealOutcome.options),
    amount: anyAmount,
    closingDate: anyDate,
    nextStep: fc.option(anyText),
    pipeline: fc.constantFrom(null, 'Renewal', 'New Business'),
    stageChangedAt: anyInstant,
    contactId: fc.constantFrom(null, '5000000000101', '5999999999999'),
    ownerId: fc.constantFrom(null, owner.id),
  })
  .map((change) => deal(change))

const PROMISES = [
  "I'll send the quote by Friday.",
  'They asked us to call them by 2 March.',
  'Direction: Inbound\n\nBitte schicken Sie uns morgen 👩‍👩‍👧‍👦 den Vertrag.',
]
const anyActivity: fc.Arbitrary<Activity> = fc
  .record({
    id: anyId(3),
    module: fc.constantFrom('Tasks', 'Events', 'Calls', 'Notes'),
    type: fc.constantFrom(...ActivityType.options),
    subject: anyText,
    body: fc.option(fc.oneof(anyText, fc.constantFrom(...PROMISES))),
    at: anyInstant,
    completed: fc.option(fc.boolean()),
    contactId: fc.constantFrom(null, '5000000000101', '5999999999999'),
  })
  .map((change) => touch(0, change))

const anyChange: fc.Arbitrary<FieldChange> = fc.record({
  module: fc.constantFrom('Accounts', 'Deals'),
  recordId: fc.oneof(fc.constant(ACCOUNT_ID), anyId(2)),
  accountId: fc.constant(ACCOUNT_ID),
  field: fc.constantFrom('owner', 'status', 'stage', 'amount', 'annualRevenue', 'record'),
  old: fc.option(fc.oneof(anyText, fc.constantFrom('Negotiation', '100', '5000'))),
  new: fc.option(fc.oneof(anyText, fc.constantFrom('Proposal', '50', '90000'))),
  at: fc.integer({ min: -5, max: 120 }).map((days) => daysAgo(days)),
})

const anyFacts: fc.Arbitrary<AccountFacts> = fc
  .record({
    account: fc
      .record({
        name: anyText,
        status: fc.constantFrom(...AccountStatus.options),
        statusText: fc.option(anyText),
        healthScore: fc.option(fc.integer({ min: 0, max: 100 })),
        renewalDate: anyDate,
        paymentStatus: fc.constantFrom(...PaymentStatus.options),
        createdAt: anyInstant,
        ownerId: fc.constantFrom(null, owner.id),
      })
      .map((change) => account(change)),
    owner: fc.constantFrom(
      null,
      owner,
      { ...owner, zone: 'Mars/Olympus' },
      { ...owner, zone: 'Pacific/Kiritimati' },
    ),
    contacts: fc.array(
      fc.record({ name: anyText, title: fc.option(anyText) }).map((change) => contact(change)),
      { maxLength: 2 },
    ),
    deals: fc.uniqueArray(anyDeal, { maxLength: 6, selector: ({ id }) => id }),
    activities: fc.uniqueArray(anyActivity, { maxLength: 10, selector: ({ id }) => id }),
    changes: fc.array(anyChange, { maxLength: 6 }),
    asOf: anyInstant,
  })
  .map((change) => facts(change))

const LIMITS: Record<string, number> = {
  Subject: 255,
  Event_Title: 255,
  Next_Step: 255,
  Note_Title: 120,
  Note_Content: 32_000,
  Description: 32_000,
}

describe('any account at all', () => {
  test('risk is 0–100, the points shown add up to it, and health and priority stay in bounds', () => {
    fc.assert(
      fc.property(anyFacts, (of) => {
        const { snapshot } = reviewed(of)
        const { score, level, reasons } = snapshot.risk

        expect(score).toBeGreaterThanOrEqual(0)
        expect(score).toBeLessThanOrEqual(100)
        expect(reasons.reduce((sum, { points }) => sum + points, 0)).toBe(score)
        expect(reasons.every(({ points }) => points > 0)).toBe(true)
        expect(level).toBe(riskLevel(score))
        for (const bounded of [snapshot.health.score, snapshot.priority]) {
          expect(bounded).toBeGreaterThanOrEqual(0)
          expect(bounded).toBeLessThanOrEqual(100)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('every piece of evidence is a record of the account', () => {
    fc.assert(
      fc.property(anyFacts, (of) => {
        const { snapshot, drafts, recommendations, refusals } = reviewed(of)
        const records = new Set([
          `Accounts:${of.account.id}`,
          ...of.deals.map(({ id }) => `Deals:${id}`),
          ...of.contacts.map(({ id }) => `Contacts:${id}`),
          ...of.activities.map(({ id, module }) => `${module}:${id}`),
        ])
        const cited = [
          ...snapshot.signals.flatMap(({ evidence }) => evidence),
          ...drafts.flatMap(({ rationale }) => rationale.flatMap(({ evidence }) => evidence)),
          ...recommendations.flatMap(({ evidence }) => evidence),
        ]

        for (const { module, recordId } of cited) expect(records).toContain(`${module}:${recordId}`)
        for (const { rationale } of recommendations) expect(rationale.length).toBeGreaterThan(0)
        // The rules' own drafts always fit the forms, the limits and the records.
        const unexpected = refusals.filter(
          ({ rule }) => !['confidence', 'no_change', 'secret_numbers'].includes(rule),
        )
        expect(unexpected).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  test('no text breaks a limit, hides a character or is cut inside one', () => {
    fc.assert(
      fc.property(anyFacts, (of) => {
        const { snapshot, recommendations } = reviewed(of)
        const hidden = /[\u200b\u202a-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/u
        for (const { reason, evidence } of snapshot.signals) {
          expect(reason.length).toBeLessThanOrEqual(300)
          for (const text of [reason, ...evidence.map(({ label }) => label)]) expect(text).not.toMatch(hidden)
        }
        for (const { title, change, draft } of recommendations) {
          expect(title.length).toBeLessThanOrEqual(100)
          expect(CrmChange.safeParse(change).error).toBeUndefined()
          if (change.action === 'remove') throw new Error('nothing is removed')
          const texts = Object.entries(change.fields).filter(
            (entry): entry is [string, string] => typeof entry[1] === 'string',
          )
          for (const [field, text] of texts) expect(text.length).toBeLessThanOrEqual(LIMITS[field] ?? 255)
          for (const text of [
            title,
            draft?.subject ?? '',
            draft?.body ?? '',
            ...texts.map(([, text]) => text),
          ]) {
            expect(text).not.toMatch(hidden)
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  test('the same facts at the same time give the same change, to the hash', () => {
    fc.assert(
      fc.property(anyFacts, (of) => {
        const hashes = () => reviewed(of).recommendations.map(({ change }) => changeHash(change))
        const shuffled = { ...of, activities: of.activities.toReversed(), changes: of.changes.toReversed() }

        expect(hashes()).toEqual(hashes())
        expect(reviewed(shuffled).recommendations.map(({ kind }) => kind)).toEqual(
          reviewed(of).recommendations.map(({ kind }) => kind),
        )
      }),
    )
  })

  test('a closed account gets nothing, and no account more than five', () => {
    fc.assert(
      fc.property(anyFacts, (of) => {
        const { drafts, recommendations } = reviewed(of)

        expect(drafts.length).toBeLessThanOrEqual(5)
        if (of.account.status === 'closed') expect(drafts).toEqual([])
        expect(new Set(drafts.map(({ kind, subject }) => `${kind} ${subject.recordId}`)).size).toBe(
          drafts.length,
        )
        const actions = (few: typeof recommendations) => new Set(few.map(({ change }) => change.action)).size
        expect(actions(recommendations.slice(0, 2))).toBe(actions(recommendations))
        for (const { expiresAt } of recommendations) expect(expiresAt > NOW).toBe(true)
      }),
    )
  })
})
