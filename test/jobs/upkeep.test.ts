import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { endApproval } from '../../src/approval/approval.ts'
import { openApproval } from '../../src/approval/opening.ts'
import { housekeeping } from '../../src/jobs/housekeeping.ts'
import { publishHome } from '../../src/jobs/publish-home.ts'
import { remind } from '../../src/jobs/remind.ts'
import { sweep } from '../../src/jobs/sweep.ts'
import type { Db } from '../../src/store/db.ts'
import { markHomeStale, setPreferences, staleHomes } from '../../src/store/owners.ts'
import { latestReviews, standingsOf } from '../../src/store/reviews.ts'
import { approvals, changes, inbox, interactions, outbox, reviews } from '../../src/store/schema.ts'
import { recommend } from '../approval/proposal.ts'
import { openDatabase } from '../database.ts'
import { ACME, account, bo, dana, emptied, insertPeople, jobTools, merged } from './job-tools.ts'

/** What runs by itself beside the work: the sweep, reminders, App Homes, forgetting. */

let db: Db
let close: () => Promise<void>
beforeAll(async () => {
  ;({ db, close } = await openDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  await emptied(db)
  await insertPeople(db)
  await merged(db, [account(ACME)])
})

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000)
async function card(tools = jobTools(db).tools, ownerId = dana): Promise<string> {
  const place = { channel: ownerId === dana ? 'U0DANA' : 'U0BO' }
  return (await openApproval(tools.approval, await recommend(db), { ownerId, place })) ?? ''
}

test('a section of the sweep that fails does not keep the others from their turn', async () => {
  const bench = jobTools(db)
  await card(bench.tools)
  await db.update(approvals).set({ expiresAt: daysAgo(1), openedAt: daysAgo(4) })
  const broken = { ...bench.tools, approval: { ...bench.tools.approval, audit: null as never } }

  await sweep(broken)
  expect(bench.handedOver).toContainEqual(expect.objectContaining({ name: 'deliver-messages' }))
  expect(bench.handedOver).toContainEqual(expect.objectContaining({ name: 'publish-home' }))

  await sweep(bench.tools)
  expect(await db.select().from(approvals)).toMatchObject([{ state: 'expired' }])
})

test('an App Home that could not be published waits for the next attempt', async () => {
  const { tools } = jobTools(db)
  await markHomeStale(db, [dana])

  await expect(publishHome.run({ ownerId: dana }, tools)).rejects.toThrow()

  expect(await staleHomes(db)).toEqual([dana])
})

test('those who want quiet take nobody else’s turn to be reminded', async () => {
  const { tools } = jobTools(db)
  for (let n = 0; n < 52; n += 1) await card(tools)
  const waiting = await card(tools, bo)
  await db.update(approvals).set({ openedAt: daysAgo(2.8) })
  await setPreferences(db, dana, { pausedUntil: daysAgo(-1).toISOString() })

  await remind(tools, new Date())

  const reminded = (await db.select().from(approvals)).filter(({ remindedAt }) => remindedAt !== null)
  expect(reminded.map(({ id }) => id)).toEqual([waiting])
})

test('what had its time is forgotten, and what is still needed is kept', async () => {
  const { tools } = jobTools(db)
  const [decidedLately, decidedLongAgo] = [await card(tools), await card(tools)]
  for (const id of [decidedLately, decidedLongAgo])
    await endApproval(tools.approval, id, 'withdrawn', { by: dana })
  await db
    .update(approvals)
    .set({ decidedAt: daysAgo(40) })
    .where(eq(approvals.id, decidedLongAgo))
  await db.update(outbox).set({ state: 'sent', createdAt: daysAgo(35) })
  const message = { teamId: 'T1', channel: 'U0DANA', action: 'post' as const, body: { text: '', blocks: [] } }
  await db.insert(outbox).values([
    { ...message, messageKey: 'brief:old', dedupeKey: 'old', state: 'sent', createdAt: daysAgo(31) },
    { ...message, messageKey: 'brief:new', dedupeKey: 'new', state: 'sent', createdAt: daysAgo(29) },
    { ...message, messageKey: 'brief:lost', dedupeKey: 'lost', state: 'failed', createdAt: daysAgo(31) },
  ])
  const press = {
    teamId: 'T1',
    userId: 'U0DANA',
    kind: 'action',
    state: 'applied' as const,
    body: { who: 'me' },
  }
  await db.insert(interactions).values([
    { ...press, id: 'i1', signature: 's1', receivedAt: daysAgo(9) },
    { ...press, id: 'i2', signature: 's2', receivedAt: daysAgo(7) },
  ])
  const change = { module: 'Accounts' as const, recordId: ACME, field: 'name', source: 'sync' as const }
  await db.delete(changes)
  await db.insert(changes).values([
    { ...change, at: daysAgo(800) },
    { ...change, at: daysAgo(700) },
  ])
  const review = { accountId: ACME, trigger: 'schedule' as const, state: 'completed' as const }
  await db.insert(reviews).values([
    { ...review, id: 'root', startedAt: daysAgo(20), finishedAt: daysAgo(20) },
    { ...review, id: 'old pointer', sameAs: 'root', startedAt: daysAgo(15), finishedAt: daysAgo(15) },
    { ...review, id: 'new pointer', sameAs: 'root', startedAt: daysAgo(13), finishedAt: daysAgo(13) },
  ])
  await db
    .insert(inbox)
    .values({ source: 'zoho', eventKey: 'old', body: {}, receivedAt: daysAgo(9), processedAt: daysAgo(9) })

  await housekeeping(tools)

  const keys = (await db.select().from(outbox)).map(({ messageKey }) => messageKey)
  expect(new Set(keys)).toEqual(new Set([`card:${decidedLately}`, 'brief:new', 'brief:lost']))
  const bodies = (await db.select().from(interactions)).map(({ id, body }) => [id, body])
  expect(Object.fromEntries(bodies)).toEqual({ i1: {}, i2: { who: 'me' } })
  expect(await db.select().from(changes)).toHaveLength(1)
  expect((await db.select().from(reviews)).map(({ id }) => id).sort()).toEqual(['new pointer', 'root'])
  expect(await db.select().from(inbox)).toEqual([])
})

test('where an account stands is what its last review with a standing said', async () => {
  const review = {
    trigger: 'schedule' as const,
    state: 'completed' as const,
    standing: { name: 'x' } as never,
  }
  await merged(db, [account('2'), account('3')])
  await db.insert(reviews).values(
    ['1', '2', '3'].flatMap((day) =>
      [ACME, '2'].map((accountId) => ({
        ...review,
        id: `${accountId}-${day}`,
        accountId,
        degraded: [day],
        startedAt: daysAgo(Number(day)),
      })),
    ),
  )
  await db.insert(reviews).values({ ...review, id: 'under way', accountId: '2', standing: null })

  const latest = await latestReviews(db, [ACME, '2', '3', 'unknown'])

  expect([...latest].map(([id, { degraded }]) => [id, degraded]).sort()).toEqual([
    ['2', ['1']],
    [ACME, ['1']],
  ])
  expect(await standingsOf(db, [dana])).toHaveLength(2)
})
