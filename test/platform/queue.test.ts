import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Queue, Worker } from 'bullmq'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Platform } from '../../src/platform/platform.ts'
import { openPlatform } from '../database.ts'

let platform: Platform
beforeAll(async () => {
  platform = await openPlatform()
})
afterAll(() => platform.close())

test('a worker that sleeps is woken by each job, not by its own time-out', { timeout: 20_000 }, async () => {
  const { producer, worker: connection, backend } = platform.queue
  const name = `woken-${randomBytes(4).toString('hex')}`
  const taken: number[] = []
  const run = async (job: { data: { number: number } }) => {
    taken.push(job.data.number)
  }
  // Left alone, this worker looks only every thirty seconds.
  const options = { connection, drainDelay: 30 }
  const queue = backend
    ? new Queue(name, { connection: producer }, backend)
    : new Queue(name, { connection: producer })
  const worker = backend ? new Worker(name, run, options, backend) : new Worker(name, run, options)
  await worker.waitUntilReady()

  for (let job = 1; job <= 4; job += 1) {
    await sleep(1_000)
    await queue.add('job', { number: job })
  }
  for (let waited = 0; taken.length < 4 && waited < 5_000; waited += 50) await sleep(50)
  await worker.close()
  await queue.close()

  expect(taken).toEqual([1, 2, 3, 4])
})
