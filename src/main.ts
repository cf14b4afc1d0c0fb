#!/usr/bin/env node
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { AppRole } from './app.ts'
import { parseAudit, runAudit } from './audit-command.ts'
import { type Config, readConfig } from './config.ts'
import { parseDlq, runDlq } from './dlq-command.ts'
import { ConfigError, InvalidInputError, NotFoundError } from './errors.ts'
import { inDataDir } from './platform/data-dir.ts'

/**
 * The command line: each command loads what it needs, so that asking a question does not take as long as a start. It says what went wrong in one message and ends with 1; with 2 where 1 means that it looked
 * and found something.
 */

const USAGE = `sergas <command>

  demo [--port N] [--data <folder>] [--dir <folder>] [--fresh]
                      the bot in a local Slack and a local Zoho; needs no account
  start               everything in one process
  web | worker        what comes in | what follows; any number of each
  migrate             bring DATABASE_URL to this build's schema
  dlq list [--json] | show <id> | retry <id> | discard <id> [--dir <folder>]
                      what was given up on: approved changes, messages, jobs, webhooks
  audit verify [--checkpoint <file>] [--public-key <key>] [--dir <folder>]
                      recompute the audit trail; names the first row that does not fit
  audit prove <seq> | consistency <size> <size> | public-key
                      what convinces somebody else, checked first
  audit erase --account <id> --reason <text> [--dir <folder>]
                      what the trail holds about an account can never be read again; it says so, without a name
  backtest --as-of <date>[,<date>…] [--horizon-days N] [--data <folder>] [--dir <folder>] [--json]
                      what the risk would have said on those days, next to what came of it
  hold [--checkpoint <file>]
                      on a restored database, before anything starts: writes wait
  reconcile [--since <time>] [--accept] [--json]
                      what Zoho holds of us and is not over here; ends with 1 when there is any
  drill [--seconds N] [--json]
                      rehearses the loss of the database, beside nothing of yours
  help                this text
`

const FLAGS = {
  port: { type: 'string' },
  data: { type: 'string' },
  dir: { type: 'string' },
  fresh: { type: 'boolean' },
  json: { type: 'boolean' },
  since: { type: 'string' },
  accept: { type: 'boolean' },
  seconds: { type: 'string' },
  checkpoint: { type: 'string' },
  'public-key': { type: 'string' },
  account: { type: 'string' },
  reason: { type: 'string' },
  'as-of': { type: 'string' },
  'horizon-days': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const
type Flags = {
  port?: string
  data?: string
  dir?: string
  fresh?: boolean
  json?: boolean
  since?: string
  accept?: boolean
  seconds?: string
  checkpoint?: string
  'public-key'?: string
  account?: string
  reason?: string
  'as-of'?: string
  'horizon-days'?: string
  help?: boolean
}

/** What may stand after each command; anything else is refused rather than overlooked. */
type Command = {
  words: readonly string[]
  /** Whether it takes these words, where they are not always the same. */
  takes?: (words: readonly string[]) => boolean
  flags: readonly (keyof Flags)[]
  run: (flags: Flags, words: readonly string[]) => Promise<void>
}
const COMMANDS: Record<string, Command> = {
  demo: { words: [], flags: ['port', 'data', 'dir', 'fresh'], run: demo },
  start: { words: [], flags: [], run: () => serve('all') },
  web: { words: [], flags: [], run: () => serve('web') },
  worker: { words: [], flags: [], run: () => serve('worker') },
  migrate: { words: [], flags: [], run: migrate },
  audit: {
    words: ['verify | prove <seq> | consistency <size> <size> | public-key | erase'],
    takes: (words) => parseAudit(words) !== null,
    flags: ['dir', 'checkpoint', 'public-key', 'account', 'reason'],
    run: audit,
  },
  dlq: {
    words: ['list | show <id> | retry <id> | discard <id>'],
    takes: (words) => parseDlq(words) !== null,
    flags: ['dir', 'json'],
    run: dlq,
  },
  backtest: { words: [], flags: ['as-of', 'horizon-days', 'data', 'dir', 'json'], run: backtest },
  hold: { words: [], flags: ['checkpoint'], run: hold },
  reconcile: { words: [], flags: ['since', 'accept', 'json'], run: reconcile },
  drill: { words: [], flags: ['seconds', 'json'], run: drill },
  help: { words: [], flags: [], run: async () => say(USAGE) },
}

async function main(args: readonly string[]): Promise<void> {
  const [first, dataDir] = args
  // The child process that makes a new embedded database, see `inChild`.
  if (first === MAKE_DATABASE) {
    const { initialiseDataDir } = await import('./platform/embedded.ts')
    return initialiseDataDir(dataDir ?? '')
  }
  const { flags, positionals } = readArguments(args)
  const [name = 'help', ...words] = positionals
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command) throw misused(`There is no command ${name}.`)
  if (flags.help) return say(USAGE)
  const asked = Object.keys(flags).find((flag) => !command.flags.some((known) => known === flag))
  if (asked) throw misused(`${name} takes no --${asked}.`)
  const isTaken = command.takes?.(words) ?? words.join(' ') === command.words.join(' ')
  if (!isTaken) {
    throw misused(
      command.words.length > 0
        ? `Write: sergas ${[name, ...command.words].join(' ')}.`
        : `${name} takes no further words, such as ${words[0]}.`,
    )
  }
  return command.run(flags, words)
}

/** Node's own words for a mistyped option are a stack trace and advice about `--`. */
function readArguments(args: readonly string[]): { flags: Flags; positionals: string[] } {
  const options = { args: [...args], options: FLAGS, allowPositionals: true }
  const { tokens } = parseArgs({ ...options, strict: false, tokens: true })
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const { name, rawName, value, inlineValue } = token
    const type = Object.entries(FLAGS).find(([flag]) => flag === name)?.[1].type
    if (!type) throw misused(`There is no option ${rawName}.`)
    if (type === 'boolean' && value !== undefined) throw misused(`${rawName} takes no value.`)
    // `--port --fresh` forgot the port.
    if (type === 'string' && (!value || (!inlineValue && value.startsWith('-'))))
      throw misused(`${rawName} needs a value.`)
  }
  const { values, positionals } = parseArgs(options)
  return { flags: values, positionals }
}

function misused(problem: string): InvalidInputError {
  return new InvalidInputError(`${problem}\n\n${USAGE}`)
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

async function serve(role: AppRole): Promise<void> {
  const config = readConfig(process.env)
  const { dataDir, databaseUrl } = config.platform
  const start = () => startServer(config, role)
  const stop = databaseUrl ? await start() : await inDataDir(dataDir, start)
  onSignal(stop)
}

/** @returns how to stop it */
async function startServer(config: Config, role: AppRole): Promise<() => Promise<void>> {
  const { createApp } = await import('./app.ts')
  const app = await createApp(config, { role, initialise: inChild })
  const server = createServer(app.http)
  const stop = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    // What came in is answered before its database goes.
    await Promise.race([closed, sleep(ANSWERED_WITHIN_MS)])
    await app.stop()
  }
  try {
    server.listen(config.http.port, config.http.host)
    await once(server, 'listening')
    const address = server.address()
    if (typeof address === 'object' && address) app.announce(`http://127.0.0.1:${address.port}`)
    await app.start()
    return stop
  } catch (error) {
    await stop()
    throw portProblem(error, 'PORT') ?? error
  }
}

async function demo(flags: Flags): Promise<void> {
  // Only here: the sandbox is made of development dependencies, which an installation for production lacks.
  const { startDemo } = await import('./demo.ts')
  const started = await startDemo({
    port: portOf(flags.port ?? (process.env.PORT || '4000')),
    data: flags.data ?? null,
    dir: flags.dir ?? (process.env.DATA_DIR || './.sergas'),
    fresh: flags.fresh ?? false,
    env: process.env,
    initialise: inChild,
  }).catch((error: unknown) => {
    throw portProblem(error, '--port') ?? error
  })
  say(`
  Slack, as your people see it   ${started.url}
  Zoho, as it really is          ${started.url}/zoho/accounts
  What goes wrong is noted in    ${started.logFile}

  The first review is under way; digests appear within seconds. Ctrl+C stops, the same command goes on.
`)
  onSignal(started.stop)
}

function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new InvalidInputError(`${text} is no port: choose a number up to 65535, or 0 for any free one.`)
  return port
}

const PORT_PROBLEMS: Record<string, string> = { EADDRINUSE: 'is in use', EACCES: 'is not yours to listen on' }

/** A port that cannot be had is the caller's to change. Null: the error is about something else. */
function portProblem(error: unknown, setting: string): ConfigError | null {
  if (!(error instanceof Error) || !('code' in error) || !('port' in error)) return null
  const problem = PORT_PROBLEMS[String(error.code)]
  return problem ? new ConfigError([`Port ${error.port} ${problem}; choose another with ${setting}`]) : null
}

async function audit(flags: Flags, words: readonly string[]): Promise<void> {
  const asked = parseAudit(words)
  if (!asked) throw new Error('These words were refused before')
  const isErasure = asked.ask === 'erase'
  const others = isErasure ? (['checkpoint', 'public-key'] as const) : (['account', 'reason'] as const)
  const other = others.find((flag) => flags[flag] !== undefined)
  if (other) throw misused(`audit ${asked.ask} takes no --${other}.`)
  const { dir = null, checkpoint = null, 'public-key': publicKey = null, account, reason } = flags
  if (isErasure && !(account && reason))
    throw misused('Write: sergas audit erase --account <id> --reason <text>.')
  const question = isErasure ? { ...asked, account, reason } : asked
  process.exitCode = await runAudit(question, { dir, checkpoint, publicKey, env: process.env, print: say })
}

async function dlq({ dir, json }: Flags, words: readonly string[]): Promise<void> {
  const ask = parseDlq(words)
  if (!ask) throw new Error('These words were refused before')
  await runDlq(ask, { dir: dir ?? null, json: json ?? false, env: process.env, print: say })
}

async function backtest(flags: Flags): Promise<void> {
  const { runBacktest } = await import('./backtest-command.ts')
  process.exitCode = await runBacktest({
    asOf: flags['as-of'] ?? null,
    horizonDays: flags['horizon-days'] ?? null,
    data: flags.data ?? null,
    dir: flags.dir ?? null,
    json: flags.json ?? false,
    env: process.env,
    print: say,
    complain: (line) => process.stderr.write(`${line}\n`),
  })
}

async function hold({ checkpoint }: Flags): Promise<void> {
  const { runHold } = await import('./restore-command.ts')
  await runHold(checkpoint ?? null, { env: process.env, print: say })
}

async function reconcile({ since, accept, json }: Flags): Promise<void> {
  const { runReconcile } = await import('./restore-command.ts')
  process.exitCode = await runReconcile({
    since: since ?? null,
    accept: accept ?? false,
    json: json ?? false,
    env: process.env,
    print: say,
  })
}

async function drill({ seconds, json }: Flags): Promise<void> {
  // Only here, as for the demo.
  const { runDrill } = await import('./drill/drill.ts')
  process.exitCode = await runDrill({
    seconds: secondsOf(seconds ?? '30'),
    json: json ?? false,
    env: process.env,
    print: say,
  })
}

function secondsOf(text: string): number {
  const seconds = Number(text)
  if (!/^\d+$/.test(text) || seconds < 5 || seconds > 600)
    throw new InvalidInputError(`${text} is no number of seconds: choose one from 5 to 600`)
  return seconds
}

async function migrate(): Promise<void> {
  const url = process.env.DATABASE_URL
  if (!url) throw new ConfigError(['DATABASE_URL is missing: the embedded database migrates itself'])
  const { migrateProduction } = await import('./platform/production.ts')
  await migrateProduction(url)
  say('The database is up to date.')
}

const MAKE_DATABASE = 'make-database'

/** initdb needs 860 MB for some seconds; a process of its own gives them back. */
async function inChild(dataDir: string): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), [MAKE_DATABASE, dataDir], { stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new ConfigError([`The database could not be made in ${dataDir}`])
}

const STOP_AT_LATEST_MS = 20_000
const ANSWERED_WITHIN_MS = 2_000

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

/** @param code what the process ends with */
function fail(error: unknown, code = 1): void {
  const known = [ConfigError, InvalidInputError, NotFoundError].some((kind) => error instanceof kind)
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`${known && error instanceof Error ? error.message : stack}\n`)
  process.exit(code)
}

const FIND = ['audit', 'reconcile']

const args = process.argv.slice(2)
const command = args.find((arg) => Object.hasOwn(COMMANDS, arg)) ?? 'help'
main(args).catch((error: unknown) => fail(error, FIND.includes(command) ? 2 : 1))
