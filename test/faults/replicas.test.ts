import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JobTools } from '../../src/jobs/tools.ts'
import type { Db } from '../../src/store/db.ts'
import { scheduleRuns } from '../../src/store/schema.ts'
import { everyMinute, FIXED } from '../../src/triggers/schedule.ts'
import { lastSlot } from '../../src/triggers/slots.ts'
import { openDatabase } from '../database.ts'
import { jobTools, takenIn } from '../jobs/job-tools.ts'

/** Three replicas tick over one database for a week in which the clocks change, and are killed at every point. */

let db: Db
let close: () => Promise<void>
beforeAll(async () => {
  ;({ db, close } = await openDatabase())
  await takenIn(db)
})
afterAll(() => close())

const MINUTE = 60_000
const DAY = 1_440 * MINUTE
const ZONE = 'Australia/Lord_Howe'

/** The same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state / 2 ** 31
  }
}

/** Where a kill strikes this tick: before the job is handed over, or between that and the note of it. */
type Kill = 'before' | 'after' | null

test('no slot is lost and none is handed over twice, unless its replica died between handing over and noting it', async () => {
  const random = seeded(7)
  let handedOver = 0
  /** Handed over by a replica that died before it could note it: once more is all that is left to do. */
  let notNoted = 0
  let kill: Kill = null
  const replica = (): JobTools => {
    const { tools } = jobTools(db)
    const enqueue: JobTools['enqueue'] = async (name) => {
      if (name !== 'sync-crm') return true
      if (kill === 'before') throw new Error('killed')
      handedOver += 1
      if (kill !== 'after') return true
      notNoted += 1
      throw new Error('killed')
    }
    return { ...tools, enqueue, settings: { ...tools.settings, zone: ZONE } }
  }
  const replicas = [replica(), replica(), replica()]
  /** More than half a minute passes between two ticks. */
  const pass = () =>
    db.execute(
      "update schedule_runs set started_at = started_at - interval '1 minute' where enqueued_at is null",
    )

  // The clocks of Lord Howe go forward by half an hour on 4 October 2026, at 02:00.
  const from = Date.UTC(2026, 8, 30, 0, 5)
  const until = from + 7 * DAY
  for (let at = from; at < until; at += 5 * MINUTE) {
    await pass()
    const dice = random()
    kill = dice < 0.1 ? 'before' : dice < 0.15 ? 'after' : null
    // The others come a moment later; what a killed one left behind is not theirs for half a minute.
    for (const one of kill ? replicas.slice(0, 1) : []) await everyMinute(one, new Date(at))
    kill = null
    await Promise.all(replicas.map((one) => everyMinute(one, new Date(at))))
  }
  await pass()
  await everyMinute(replicas[1]!, new Date(until))

  const expected = new Set<string>()
  for (let at = from; at < until; at += MINUTE)
    for (const [name, { rhythm }] of Object.entries(FIXED)) {
      const slot = lastSlot(rhythm, ZONE, new Date(at))
      if (slot.getTime() >= from) expected.add(`${name} ${slot.toISOString()}`)
    }
  expect(expected.size).toBeGreaterThan(1_150)
  const noted = (await db.select().from(scheduleRuns))
    .filter(({ schedule, enqueuedAt }) => enqueuedAt && schedule in FIXED)
    .map(({ schedule, slot }) => `${schedule} ${slot.toISOString()}`)
  expect([...expected].filter((slot) => !noted.includes(slot))).toEqual([])
  expect(notNoted).toBeGreaterThan(10)
  expect(handedOver).toBe(noted.length + notNoted)
})
