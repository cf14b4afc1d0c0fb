#!/usr/bin/env node
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type AppRole, createApp } from './app.ts'
import { runAudit } from './audit-command.ts'
import { readConfig } from './config.ts'
import { startDemo } from './demo.ts'
import { ConfigError, InvalidInputError } from './errors.ts'
import { initialiseDataDir } from './platform/embedded.ts'
import { migrateProduction } from './platform/production.ts'

/** The command line. Each command says what went wrong in one message and ends with 1. */

const USAGE = `sergas <command>

  demo [--port N] [--data <folder>] [--dir <folder>] [--fresh]
                      the bot in a local Slack and a local Zoho; needs no account
  start               everything in one process
  web | worker        what comes in | what follows; any number of each
  migrate             bring DATABASE_URL to this build's schema
  audit verify [--dir <folder>]
                      recompute the audit trail; names the first row that does not fit
  help                this text
`

const FLAGS = {
  port: { type: 'string' },
  data: { type: 'string' },
  dir: { type: 'string' },
  fresh: { type: 'boolean' },
} as const

async function main(): Promise<void> {
  const { values: flags, positionals } = parseArgs({ options: FLAGS, allowPositionals: true })
  const [command = 'help', ...rest] = positionals
  switch (command) {
    case 'start':
      return serve('all')
    case 'web':
    case 'worker':
      return serve(command)
    case 'demo':
      return demo(flags)
    case 'migrate':
      return migrate()
    case 'audit':
      if (rest[0] !== 'verify') throw new InvalidInputError('Write: sergas audit verify')
      process.exitCode = await runAudit({ dir: flags.dir ?? null, env: process.env, print: say })
      return
    // The child process that makes a new embedded database, see `inChild`.
    case 'make-database':
      return initialiseDataDir(rest[0] ?? '')
    case 'help':
      return say(USAGE)
    default:
      throw new InvalidInputError(`There is no command ${command}.\n\n${USAGE}`)
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

async function serve(role: AppRole): Promise<void> {
  const config = readConfig(process.env)
  const app = await createApp(config, { role, initialise: inChild })
  const server = createServer(app.http)
  server.listen(config.http.port, config.http.host)
  await once(server, 'listening')
  const address = server.address()
  if (typeof address === 'object' && address) app.announce(`http://127.0.0.1:${address.port}`)
  await app.start()
  onSignal(async () => {
    server.close()
    await app.stop()
  })
}

async function demo(flags: { port?: string; data?: string; dir?: string; fresh?: boolean }): Promise<void> {
  const started = await startDemo({
    port: portOf(flags.port ?? process.env.PORT ?? '4000'),
    data: flags.data ?? null,
    dir: flags.dir ?? process.env.DATA_DIR ?? './.sergas',
    fresh: flags.fresh ?? false,
    env: process.env,
    initialise: inChild,
  })
  say(`
  Slack, as your people see it   ${started.url}
  Zoho, as it really is          ${started.url}/zoho/accounts

  The first review is under way; digests appear within seconds. Ctrl+C stops, the same command goes on.
`)
  onSignal(started.stop)
}

function portOf(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidInputError(`${text} is no port`)
  return port
}

async function migrate(): Promise<void> {
  const url = process.env.DATABASE_URL
  if (!url) throw new ConfigError(['DATABASE_URL is missing: the embedded database migrates itself'])
  await migrateProduction(url)
  say('The database is up to date.')
}

/** initdb needs 860 MB for some seconds; a process of its own gives them back. */
async function inChild(dataDir: string): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), ['make-database', dataDir], { stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new ConfigError([`The database could not be made in ${dataDir}`])
}

const STOP_AT_LATEST_MS = 20_000

/** The first signal stops gracefully, the second at once. */
function onSignal(stop: () => Promise<void>): void {
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1)
      stopping = true
      setTimeout(() => process.exit(1), STOP_AT_LATEST_MS).unref()
      stop().then(
        () => process.exit(0),
        (error: unknown) => fail(error),
      )
    })
  }
}

function fail(error: unknown): void {
  const known = error instanceof ConfigError || error instanceof InvalidInputError
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`${known ? error.message : stack}\n`)
  process.exit(1)
}

main().catch(fail)
