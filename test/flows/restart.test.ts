import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { extensions } from '../../src/platform/embedded.ts'
import { sergas, temporaryFolder } from './bot-process.ts'
import { type Visitor, visit } from './world.ts'

/** The demo as a person starts it, on a directory that outlives it. The tests follow its life from first start on. */

const folder = temporaryFolder()
const dir = join(folder.path, 'demo')
let demo: ReturnType<typeof sergas>
let world: Visitor

beforeAll(async () => {
  world = await startDemo()
}, 90_000)
afterAll(async () => {
  await demo.end('SIGKILL')
  folder.remove()
})

const ENV = { SLACK_RATE_FACTOR: '1000' }

async function startDemo(...flags: string[]): Promise<Visitor> {
  demo = sergas(['demo', '--port', '0', '--dir', dir, ...flags], ENV)
  const end = Date.now() + 60_000
  for (;;) {
    const url = /your people see it\s+(\S+)/.exec(demo.output())?.[1]
    if (url) {
      const visitor = visit(url, {}, url)
      await visitor.until(
        'it is ready',
        async () => (await visitor.control('GET', '/ready')).status === 200,
        60_000,
      )
      return visitor
    }
    if (Date.now() > end || demo.child.exitCode !== null)
      throw new Error(`The demo did not start:\n${demo.output()}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function run(args: readonly string[], env: Record<string, string> = {}) {
  const command = sergas(args, env)
  const code = await command.exited
  return { code, output: command.output() }
}

/** All that people saw so far. */
async function everything() {
  const owners = await world.owners()
  return {
    messages: await Promise.all(owners.map((owner) => world.messages(world.dm(owner)))),
    team: await world.messages('C0ACCOUNTTEAM'),
    writes: await world.writes(),
  }
}

test('the first start ends in a digest with cards, and a press in one write', async () => {
  const [owner] = await world.owners()
  const card = (await world.cards(owner!)).find(({ recordId }) => recordId !== null)!

  await world.press(card, 'approval.approve')
  await world.becomes(card, 'done')

  expect(await world.writesTo(card.recordId!)).toHaveLength(1)
})

test('a second process on the same directory is refused and changes nothing', async () => {
  const before = await everything()

  const second = await run(['demo', '--port', '0', '--dir', dir, '--fresh'], ENV)
  const bare = await run(['start'], {
    DATA_DIR: dir,
    ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    SLACK_BOT_TOKEN: 'local-bot-token',
    SLACK_SIGNING_SECRET: 'local-signing-secret',
    ZOHO_READ_CLIENT_ID: 'read',
    ZOHO_READ_CLIENT_SECRET: 'local',
    ZOHO_READ_REFRESH_TOKEN: 'local',
    ZOHO_WRITE_CLIENT_ID: 'write',
    ZOHO_WRITE_CLIENT_SECRET: 'local',
    ZOHO_WRITE_REFRESH_TOKEN: 'local',
  })

  for (const { code, output } of [second, bare]) {
    expect(output).toContain(`is in use by process ${demo.child.pid}`)
    expect(code).toBe(1)
  }
  expect(await everything()).toEqual(before)
})

test('the audit trail of a running instance is verified by asking it', async () => {
  const { code, output } = await run(['audit', 'verify', '--dir', dir])

  expect(output).toMatch(/The audit trail fits: \d+ events/)
  expect(code).toBe(0)
})

test('a restart keeps everything, sends nothing twice, and what was shown can still be decided', {
  timeout: 60_000,
}, async () => {
  await world.until(
    'the press is told everywhere',
    async () => (await world.control('GET', '/ready')).status === 200,
  )
  const before = await everything()
  const known = (await world.recommendations()).map(({ id }) => id)

  expect(await demo.end('SIGTERM')).toBe(0)
  world = await startDemo()

  expect(await everything()).toEqual(before)
  // Looking at what changed in Zoho meanwhile may add to them.
  expect((await world.recommendations()).map(({ id }) => id)).toEqual(expect.arrayContaining(known))
  const card = await world.freshCard('update')
  await world.press(card, 'approval.approve')
  await world.becomes(card, 'done')
  expect(await world.writesTo(card.recordId!)).toHaveLength(1)
})

/** In this order each is found before the one it follows. */
const TAMPERING = [
  ['update audit_head set seq = seq - 1', 'audit_head'],
  [
    'update audit_payloads set ciphertext = set_byte(ciphertext, 40, get_byte(ciphertext, 40) # 1) where seq = 3',
    'audit_payloads seq 3',
  ],
  [
    `update audit_events set envelope = replace(envelope, '"actor":"', '"actor":"x') where seq = 2`,
    'audit_events seq 2',
  ],
] as const

test('the audit trail of a stopped instance fits, and names the row that somebody edited', {
  timeout: 60_000,
}, async () => {
  await demo.end('SIGTERM')
  expect(await run(['audit', 'verify', '--dir', dir])).toMatchObject({ code: 0 })

  for (const [statement, named] of TAMPERING) {
    await byHand(statement)
    const { code, output } = await run(['audit', 'verify', '--dir', dir])

    expect(output).toContain(named)
    expect(code).toBe(1)
  }
})

test('a fresh start knows nothing of what was', { timeout: 60_000 }, async () => {
  world = await startDemo('--fresh')

  expect(await world.writes()).toEqual([])
  for (const owner of await world.owners()) {
    for (const card of await world.cards(owner)) expect(card.state).toBe('pending')
  }
})

/** What somebody with the database in their hands can do: no trigger holds them. */
async function byHand(statement: string): Promise<void> {
  const database = new PGlite(join(dir, 'db'), { extensions })
  await database.exec(`set session_replication_role = replica; ${statement}`)
  await database.close()
}
