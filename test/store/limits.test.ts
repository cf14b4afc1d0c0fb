import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Db } from '../../src/store/db.ts'
import { block, takeToken } from '../../src/store/limits.ts'
import * as schema from '../../src/store/schema.ts'
import { openDatabase } from '../database.ts'

let db: Db
let close: () => Promise<void>

beforeAll(async () => {
  const database = await openDatabase()
  db = database.db
  close = database.close
})
afterAll(() => close())

/** Slow enough that nothing refills while a test runs. */
const rate = { perSecond: 0.001, burst: 3 }
const passes = (key: string, seconds: number) =>
  db
    .update(schema.limits)
    .set({
      refilledAt: sql`refilled_at - make_interval(secs => ${seconds}::float8)`,
      blockedUntil: sql`blocked_until - make_interval(secs => ${seconds}::float8)`,
    })
    .where(sql`key = ${key}`)

test('a bucket gives its burst, then says how long to wait for the next token', async () => {
  const answers = []
  for (let i = 0; i < 4; i += 1) answers.push(await takeToken(db, 'burst', rate))

  expect(answers.slice(0, 3)).toEqual([0, 0, 0])
  expect(answers[3]).toBeGreaterThan(900_000)
  expect(answers[3]).toBeLessThanOrEqual(1_000_000)
})

test('of many who ask at once exactly the burst is served', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => takeToken(db, 'rush', rate)))

  expect(answers.filter((waitMs) => waitMs === 0)).toHaveLength(3)
})

test('tokens come back with time, and never more than the burst', async () => {
  for (let i = 0; i < 3; i += 1) await takeToken(db, 'refill', rate)
  await passes('refill', 1_001)
  const afterOneRefill = [await takeToken(db, 'refill', rate), await takeToken(db, 'refill', rate)]
  await passes('refill', 1_000_000)
  const afterAges = []
  for (let i = 0; i < 4; i += 1) afterAges.push(await takeToken(db, 'refill', rate))

  expect(afterOneRefill.map((waitMs) => waitMs === 0)).toEqual([true, false])
  expect(afterAges.map((waitMs) => waitMs === 0)).toEqual([true, true, true, false])
})

test('a blocked bucket gives nothing until the block ends, and a shorter block does not shorten it', async () => {
  await block(db, 'blocked', 60_000)
  await block(db, 'blocked', 1_000)
  await passes('blocked', 10)
  const during = await takeToken(db, 'blocked', { perSecond: 100, burst: 3 })
  await passes('blocked', 60)
  const after = await takeToken(db, 'blocked', { perSecond: 100, burst: 3 })

  expect(during).toBeGreaterThan(1_000)
  expect(after).toBe(0)
})
