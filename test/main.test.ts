import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { sergas, temporaryFolder } from './flows/bot-process.ts'

const folder = temporaryFolder()
afterAll(() => folder.remove())

async function run(args: readonly string[], env: Record<string, string>) {
  const command = sergas(args, env)
  return { code: await command.exited, output: command.output() }
}

test('a production start with wrong settings names every problem at once and opens nothing', async () => {
  const dataDir = join(folder.path, 'never')

  const { code, output } = await run(['start'], {
    NODE_ENV: 'production',
    DATA_DIR: dataDir,
    ENCRYPTION_KEY: 'too short',
    PORT: '99999',
    REDIS_URL: 'redis://127.0.0.1:1',
    PUBLIC_URL: 'https://sergas.example',
    APPROVAL_TIMEOUT: 'soon',
    TIME_ZONE: 'Mars/Olympus',
    SLACK_MODE: 'socket',
  })

  expect(code).toBe(1)
  for (const problem of [
    /ENCRYPTION_KEY is not 32 bytes/,
    /PORT /,
    /REDIS_URL needs DATABASE_URL/,
    /ZOHO_WEBHOOK_SECRET is missing/,
    /APPROVAL_TIMEOUT write a duration/,
    /TIME_ZONE is not an IANA time zone/,
    /SLACK_BOT_TOKEN is missing/,
    /SLACK_APP_TOKEN is missing/,
    /ZOHO_READ_CLIENT_ID is missing/,
    /ZOHO_WRITE_REFRESH_TOKEN is missing/,
  ])
    expect(output).toMatch(problem)
  expect(output).not.toMatch(/\n\s+at /)
  expect(existsSync(dataDir)).toBe(false)
})

test('the demo refuses to live in production', async () => {
  const dir = join(folder.path, 'demo')

  const { code, output } = await run(['demo', '--dir', dir], { NODE_ENV: 'production' })

  expect(code).toBe(1)
  expect(output).toContain('NODE_ENV is production')
  expect(output).toContain('unset it to run the demo')
  expect(existsSync(dir)).toBe(false)
})

test('the drill refuses to live in production', async () => {
  const { code, output } = await run(['drill'], { NODE_ENV: 'production' })

  expect(code).toBe(1)
  expect(output).toContain('unset it to run the drill')
})

test('a reconciliation that cannot look has found nothing, and does not say that all is well', async () => {
  const { code, output } = await run(['reconcile'], { DATA_DIR: join(folder.path, 'nothing') })

  expect(code).toBe(2)
  expect(output).toContain('ZOHO_READ_CLIENT_ID is missing')
  expect(existsSync(join(folder.path, 'nothing'))).toBe(false)
})

test('a folder without the CSV files stops the demo, and what was there before stays', async () => {
  const made = join(folder.path, 'csv')
  const kept = join(folder.path, 'kept')
  const empty = join(folder.path, 'empty')
  for (const dir of [kept, empty]) mkdirSync(dir)
  writeFileSync(join(kept, 'note'), 'mine')

  const first = await run(['demo', '--dir', join(made, 'deep'), '--port', '0', '--data', empty], {})
  const second = await run(['demo', '--dir', kept, '--port', '0', '--data', empty, '--fresh'], {})

  for (const { code, output } of [first, second]) {
    expect(code).toBe(1)
    expect(output).toContain('accounts.csv')
    expect(output).not.toMatch(/\n\s+at /)
  }
  expect(existsSync(made)).toBe(false)
  expect(readFileSync(join(kept, 'note'), 'utf8')).toBe('mine')
})

test.concurrent.each([
  [['demo', '--prot', '1'], 'There is no option --prot.'],
  [['demo', '--port'], '--port needs a value.'],
  [['demo', '--port', '--fresh'], '--port needs a value.'],
  [['demo', '--fresh=yes'], '--fresh takes no value.'],
  [['demo', 'now'], 'demo takes no further words, such as now.'],
  [['start', '--port', '1'], 'start takes no --port.'],
  [['dlq', 'show'], 'Write: sergas dlq list | show <id> | retry <id> | discard <id>.'],
  [['audit'], 'Write: sergas audit verify | prove <seq> | consistency <size> <size> | public-key | erase.'],
  [
    ['audit', 'prove', 'first'],
    'Write: sergas audit verify | prove <seq> | consistency <size> <size> | public-key | erase.',
  ],
  [['audit', 'verify', '--chekpoint', 'x'], 'There is no option --chekpoint.'],
  [['audit', 'verify', '--json'], 'audit takes no --json.'],
  [['audit', 'erase', '--account', '1'], 'Write: sergas audit erase --account <id> --reason <text>.'],
  [['audit', 'verify', '--reason', 'x'], 'audit verify takes no --reason.'],
  [['audit', 'erase', '--checkpoint', 'x'], 'audit erase takes no --checkpoint.'],
  [['reconcile', '--since'], '--since needs a value.'],
  [['reconcile', 'now'], 'reconcile takes no further words, such as now.'],
])('%j is answered with one sentence and how it is written', async (args, sentence) => {
  const { code, output } = await run(args, {})

  // Of these, 1 would mean that they looked and found something.
  expect(code).toBe(args[0] === 'audit' || args[0] === 'reconcile' ? 2 : 1)
  expect(output.slice(0, sentence.length + 18)).toBe(`${sentence}\n\nsergas <command>`)
})

test.concurrent.each([[['--help']], [['demo', '-h']], [[]]])('%j explains itself', async (args) => {
  const { code, output } = await run(args, {})

  expect(code).toBe(0)
  expect(output).toMatch(/^sergas <command>/)
})

test('what the demo cannot do with its settings is told at once, and leaves nothing behind', async () => {
  const dir = join(folder.path, 'settings')
  const none = join(folder.path, 'none')

  const { code, output } = await run(['demo', '--dir', dir, '--data', none, '--fresh'], {
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
  })

  expect(code).toBe(1)
  expect(output.split(`There is no folder ${none}`)).toHaveLength(2)
  expect(output).toContain('--fresh empties only the directory')
  expect(existsSync(dir)).toBe(false)
})

test('a port in use is named, with the way to choose another', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const dir = join(folder.path, 'port')

  const { code, output } = await run(['demo', '--dir', dir, '--port', String(port)], {})
  taken.close()

  expect(code).toBe(1)
  expect(output).toBe(`Cannot start:\n  - Port ${port} is in use; choose another with --port\n`)
  expect(existsSync(dir)).toBe(false)
})

test('an audit trail is looked for where there is one, and nowhere is one made', async () => {
  const dir = join(folder.path, 'no-instance')

  const { code, output } = await run(['audit', 'verify', '--dir', dir], {})

  // It was not tampered with: nobody could look.
  expect(code).toBe(2)
  expect(output).toBe(`There is no instance in ${dir}; name its directory with --dir\n`)
  expect(existsSync(dir)).toBe(false)
})

test('an unknown command is answered with those there are', async () => {
  const { code, output } = await run(['dance'], {})

  expect(code).toBe(1)
  expect(output).toMatch(/There is no command dance.*audit verify/s)
})
