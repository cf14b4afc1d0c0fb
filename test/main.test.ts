import { existsSync } from 'node:fs'
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
  expect(existsSync(dir)).toBe(false)
})

test('a folder without the CSV files stops the demo with one sentence', async () => {
  const dir = join(folder.path, 'csv')

  const { code, output } = await run(
    ['demo', '--dir', dir, '--port', '0', '--data', join(folder.path, 'none')],
    {},
  )

  expect(code).toBe(1)
  expect(output).toContain('There is no folder')
  expect(output).not.toMatch(/\n\s+at /)
})

test('an unknown command is answered with those there are', async () => {
  const { code, output } = await run(['dance'], {})

  expect(code).toBe(1)
  expect(output).toMatch(/There is no command dance.*audit verify/s)
})
