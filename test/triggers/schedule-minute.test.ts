import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { reviewPortfolio } from '../../src/jobs/review-portfolio.ts'
import { sendDigest } from '../../src/jobs/send-digest.ts'
import type { JobTools } from '../../src/jobs/tools.ts'
import type { Db } from '../../src/store/db.ts'
import { setPreferences } from '../../src/store/owners.ts'
import { takeSlot } from '../../src/store/schedule-runs.ts'
import { digests, outbox, owners, reviews, scheduleRuns } from '../../src/store/schema.ts'
import { everyMinute } from '../../src/triggers/schedule.ts'
import { openDatabase } from '../database.ts'
import {
  account,
  bo,
  dana,
  emptied,
  insertPeople,
  jobTools,
  merged,
  mergedBusy,
  takenIn,
} from '../jobs/job-tools.ts'

let db: Db
let close: () => Promise<void>
beforeAll(async () => {
  ;({ db, close } = await openDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  await emptied(db)
  await insertPeople(db)
  await merged(db, [account('1')])
})

const morning = new Date('2026-11-20T05:00:00Z')
const names = (bench: ReturnType<typeof jobTools>) => bench.handedOver.map(({ name }) => name)
const slots = () => db.select().from(scheduleRuns)

test('a company that is not taken in yet is, before anything else happens', async () => {
  const bench = jobTools(db)

  await everyMinute(bench.tools, morning)

  expect(names(bench)).toEqual(['onboard'])
})

test('a slot whose job no queue took is given back and taken again while it is its time', async () => {
  await takenIn(db)
  await everyMinute(jobTools(db, {}, false).tools, morning)
  expect(await slots()).toContainEqual(expect.objectContaining({ schedule: 'review:UTC', enqueuedAt: null }))
  await db.update(scheduleRuns).set({ startedAt: new Date(Date.now() - 60_000) })

  const bench = jobTools(db)
  await everyMinute(bench.tools, morning)
  const reviews = bench.handedOver.filter(({ name }) => name === 'review-portfolio')
  expect(reviews).toEqual([{ name: 'review-portfolio', payload: { zone: 'UTC' }, delayMs: undefined }])
  for (const { enqueuedAt } of await slots()) expect(enqueuedAt).not.toBeNull()
})

test('a slot of a sync that no queue took is handed over, and marked only when it was', async () => {
  await takenIn(db)
  await takeSlot(db, 'full-sync', morning)
  const aMinutePasses = () => db.update(scheduleRuns).set({ startedAt: new Date(Date.now() - 60_000) })
  const noon = new Date('2026-11-20T12:00:00Z')

  await aMinutePasses()
  await everyMinute(jobTools(db, {}, false).tools, noon)
  await aMinutePasses()
  const bench = jobTools(db)
  await everyMinute(bench.tools, noon)
  await aMinutePasses()
  await everyMinute(bench.tools, noon)

  const full = bench.handedOver.filter(({ payload }) => JSON.stringify(payload) === '{"mode":"full"}')
  expect(full).toMatchObject([{ name: 'sync-crm' }])
})

test('what fails for one does not keep the rest from their turn', async () => {
  await takenIn(db)
  await setPreferences(db, dana, { zone: 'Europe/Paris' })
  const bench = jobTools(db)
  const enqueue: JobTools['enqueue'] = async (name, payload, options) => {
    if (name === 'review-portfolio' && 'zone' in payload && payload.zone === 'UTC') throw new Error('broken')
    return bench.tools.enqueue(name, payload, options)
  }

  await everyMinute({ ...bench.tools, enqueue }, new Date('2026-11-20T06:00:00Z'))

  expect(bench.handedOver).toContainEqual(expect.objectContaining({ payload: { zone: 'Europe/Paris' } }))
  expect(names(bench)).toContain('send-team-digest')
})

test('every account has its morning: in its owner’s zone, else in the company’s', async () => {
  await setPreferences(db, dana, { zone: 'Asia/Kolkata' })
  const people = { teamId: 'T1', email: 'x@example.test', name: 'X', role: 'owner' as const }
  await db.insert(owners).values([
    {
      ...people,
      id: 'left',
      active: false,
      slackUserId: 'U0LEFT',
      managerId: bo,
      preferences: { zone: 'Asia/Tokyo' },
    },
    { ...people, id: 'not-in-slack' },
  ])
  await merged(db, [
    account('2', { ownerId: 'left' }),
    account('3', { ownerId: 'not-in-slack' }),
    account('4', { ownerId: null }),
    account('5', { ownerId: bo }),
  ])
  const { tools } = jobTools(db)
  const reviewed = async () => (await db.select().from(reviews)).map(({ accountId }) => accountId).sort()

  await reviewPortfolio.run({ zone: 'UTC' }, tools)
  expect(await reviewed()).toEqual(['2', '3', '4', '5'])
  await reviewPortfolio.run({ zone: 'Asia/Kolkata' }, tools)
  expect(await reviewed()).toEqual(['1', '2', '3', '4', '5'])
})

test('who chose no time has the company’s', async () => {
  await takenIn(db)
  const bench = jobTools(db)
  const tools = { ...bench.tools, settings: { ...bench.tools.settings, digestTime: '08:30' } }

  await everyMinute(tools, new Date('2026-11-20T08:29:00Z'))
  expect(names(bench)).not.toContain('send-digest')
  await everyMinute(tools, new Date('2026-11-20T08:30:00Z'))
  expect(bench.handedOver).toContainEqual(expect.objectContaining({ payload: { ownerId: dana } }))
})

test('a digest that came too late is made when its owner asks, once', async () => {
  await takenIn(db)
  await mergedBusy(db)
  const { tools } = jobTools(db)
  await reviewPortfolio.run({ zone: 'UTC' }, tools)
  const now = new Date()
  const localDate = now.toISOString().slice(0, 10)
  const row = { teamId: 'T1', recipient: dana, kind: 'owner' as const, localDate, recommendationIds: [] }
  await db.insert(digests).values({ ...row, id: 'late', state: 'late' })
  const sent = async () =>
    (await db.select().from(outbox)).filter(({ messageKey }) => messageKey.startsWith('digest:')).length

  await sendDigest.run({ ownerId: dana }, tools)
  expect(await sent()).toBe(0)
  await sendDigest.run({ ownerId: dana, again: true }, tools)
  await sendDigest.run({ ownerId: dana, again: true }, tools)

  expect(await sent()).toBe(1)
  expect(await db.select().from(digests)).toMatchObject([{ state: 'sent' }])
})

test('the night’s sync that a deployment fell into is made up within four hours, and not after', async () => {
  await takenIn(db)
  const modes = async (now: string) => {
    const bench = jobTools(db)
    await everyMinute(bench.tools, new Date(now))
    return bench.handedOver.flatMap(({ name, payload }) =>
      name === 'sync-crm' ? JSON.stringify(payload) : [],
    )
  }

  expect(await modes('2026-11-20T06:01:00Z')).not.toContain('{"mode":"full"}')
  expect(await modes('2026-11-21T03:40:00Z')).toContain('{"mode":"full"}')
  expect(await modes('2026-11-21T03:41:00Z')).toEqual([])
})
