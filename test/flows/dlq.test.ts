import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createLog } from '../../src/log.ts'
import { DeadLetter } from '../../src/model/dead-letter.ts'
import { openPlatform } from '../../src/platform/platform.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { outbox } from '../../src/store/schema.ts'
import { companyBeside, platformSettings, sergas } from './bot-process.ts'
import type { Visitor } from './world.ts'

/** Dead letters on the command line, of an instance that is stopped and then running. The tests follow its life. */

// Every command is a process of its own.
vi.setConfig({ testTimeout: 120_000 })

let sandbox: Sandbox
let world: Visitor
let platform: Awaited<ReturnType<typeof platformSettings>>
let bot: ReturnType<typeof sergas> | null = null
let port: number

beforeAll(async () => {
  ;({ port, sandbox, world } = await companyBeside())
  platform = await platformSettings()
  await refusedBefore()
})
afterAll(async () => {
  await bot?.end('SIGTERM')
  await sandbox.close()
  await platform.drop()
})

/** Two messages that Slack refused, one of them with what a terminal would act on. */
async function refusedBefore(): Promise<void> {
  const [owner] = await world.owners()
  const { DATA_DIR: dataDir = '', DATABASE_URL: databaseUrl = null } = platform.env
  const opened = await openPlatform({ dataDir, databaseUrl, redisUrl: null, log: createLog('silent') })
  const row = {
    teamId: 'T1',
    channel: owner!.id,
    action: 'post',
    state: 'failed',
    error: 'is_archived',
  } as const
  const messages = ['Hello\u001b[2J again', 'A second'].map((text, n) => ({
    ...row,
    messageKey: `note:${n}`,
    dedupeKey: `note:${n}`,
    body: { text, blocks: [] },
  }))
  await opened.db.insert(outbox).values(messages)
  await opened.close()
}

async function dlq(args: readonly string[], env: Record<string, string> = platform.env) {
  const command = sergas(['dlq', ...args], env)
  return { code: await command.exited, output: command.output() }
}
const listed = async () => {
  const { output } = await dlq(['list', '--json'])
  return DeadLetter.array().parse(JSON.parse(output))
}

test('of a stopped instance they are listed for people and for programs', async () => {
  const { code, output } = await dlq(['list'])

  expect(code).toBe(0)
  const [heading, ...lines] = output.trimEnd().split('\n')
  expect(heading).toMatch(/^id +what +account +since +error$/)
  expect(lines).toHaveLength(2)
  expect(output).toContain('Hello [2J again')
  expect(output).not.toContain('\u001b')
  expect(output).toContain('is_archived')
  expect((await listed()).map(({ kind, state }) => [kind, state])).toEqual([
    ['message', 'failed'],
    ['message', 'failed'],
  ])
})

test('one is shown whole, and one that is not there is named', async () => {
  const [letter] = await listed()

  expect(JSON.parse((await dlq(['show', letter!.id])).output)).toMatchObject({
    id: letter!.id,
    detail: { action: 'post' },
  })
  expect(await dlq(['show', 'message-999'])).toEqual({
    code: 1,
    output: 'There is no dead letter message-999, or no more: sergas dlq list\n',
  })
})

test('nothing is done that could not be kept in the audit trail', async () => {
  const [letter] = await listed()

  const { code, output } = await dlq(['discard', letter!.id])

  expect(code).toBe(1)
  expect(output).toContain('ENCRYPTION_KEY is missing')
  expect(await listed()).toHaveLength(2)
})

test('of a stopped instance one is discarded with its key, and counts no more', async () => {
  const [letter, other] = await listed()
  const env = { ...platform.env, ENCRYPTION_KEY: sandbox.env.ENCRYPTION_KEY ?? '' }

  expect((await dlq(['discard', letter!.id], env)).code).toBe(0)

  expect((await listed()).map(({ id }) => id)).toEqual([other!.id])
})

test('of a running instance one is tried again, and arrives', async () => {
  const { REDIS_URL: _, ...database } = platform.env
  bot = sergas(['start'], { ...sandbox.env, ...platform.env, HOST: '127.0.0.1', PORT: String(port) })
  await world.until(
    'the bot answers',
    async () => (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null))?.ok,
    100_000,
  )
  const [letter] = await listed()
  const key = { ENCRYPTION_KEY: sandbox.env.ENCRYPTION_KEY ?? '' }

  const retried = await dlq(['retry', letter!.id], { ...database, ...key })

  expect(retried).toMatchObject({ code: 0 })
  const [owner] = await world.owners()
  await world.until('it is there', async () =>
    (await world.messages(world.dm(owner!))).some(
      ({ text }) => text.includes('Hello') || text === 'A second',
    ),
  )
  expect((await dlq(['list'])).output).toBe('There are no dead letters.\n')
})
