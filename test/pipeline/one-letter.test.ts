import { describe, expect, test } from 'vitest'
import type { AccountFacts } from '../../src/pipeline/facts.ts'
import {
  ACCOUNT_ID,
  account,
  DEAL_ID,
  dateIn,
  daysAgo,
  deal,
  facts,
  moved,
  reviewed,
  touchesSince,
  won,
} from './sample-account.ts'

function titles(of: AccountFacts): string[] {
  return reviewed(of).recommendations.map(({ title }) => title)
}

describe('a customer is not bothered twice', () => {
  const SECOND = '5000000000202'
  const stalled = (change: Parameters<typeof deal>[0] = {}) =>
    deal({ stageChangedAt: daysAgo(35), nextStep: null, ...change })

  test('several stuck deals are one e-mail, and one next step: of the most valuable', () => {
    const { recommendations } = reviewed(
      facts({
        deals: [
          stalled({ name: 'Acme Corp – archive migration', amount: 10_000, stageChangedAt: daysAgo(60) }),
          stalled({ id: SECOND, name: 'Acme Corp – training for drivers 2509', amount: 20_000 }),
        ],
      }),
    )
    const [letter, ...others] = recommendations.filter(({ draft }) => draft)
    const steps = recommendations.filter(({ kind }) => kind === 'update_account')

    expect(others).toEqual([])
    expect(letter).toMatchObject({ title: 'Get 2 stalled deals moving again', priority: 'high' })
    expect(letter?.draft?.body).toContain('the training for drivers and the archive migration')
    expect(letter?.evidence.map(({ recordId }) => recordId)).toEqual([SECOND, DEAL_ID])
    expect(steps.map(({ subject }) => subject.recordId)).toEqual([SECOND])
  })

  test('whatever is wrong, one e-mail: the most urgent', () => {
    const { recommendations } = reviewed(
      facts({
        account: account({ renewalDate: dateIn(60) }),
        deals: [won(), stalled({ amount: 60_000 })],
        activities: touchesSince(61),
      }),
    )

    expect(recommendations.filter(({ draft }) => draft).map(({ kind }) => kind)).toEqual(['re_engagement'])
  })

  test('none while another waits or was just accepted', () => {
    const silent = facts({ activities: touchesSince(40) })
    const kinds = (change: Parameters<typeof reviewed>[1]) =>
      reviewed(silent, change).recommendations.map(({ kind }) => kind)
    const past = {
      id: 'r1',
      kind: 'renewal_reminder' as const,
      title: 'Start the renewal talk',
      state: 'accepted' as const,
      reason: null,
      proposedAt: daysAgo(3),
      decidedAt: daysAgo(2),
      subjectId: ACCOUNT_ID,
    }

    expect(kinds({})).toContain('re_engagement')
    expect(kinds({ context: { open: [`renewal_reminder:Accounts:${ACCOUNT_ID}`] } })).not.toContain(
      're_engagement',
    )
    expect(kinds({ memory: { past: [past] } })).not.toContain('re_engagement')
    expect(kinds({ memory: { past: [{ ...past, decidedAt: daysAgo(7) }] } })).toContain('re_engagement')
  })

  test('a stuck proposal is updated, not also written about', () => {
    expect(titles(facts({ deals: [stalled({ stage: 'Proposal', nextStep: 'Send it' })] }))).toEqual([
      'Update the proposal for "Fleet rollout" after 35 days',
    ])
  })

  test('a next step is replaced only when it is older than the stage', () => {
    const of = (writtenDaysAgo: number) =>
      facts({
        deals: [stalled({ nextStep: 'Send the terms' })],
        changes: [
          moved({
            module: 'Deals',
            recordId: DEAL_ID,
            field: 'nextStep',
            old: 'Call',
            new: 'Send the terms',
            at: daysAgo(writtenDaysAgo),
          }),
        ],
      })

    expect(titles(of(34))).toHaveLength(1)
    expect(titles(of(36))).toContain('Set next step "Hear from Robin what is still open by 27 Nov"')
  })

  test('a letter holds nothing of the trade, and a deal of a colleague is not claimed', () => {
    const text = (change: Parameters<typeof deal>[0]) => {
      const { recommendations } = reviewed(facts({ deals: [stalled({ name: 'Acme Corp 2509', ...change })] }))
      const draft = recommendations.find((one) => one.draft)?.draft
      return `${draft?.subject}\n${draft?.body}`
    }

    expect(text({})).not.toMatch(/Negotiation|2509|20,000|Weekly call/)
    expect(text({})).toContain('pick up our proposal again')
    expect(text({ ownerId: '5000000000999' })).toContain('I look after Acme Corp on our side')
    expect(text({ ownerId: '5000000000999' })).toContain('Dana Reyes')
  })
})
