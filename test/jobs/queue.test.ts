import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  ConflictError,
  InvalidInputError,
  NotFoundError,
  RefusedError,
  UpstreamError,
} from '../../src/errors.ts'
import { JOBS } from '../../src/jobs/catalog.ts'
import { type JobQueue, openQueue } from '../../src/jobs/queue.ts'
import type { JobTools } from '../../src/jobs/tools.ts'
import { createLog } from '../../src/log.ts'
import type { Platform } from '../../src/platform/platform.ts'
import { transaction } from '../../src/store/db.ts'
import { deadLetters } from '../../src/store/dead-letters.ts'
import { failedJobs } from '../../src/store/schema.ts'
import { openPlatform } from '../database.ts'

const log = createLog('silent')
let platform: Platform
let queue: JobQueue
/** What the handlers do: syncing in one of its modes, and sending what waits for a channel. */
let sync: (mode: Mode) => Promise<void>
let deliver: (channel: string) => Promise<void>
type Mode = 'people' | 'watch' | 'delta' | 'deleted'

beforeAll(async () => {
  platform = await openPlatform()
  queue = openQueue(platform, log, `jobs-${randomBytes(4).toString('hex')}`)
  // Only what the two handlers ask for.
  await queue.work(
    {
      db: platform.db,
      log,
      sync: {
        people: () => sync('people'),
        watch: () => sync('watch'),
        delta: () => sync('delta').then(() => []),
        deleted: () => sync('deleted').then(() => []),
      },
      messenger: {
        deliver: async (channel: string) => deliver(channel).then(() => ({ sent: 1, waitMs: null })),
      },
    } as unknown as JobTools,
    (_, job) => job(),
  )
})
afterAll(async () => {
  await queue.close(5_000)
  await platform.close()
})

async function until(what: () => boolean | Promise<boolean>, patienceMs = 10_000): Promise<void> {
  for (let waited = 0; !(await what()) && waited < patienceMs; waited += 20) await sleep(20)
}

const upstream = () => new UpstreamError('Zoho failed', { service: 'zoho', status: 500, sent: false })

/** How often each was tried, once retries had time to come: all of them would within three seconds. */
async function tried(failures: Partial<Record<Mode, () => Error>>): Promise<Partial<Record<Mode, number>>> {
  const times: Partial<Record<Mode, number>> = {}
  sync = async (mode) => {
    times[mode] = (times[mode] ?? 0) + 1
    throw failures[mode]?.() ?? new Error(`${mode} was not expected`)
  }
  const modes = Object.keys(failures) as Mode[]
  for (const mode of modes) await queue.enqueue('sync-crm', { mode })
  await sleep(3_400)
  return times
}

test('what another service or a bug of ours held up is tried again, three times in all', async () => {
  expect(
    await tried({ people: upstream, watch: () => new TypeError('undefined is not a function') }),
  ).toEqual({
    people: 3,
    watch: 3,
  })
})

test('what would fail the same way again is tried once', async () => {
  const once = {
    people: () => new InvalidInputError('no'),
    watch: () => new NotFoundError('no'),
    delta: () => new RefusedError('no'),
    deleted: () => new ConflictError('no'),
  }

  expect(await tried(once)).toEqual({ people: 1, watch: 1, delta: 1, deleted: 1 })
})

test('what used up its attempts is kept in Postgres, and gone once one of its subject comes through', async () => {
  await platform.db.delete(failedJobs)
  const bug = () => new TypeError('undefined is not a function')
  await tried({ people: bug, watch: upstream, delta: () => new RefusedError('no') })
  const kept = async () =>
    (await platform.db.select().from(failedJobs)).map(({ subject, error, times }) => ({
      subject,
      error,
      times,
    }))
  await until(async () => (await kept()).length === 3)

  expect(await kept()).toEqual(
    expect.arrayContaining([
      { subject: 'people', error: 'undefined is not a function', times: 1 },
      { subject: 'watch', error: 'Zoho failed', times: 1 },
      { subject: 'delta', error: 'no', times: 1 },
    ]),
  )
  // What another service held up comes again by itself; it is a dead letter only if that goes on.
  const letters = (await deadLetters(platform.db, 10)).map(({ what }) => what)
  expect(letters.toSorted()).toEqual(['sync-crm delta', 'sync-crm people'])
  sync = async () => {}
  await queue.enqueue('sync-crm', { mode: 'people' })
  await until(async () => (await kept()).length === 2)
  expect((await kept()).map(({ subject }) => subject).toSorted()).toEqual(['delta', 'watch'])
})

test('a job whose retries are rows of its own is no dead letter itself', async () => {
  await platform.db.delete(failedJobs)
  let times = 0
  deliver = async () => {
    times += 1
    throw new Error('no')
  }
  await queue.enqueue('deliver-messages', { channel: 'C9' })
  await until(() => times === 1)
  await sleep(200)

  expect(await platform.db.select().from(failedJobs)).toEqual([])
})

test('a job that failed for good does not swallow the next of its subject', async () => {
  let times = 0
  sync = async () => {
    times += 1
    throw new RefusedError('no')
  }
  await queue.enqueue('sync-crm', { mode: 'people' })
  await until(() => times === 1)
  await sleep(200)

  await queue.enqueue('sync-crm', { mode: 'people' })
  await until(() => times === 2)

  expect(times).toBe(2)
})

test('what comes in while a channel is sent to is sent after it, once, and never at the same time', async () => {
  const runs: string[] = []
  let atOnce = 0
  let most = 0
  let release = () => {}
  const first = new Promise<void>((resolve) => {
    release = resolve
  })
  deliver = async (channel) => {
    runs.push(channel)
    most = Math.max(most, ++atOnce)
    if (runs.length === 1) await first
    atOnce -= 1
  }

  await queue.enqueue('deliver-messages', { channel: 'C1' })
  await until(() => runs.length === 1)
  for (let more = 0; more < 5; more += 1) await queue.enqueue('deliver-messages', { channel: 'C1' })
  release()
  await until(() => runs.length === 2)
  await sleep(300)
  expect(runs).toEqual(['C1', 'C1'])

  await queue.enqueue('deliver-messages', { channel: 'C1' })
  await until(() => runs.length === 3)
  expect(runs).toHaveLength(3)
  expect(most).toBe(1)
})

test('a job cannot be handed over inside an open transaction: what it stands on is not there yet', async () => {
  await expect(
    transaction(platform.db, async () => queue.enqueue('sync-crm', { mode: 'people' })),
  ).rejects.toThrow('inside an open transaction')
})

test('every job is listed under its own name and takes ids only', () => {
  for (const [name, job] of Object.entries(JOBS)) expect(job.name).toBe(name)
  for (const job of Object.values(JOBS)) expect(JSON.stringify(job.payload._zod.def.type)).toBe('"object"')
})
