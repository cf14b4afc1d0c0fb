import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { composeDigest, type DigestFacts } from '../../src/digest/compose.ts'
import { movedItems, netChanges } from '../../src/digest/moved.ts'
import { renderDigest } from '../../src/digest/view.ts'
import { Preferences } from '../../src/model/owner.ts'
import { blockProblems } from '../../src/sandbox/slack/block-kit.ts'
import { actionIds, aloud, choicesOf } from '../slack/aloud.ts'
import { hostileText, liveMarkup } from '../slack/hostile-text.ts'
import { candidate, digestFacts, FRIDAY, moved, standing, upcoming } from './sample-portfolio.ts'

function digest(more: Partial<DigestFacts> = {}) {
  const composed = composeDigest(digestFacts(more))
  if (!composed) throw new Error('There was nothing to say')
  return composed
}

describe('composing', () => {
  test('says nothing when nothing needs the owner, even if something moved', () => {
    expect(composeDigest(digestFacts({ candidates: [], upcoming: [] }))).toBeNull()
  })

  test('takes the first three suggestions and counts the rest as waiting', () => {
    const candidates = ['A', 'B', 'C', 'D', 'E'].map((name) => candidate(name, 'Call'))

    const { top, waiting, recommendationIds } = digest({ candidates, others: 4 })

    expect(top.map(({ name }) => name)).toEqual(['A', 'B', 'C'])
    expect(recommendationIds).toHaveLength(3)
    expect(waiting).toBe(6)
  })

  test('makes one entry of an account with two suggestions', () => {
    const candidates = [
      candidate('Acme Corp', 'Call'),
      candidate('Acme Corp', 'Move close date'),
      candidate('Beta', 'Call'),
    ]

    expect(digest({ candidates }).top).toMatchObject([
      { name: 'Acme Corp', nextSteps: ['Call', 'Move close date'] },
      { name: 'Beta', nextSteps: ['Call'] },
    ])
  })

  test('leaves muted accounts out everywhere', () => {
    const preferences = Preferences.parse({ mutedAccountIds: ['acc-Acme Corp', 'acc-Beta'] })

    const { top, moved, upcoming } = digest({ owner: { id: 'owner-1', zone: 'UTC', preferences } })

    expect(top.map(({ name }) => name)).toEqual(['Gamma'])
    expect([...moved, ...upcoming]).toEqual([])
  })

  test('tells what moved by the weight of the account, each field once, at most five', () => {
    const at = (hour: number) => new Date(Date.UTC(2026, 10, 19, hour))
    const items = [
      moved('Gamma', { field: 'stage', at: at(9) }),
      moved('Acme Corp', { text: 'older', at: at(8) }),
      moved('Acme Corp', { text: 'newer', at: at(10) }),
      ...['a', 'b', 'c', 'd'].map((field) => moved('Beta', { field, at: at(7) })),
    ]

    const told = digest({ moved: items }).moved

    expect(told.map(({ accountName }) => accountName)).toEqual(['Acme Corp', 'Beta', 'Beta', 'Beta', 'Beta'])
    expect(told[0]?.text).toBe('newer')
  })

  test('puts what comes up first, first', () => {
    const dates = ['2026-11-27', '2026-11-22', '2026-11-25', '2026-11-24', '2026-11-23', '2026-11-26']

    expect(
      digest({ upcoming: dates.map((on) => upcoming('Beta', on)) }).upcoming.map(({ on }) => on),
    ).toEqual(dates.toSorted().slice(0, 5))
  })

  test('knows the day in the zone of its owner', () => {
    const inZone = (zone: string) =>
      digest({
        now: new Date('2026-11-20T23:30:00Z'),
        owner: { id: 'o', zone, preferences: Preferences.parse({}) },
      })

    expect(inZone('UTC').localDate).toBe('2026-11-20')
    expect(inZone('Asia/Tokyo').localDate).toBe('2026-11-21')
    expect(renderDigest(inZone('Asia/Tokyo')).text).toMatch(/^Sat 21 Nov: /)
  })
})

describe('the message', () => {
  test.each([
    [1, 'Fri 20 Nov · 1 account needs you'],
    [3, 'Fri 20 Nov · 3 accounts need you'],
    [8, 'Fri 20 Nov · 8 accounts need you'],
  ])('with %i suggestions begins with how many accounts need the owner', (n, headline) => {
    const candidates = Array.from({ length: n }, (_, index) => candidate(`Account ${index}`, 'Call'))

    const message = renderDigest(digest({ candidates, needing: n }))

    expect(aloud(message)).toContain(headline)
    expect(actionIds(message).filter((id) => id === 'digest.review')).toHaveLength(Math.min(n, 3))
  })

  test('says why, the next step, what does not happen, and how old the data is', () => {
    const words = aloud(renderDigest(digest({ degraded: ['activities (Zoho timed out)'] })))

    expect(words).toContain(
      'No contact for 34 days, and the renewal is on 18 Dec.\nNext: Move close date to 15 Jan',
    )
    expect(words).toContain(
      '3 suggestions for you today, about 3 of the 9 accounts that need you; 11 more wait',
    )
    expect(words).toContain('Nothing is written to Zoho until you approve')
    expect(words).toContain('Zoho read Fri 20 Nov at 05:52.')
    expect(words).toContain('Not available: activities (Zoho timed out).')
    expect(words).toContain('*Moved since yesterday*\n')
    expect(words).toContain('renewal 25 Nov (in 5 days)')
    expect(words).toContain('Analysed 42 accounts, skipped 2 (no activity data).')
    expect(words).toContain('[See all (14)]')
  })

  test('marks data that is hours old', () => {
    const words = aloud(renderDigest(digest({ asOf: new Date('2026-11-19T05:05:00Z') })))

    expect(words).toContain('Last known data: Zoho was last read')
    expect(words).toContain('(24 h ago)')
  })

  test('asks for nothing when only dates come up', () => {
    const message = renderDigest(digest({ candidates: [], others: 0, needing: 0 }))

    expect(message.text).toBe('Fri 20 Nov: nothing to decide, 1 date coming up.')
    expect(aloud(message)).toContain('No decision is needed from you today.')
    expect(actionIds(message)).not.toContain('digest.review')
  })

  test('carries its ids for machines and lets its accounts be muted', () => {
    const message = renderDigest(digest())

    expect(message.metadata).toEqual({
      event_type: 'sergas_digest',
      event_payload: {
        digest_id: 'digest-1',
        owner_id: 'owner-1',
        local_date: '2026-11-20',
        account_ids: ['acc-Acme Corp', 'acc-Beta', 'acc-Gamma'],
      },
    })
    expect(choicesOf(message, 'digest.more')).toEqual([
      'change_time',
      'mute:acc-Acme Corp',
      'mute:acc-Beta',
      'mute:acc-Gamma',
      'why',
    ])
  })

  test('asks whether it was useful, with a menu where the workspace lacks the newer block', () => {
    const classic = renderDigest(digest(), { feedbackButtons: false })

    expect(renderDigest(digest()).blocks.some(({ type }) => type === 'context_actions')).toBe(true)
    expect(classic.blocks.some(({ type }) => type === 'context_actions')).toBe(false)
    expect(choicesOf(classic, 'digest.feedback')).toEqual(['useful:digest-1', 'not_useful:digest-1'])
  })

  test('is taken by Slack whatever stands in the CRM, and nothing in it comes alive', () => {
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 1, maxLength: 6 }), hostileText, (names, text) => {
        const accounts = names.map((name, index) => {
          const each = candidate(name, text)
          return {
            ...each,
            accountUrl: null,
            recommendation: { ...each.recommendation, id: `r${index}`, accountId: `a${index}` },
          }
        })
        const composed = digest({
          candidates: accounts,
          moved: names.map((name) => moved(name, { text })),
          upcoming: names.map((name) => ({ ...upcoming(name, text), deal: text, what: 'closing' as const })),
          degraded: names,
          skipped: { count: 1, why: text },
        })

        for (const feedbackButtons of [true, false]) {
          const message = renderDigest(composed, { feedbackButtons })

          expect(blockProblems(message.blocks, 'message')).toEqual([])
          expect(liveMarkup(message)).toEqual([])
          expect(message.text.length).toBeLessThanOrEqual(80)
        }
      }),
      { numRuns: 80 },
    )
  })
})

describe('what moved', () => {
  const names = new Map([['acc-1', 'Acme Corp']])
  const reader = { zone: 'UTC', now: FRIDAY }
  const row = {
    module: 'Deals' as const,
    recordId: 'd1',
    accountId: 'acc-1',
    field: 'amount',
    old: '40000',
    new: '48000',
    at: FRIDAY,
  }

  test('is told with labels, figures and dates as people write them', () => {
    const told = movedItems(
      [
        row,
        { ...row, field: 'closingDate', old: '2026-11-30', new: null },
        { ...row, field: 'record', old: null, new: 'Expansion' },
      ],
      names,
      reader,
    )

    expect(told.map(({ text }) => text)).toEqual([
      'Amount 40,000 → 48,000',
      'Close date 30 Nov → empty',
      'New deal: Expansion',
    ])
    expect(told.map(({ discreet }) => discreet)).toEqual([
      'Amount changed',
      'Close date 30 Nov → empty',
      'New deal',
    ])
  })

  test('of several moves of a field is the way from the first to the last, and nothing when it is back', () => {
    const at = (hour: number) => new Date(Date.UTC(2026, 10, 19, hour))
    const back = { ...row, old: '48000', new: '40000', at: at(11) }
    const there = { ...row, at: at(9) }

    expect(netChanges([back, there])).toEqual([])
    expect(netChanges([{ ...back, new: '60000' }, there])).toMatchObject([{ old: '40000', new: '60000' }])
    expect(
      netChanges([
        { ...row, field: 'record', old: null, new: 'Expansion', at: at(9) },
        { ...row, field: 'record', old: 'Expansion', new: null, at: at(10) },
      ]),
    ).toEqual([])
  })

  test('leaves out what says nothing, and accounts we do not know', () => {
    const rows = [
      { ...row, field: 'modifiedAt' },
      { ...row, module: 'Tasks' as const },
      { ...row, accountId: 'acc-2' },
      { ...row, accountId: null },
    ]

    expect(movedItems(rows, names, reader)).toEqual([])
  })
})

test('standings of other accounts do not matter to the order', () => {
  const items = [moved('Zeta', { at: new Date(0) }), moved('Acme Corp')]

  expect(digest({ standings: [standing('Zeta', 90)], moved: items }).moved[0]?.accountName).toBe('Zeta')
})
