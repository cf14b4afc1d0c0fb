import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { livingHolder, lockDataDir } from '../../src/platform/data-lock.ts'
import { temporaryFolder } from '../flows/bot-process.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

const NOBODY = 4_194_303
const DEAD = JSON.stringify({ pid: NOBODY, began: '1', admin: null })
const locksIn = (dir: string) => readdirSync(dir).filter((name) => name.startsWith('lock.'))

test('a directory is held by one, until it lets go', () => {
  const lock = lockDataDir(folder.path)

  expect(() => lockDataDir(folder.path)).toThrow(`in use by process ${process.pid}`)
  expect(livingHolder(folder.path)).toMatchObject({ pid: process.pid, admin: null })
  lock.release()
  expect(livingHolder(folder.path)).toBeNull()
  lockDataDir(folder.path).release()
  expect(locksIn(folder.path)).toHaveLength(1)
})

test('a directory that is not there is held by nobody', () => {
  expect(livingHolder(join(folder.path, 'none'))).toBeNull()
})

test('the holder can say where it is reached, to its own user alone', () => {
  const lock = lockDataDir(folder.path)

  lock.announce({ url: 'http://127.0.0.1:1', token: 'local' })

  expect(livingHolder(folder.path)?.admin).toEqual({ url: 'http://127.0.0.1:1', token: 'local' })
  const [file, ...others] = locksIn(folder.path)
  expect(others).toEqual([])
  expect(statSync(join(folder.path, file!)).mode & 0o077).toBe(0)
  lock.release()
})

test.each([
  ['of a process that died', DEAD],
  [
    'whose number was given to another process',
    JSON.stringify({ pid: process.pid, began: '1', admin: null }),
  ],
  ['that was cut short', '{"pid":'],
  ['of another form', '[]'],
])('a lock %s is taken over', (_, text) => {
  writeFileSync(join(folder.path, 'lock.7.json'), text)

  const lock = lockDataDir(folder.path)

  expect(locksIn(folder.path)).toEqual(['lock.8.json'])
  expect(JSON.parse(readFileSync(join(folder.path, 'lock.8.json'), 'utf8'))).toMatchObject({
    pid: process.pid,
  })
  lock.release()
})

test('of several that find a dead holder at once, one gets the directory', async () => {
  const racers = await Promise.all([1, 2, 3].map(startRacer))
  try {
    for (let round = 0; round < 120; round += 1) {
      const dir = join(folder.path, `round-${round}`)
      mkdirSync(dir)
      writeFileSync(join(dir, 'lock.1.json'), DEAD)

      const answers = await Promise.all(racers.map((racer) => ask(racer, { take: dir })))

      expect(answers.filter((answer) => answer === 'held')).toHaveLength(1)
      for (const answer of answers) expect(answer).toMatch(/^held$|is in use by process \d+/)
      await Promise.all(racers.map((racer) => ask(racer, { release: true })))
      expect(livingHolder(dir)).toBeNull()
    }
  } finally {
    for (const racer of racers) racer.kill()
  }
})

async function startRacer(): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('data-lock-racer.ts', import.meta.url))
  const racer = fork(script, [], { execArgv: ['--import', 'tsx'] })
  await once(racer, 'message')
  return racer
}

async function ask(racer: ChildProcess, request: object): Promise<string> {
  const answered = once(racer, 'message')
  racer.send(request)
  const [answer] = await answered
  return String(answer)
}
