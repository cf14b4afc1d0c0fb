import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Lane } from '../../src/jobs/define.ts'
import { jobTurns } from '../../src/jobs/turns.ts'

/** Jobs that run until they are ended, and which of them have begun. */
function jobsIn(inTurn: ReturnType<typeof jobTurns>) {
  const begun: string[] = []
  const ends: (() => void)[] = []
  return {
    begun,
    hand: (lane: Lane, name: string) =>
      inTurn(lane, () => {
        begun.push(name)
        return new Promise((end) => ends.push(end))
      }),
    endAll: () => {
      for (const end of ends.splice(0)) end()
    },
  }
}

async function until(what: () => boolean): Promise<void> {
  for (let waited = 0; !what() && waited < 5_000; waited += 5) await sleep(5)
  expect(what()).toBe(true)
}

test('while nobody waits, every job begins, however many run', async () => {
  const jobs = jobsIn(jobTurns(() => false))
  for (let n = 0; n < 30; n += 1) void jobs.hand('messages', `${n}`)
  await until(() => jobs.begun.length === 30)
})

test('while somebody waits few run at once, the rest begin as those end, and nothing stands still', async () => {
  let waits = true
  const jobs = jobsIn(jobTurns(() => waits))
  let done = 0
  for (let n = 0; n < 6; n += 1) void jobs.hand('messages', `${n}`).then(() => (done += 1))
  await until(() => jobs.begun.length >= 2)
  expect(jobs.begun.length).toBeLessThan(6)
  // None of those that began ends: another begins all the same.
  await until(() => jobs.begun.length >= 3)

  waits = false
  jobs.endAll()
  await until(() => jobs.begun.length === 6)
  jobs.endAll()
  await until(() => done === 6)
})

test('of those in line, what people approved goes first, then messages, then work', async () => {
  let waits = true
  const jobs = jobsIn(jobTurns(() => waits))
  void jobs.hand('work', 'running')
  void jobs.hand('work', 'running')
  await until(() => jobs.begun.length === 2)
  void jobs.hand('work', 'a review')
  void jobs.hand('messages', 'a card')
  void jobs.hand('writes', 'a write')
  waits = false
  await until(() => jobs.begun.length === 5)
  expect(jobs.begun.slice(2)).toEqual(['a write', 'a card', 'a review'])
})

test('what comes last in line is not forgotten, however much goes before it', async () => {
  const jobs = jobsIn(jobTurns(() => false))
  for (let n = 0; n < 20; n += 1) void jobs.hand('writes', 'a write')
  void jobs.hand('work', 'a review')
  await until(() => jobs.begun.length === 21)
  expect(jobs.begun.indexOf('a review')).toBeLessThan(10)
  expect(jobs.begun[0]).toBe('a write')
})

test('a job that fails gives its place back, and its failure goes to whoever handed it over', async () => {
  const inTurn = jobTurns(() => true)
  const fail = () => inTurn('writes', () => Promise.reject(new Error('no')))
  for (let n = 0; n < 5; n += 1) await expect(fail()).rejects.toThrow('no')
})
