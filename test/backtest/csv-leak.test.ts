import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { openCsvSource } from '../../src/backtest/csv-source.ts'
import { replay } from '../../src/backtest/replay.ts'
import {
  type ActivityLine,
  type Company,
  csvOf,
  type DealLine,
  dayFrom,
  temporaryFolders,
} from './csv-folder.ts'

/** What comes later in the files may not be seen from earlier. */

const AS_OF = '2025-06-30'
const folders = temporaryFolders()
afterAll(() => folders.remove())

async function scoresOf(company: Company) {
  const source = await openCsvSource(folders.write(csvOf(company)))
  const scores: Record<string, unknown> = {}
  for await (const { accountId, risk } of replay(source, { dates: [AS_OF], horizonDays: 90 })) {
    scores[accountId] = risk
  }
  return scores
}

const anyAccount = fc.constantFrom('1', '2', '3')
const before = fc.integer({ min: -700, max: 0 }).map((days) => dayFrom(AS_OF, days))
const after = fc.integer({ min: 1, max: 300 }).map((days) => dayFrom(AS_OF, days))
const anyType = fc.constantFrom('Email', 'Meeting', 'Phone Call', 'Note', 'LinkedIn')

const activities = (days: fc.Arbitrary<string>, place: string) =>
  fc
    .array(fc.record({ account: anyAccount, on: days, type: anyType }), { maxLength: 25 })
    .map((found) => found.map((each, index): ActivityLine => ({ id: `${place}${index}`, ...each })))

const later = (a: string, b: string) => [a, b].sort()[1] ?? a

/** Deals that were there by then: some closed by then, the others open whatever the file says of later. */
const knownDeals = fc
  .array(
    fc.record({
      account: anyAccount,
      created: before,
      closed: fc.option(fc.tuple(before, fc.constantFrom('Won' as const, 'Lost' as const))),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((found) =>
    found.map(({ account, created, closed }, index) => ({
      id: `d${index}`,
      account,
      created,
      ending: closed && { on: later(closed[0], created), status: closed[1] },
    })),
  )

/** How a file of today tells of a deal that was open then. */
const anyLater = fc.oneof(
  fc.record({
    status: fc.constant('Open' as const),
    closed: fc.option(after),
    stage: fc.constantFrom('Lead', 'Proposal'),
  }),
  fc.record({
    status: fc.constantFrom('Won' as const, 'Lost' as const),
    closed: after,
    stage: fc.constantFrom('Closed Won', 'Closed Lost', 'Churned'),
  }),
)
const anyTelling = fc.record({
  endings: fc.array(anyLater, { minLength: 6, maxLength: 6 }),
  amount: fc.integer({ min: 0, max: 1_000_000 }),
  deals: fc.array(fc.record({ account: anyAccount, created: after, ending: anyLater }), { maxLength: 5 }),
  activities: activities(after, 'later'),
})

test('later rows, however they are changed, added or taken away, leave every score as it was', async () => {
  let scored = 0
  let risky = 0
  await fc.assert(
    fc.asyncProperty(
      knownDeals,
      activities(before, 'a'),
      anyTelling,
      anyTelling,
      async (deals, earlier, one, other) => {
        const told = (telling: typeof one): Company => ({
          accounts: ['1', '2', '3'],
          deals: [
            ...deals.map(({ id, account, created, ending }, index): DealLine => {
              if (ending) return { id, account, created, closed: ending.on, status: ending.status }
              return { id, account, created, amount: telling.amount, ...telling.endings[index]! }
            }),
            ...telling.deals.map(({ account, created, ending }, index): DealLine => {
              const closed = ending.closed && later(ending.closed, created)
              return { id: `n${index}`, account, created, ...ending, closed }
            }),
          ],
          activities: [
            { id: 'first', account: '3', on: dayFrom(AS_OF, -700), type: 'Email' },
            ...earlier,
            ...telling.activities,
          ],
        })

        const scores = await scoresOf(told(one))

        expect(await scoresOf(told(other))).toEqual(scores)
        scored += Object.keys(scores).length
        risky += Object.values(scores).filter((risk) => (risk as { score: number }).score > 0).length
      },
    ),
    { numRuns: 60 },
  )
  // Nothing scored, or nothing but zeros, would be the same whatever came later.
  expect(scored).toBeGreaterThan(30)
  expect(risky).toBeGreaterThan(10)
})

test('a deal that closes later was open then, and its account was watched', async () => {
  const company = (deal: Pick<DealLine, 'closed' | 'status'>): Company => ({
    accounts: ['1'],
    deals: [{ id: 'd', account: '1', created: dayFrom(AS_OF, -100), ...deal }],
    activities: [{ id: 'a', account: '1', on: dayFrom(AS_OF, -90), type: 'Email' }],
  })

  const lostLater = await scoresOf(company({ closed: dayFrom(AS_OF, 10), status: 'Lost' }))

  expect(lostLater).toEqual(await scoresOf(company({ closed: null, status: 'Open' })))
  expect(Object.keys(lostLater)).toEqual(['1'])
  expect(await scoresOf(company({ closed: dayFrom(AS_OF, -10), status: 'Lost' }))).toEqual({})
})

test('what came before does change a score', async () => {
  const company = (days: number): Company => ({
    accounts: ['1'],
    deals: [{ id: 'd', account: '1', created: dayFrom(AS_OF, -300), closed: null, status: 'Open' }],
    activities: Array.from({ length: 20 }, (_, index) => ({
      id: String(index),
      account: '1',
      on: dayFrom(AS_OF, -days - index * 7),
      type: 'Phone Call',
    })),
  })

  expect(await scoresOf(company(40))).not.toEqual(await scoresOf(company(2)))
})
