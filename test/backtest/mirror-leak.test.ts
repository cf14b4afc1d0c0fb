import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openMirrorSource } from '../../src/backtest/mirror-source.ts'
import { replay } from '../../src/backtest/replay.ts'
import type { Risk } from '../../src/model/signal.ts'
import type { Db } from '../../src/store/db.ts'
import { markDeleted } from '../../src/store/mirror-deletions.ts'
import { type AccountRow, type DealRow, mergeRecords } from '../../src/store/mirror-writes.ts'
import { openDatabase } from '../database.ts'
import { emptied } from '../jobs/job-tools.ts'

/** What the mirror learned later may not be seen from earlier, whatever today's columns hold. */

const AS_OF = '2026-06-30'
const EVENING = Date.parse(`${AS_OF}T23:59:59.999Z`)
const NOW = new Date('2026-11-20T12:00:00Z')
const at = (days: number) => new Date(EVENING + days * 86_400_000)
const dateAt = (days: number) => at(days).toISOString().slice(0, 10)

let db: Db
let close: () => Promise<void>
beforeAll(async () => {
  ;({ db, close } = await openDatabase())
})
afterAll(() => close())

const account = (change: Partial<AccountRow> = {}): AccountRow => ({
  id: 'a1',
  ownerId: 'o1',
  raw: {},
  crmCreatedAt: at(-600),
  crmModifiedAt: at(-500),
  name: 'Acme',
  status: 'active',
  statusText: 'Active',
  industry: null,
  annualRevenue: null,
  healthScore: 80,
  renewalDate: dateAt(200),
  paymentStatus: 'paid',
  website: null,
  lastActivityAt: null,
  ...change,
})
const deal = (id: string, change: Partial<DealRow> = {}): DealRow => ({
  id,
  ownerId: 'o1',
  raw: {},
  crmCreatedAt: at(-200),
  crmModifiedAt: at(-200),
  accountId: 'a1',
  contactId: null,
  name: `Deal ${id}`,
  stage: 'Qualification',
  outcome: 'open',
  amount: 10_000,
  closingDate: dateAt(100),
  probability: 10,
  nextStep: null,
  pipeline: 'New Business',
  stageChangedAt: at(-200),
  ...change,
})

const merging = { source: 'sync', first: false, readAt: NOW } as const
const mergeAccount = (row: AccountRow, first = false) =>
  mergeRecords(db, { module: 'Accounts', rows: [row] }, { ...merging, first })
const mergeDeal = (row: DealRow, first = false) =>
  mergeRecords(db, { module: 'Deals', rows: [row] }, { ...merging, first })
const mergeCall = (id: string, day: number, enteredOn = day) =>
  mergeRecords(
    db,
    {
      module: 'Calls',
      rows: [
        {
          id,
          module: 'Calls',
          ownerId: 'o1',
          raw: {},
          crmCreatedAt: at(enteredOn - 0.1),
          crmModifiedAt: at(enteredOn - 0.1),
          accountId: null,
          dealId: null,
          contactId: null,
          parent: { id: 'a1', module: 'Accounts' },
          type: 'call',
          subject: 'Call',
          body: null,
          at: at(day - 0.2),
          completed: null,
        },
      ],
    },
    merging,
  )

async function riskThen(): Promise<Risk | null> {
  const source = await openMirrorSource(db, NOW)
  for await (const { risk } of replay(source, { dates: [AS_OF], horizonDays: 90 })) return risk
  return null
}

/** The mirror as it stood that evening. */
async function until(asOf: Earlier): Promise<void> {
  await emptied(db)
  await db.execute('truncate deals, contacts, activities')
  await mergeAccount(account({ status: 'pending', statusText: 'Pending' }), true)
  await mergeDeal(deal('d1'), true)
  // Only a move before that evening proves that the mirror followed by then.
  if (asOf.followed) {
    await mergeAccount(account({ ...STATUSES[asOf.status], crmModifiedAt: at(-60) }))
    await mergeDeal(
      deal('d1', { stage: 'Proposal', stageChangedAt: at(-asOf.inStage), crmModifiedAt: at(-asOf.inStage) }),
    )
  }
  for (const [index, day] of asOf.calls.entries()) await mergeCall(`c${index}`, -day)
}

const STATUSES = {
  active: { status: 'active', statusText: 'Active' },
  atRisk: { status: 'at_risk', statusText: 'At Risk' },
  closed: { status: 'closed', statusText: 'Closed' },
} as const
type Earlier = { followed: boolean; status: 'active' | 'atRisk'; inStage: number; calls: number[] }
const anyEarlier: fc.Arbitrary<Earlier> = fc.record({
  followed: fc.boolean(),
  status: fc.constantFrom('active', 'atRisk'),
  inStage: fc.integer({ min: 1, max: 55 }),
  calls: fc.array(fc.integer({ min: 1, max: 190 }), { maxLength: 8 }),
})

type Later = { day: number; what: string }
const LATER: Record<string, (day: number, place: number) => Promise<unknown>> = {
  'the deal is won': (day) =>
    mergeDeal(
      deal('d1', {
        stage: 'Closed Won',
        outcome: 'won',
        closingDate: dateAt(day),
        stageChangedAt: at(day),
        crmModifiedAt: at(day),
      }),
    ),
  'the deal is lost': (day) =>
    mergeDeal(
      deal('d1', {
        stage: 'Closed Lost',
        outcome: 'lost',
        closingDate: dateAt(day),
        stageChangedAt: at(day),
        crmModifiedAt: at(day),
      }),
    ),
  'the deal moves and its date slips': (day) =>
    mergeDeal(
      deal('d1', {
        stage: 'Negotiation',
        amount: 500,
        closingDate: dateAt(day + 90),
        stageChangedAt: at(day),
        crmModifiedAt: at(day),
      }),
    ),
  'the account is at risk, unpaid, due and of another owner': (day) =>
    mergeAccount(
      account({
        ...STATUSES.atRisk,
        paymentStatus: 'overdue',
        renewalDate: dateAt(1),
        ownerId: 'o2',
        healthScore: 3,
        lastActivityAt: at(day),
        crmModifiedAt: at(day),
      }),
    ),
  'the account is closed': (day) => mergeAccount(account({ ...STATUSES.closed, crmModifiedAt: at(day) })),
  'a call takes place': (day, place) => mergeCall(`late${place}`, day),
  'a call of before is entered': (day, place) => mergeCall(`entered${place}`, -1, day),
  'a new deal begins': (day, place) =>
    mergeDeal(deal(`n${place}`, { crmCreatedAt: at(day), crmModifiedAt: at(day) })),
  'the deal is deleted': (day) =>
    markDeleted(db, { module: 'Deals', ids: ['d1'], at: at(day), source: 'sync' }),
  'the account is deleted': (day) =>
    markDeleted(db, { module: 'Accounts', ids: ['a1'], at: at(day), source: 'sync' }),
  'the calls are deleted': (day) =>
    markDeleted(db, { module: 'Calls', ids: ['c0', 'c1', 'c2'], at: at(day), source: 'sync' }),
}
const anyLater: fc.Arbitrary<Later[]> = fc
  .array(fc.record({ day: fc.integer({ min: 1, max: 120 }), what: fc.constantFrom(...Object.keys(LATER)) }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((events) => withoutReturns(events.toSorted((a, b) => a.day - b.day)))

/** A record that comes back from a deletion has lost what it was; that is told below. */
function withoutReturns(events: readonly Later[]): Later[] {
  return events.filter(
    ({ what }, index) =>
      !events.slice(0, index).some((earlier) => {
        const gone = /^(the deal|the account) is deleted$/.exec(earlier.what)?.[1]
        return gone !== undefined && what.startsWith(gone)
      }),
  )
}

test('whatever happens later, a score stays what it was that evening', { timeout: 120_000 }, async () => {
  const seen = new Set<number>()
  await fc.assert(
    fc.asyncProperty(anyEarlier, anyLater, async (earlier, later) => {
      await until(earlier)
      const then = await riskThen()

      for (const [place, { day, what }] of later.entries()) await LATER[what]!(day, place)

      expect(await riskThen()).toEqual(then)
      expect(then).not.toBeNull()
      seen.add(then!.score)
    }),
    { numRuns: 25 },
  )
  expect(seen.size).toBeGreaterThan(3)
})

test('where moves were kept, status and stage are what they were then', async () => {
  const earlier: Earlier = { followed: true, status: 'atRisk', inStage: 50, calls: [3, 10, 17] }
  await until(earlier)
  await LATER['the deal is won']!(20, 0)
  await mergeAccount(account({ ...STATUSES.active, crmModifiedAt: at(30) }))

  const reasons = (await riskThen())?.reasons.map(({ text }) => text) ?? []
  expect(reasons.some((text) => text.startsWith('"Deal d1" has been in Proposal for 50 days'))).toBe(true)
  expect(reasons.some((text) => text.startsWith('The CRM marks the account as At Risk'))).toBe(true)
})

test('before the mirror followed, values of today count as not known', async () => {
  await until({ followed: false, status: 'active', inStage: 1, calls: [3] })
  await mergeAccount(account({ ...STATUSES.atRisk, paymentStatus: 'overdue', crmModifiedAt: at(40) }))

  const reasons = (await riskThen())?.reasons.map(({ text }) => text).join(' ')

  expect(reasons).not.toMatch(/At Risk|payment|has been in/)
})

test('of an account that was deleted and came back, the values of before are not known', async () => {
  await until({ followed: true, status: 'active', inStage: 5, calls: [3] })
  await LATER['the account is deleted']!(10, 0)
  await mergeAccount(account({ ...STATUSES.atRisk, paymentStatus: 'overdue', crmModifiedAt: at(40) }))

  const reasons = (await riskThen())?.reasons.map(({ text }) => text).join(' ')

  expect(reasons).not.toMatch(/At Risk|payment/)
})
