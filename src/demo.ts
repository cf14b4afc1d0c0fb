import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type App, createApp } from './app.ts'
import { Env, readConfig, secretsOf } from './config.ts'
import { ConfigError } from './errors.ts'
import { createLog, logTo } from './log.ts'
import { inDataDir } from './platform/data-dir.ts'
import { livingHolder } from './platform/data-lock.ts'
import type { PlatformOptions } from './platform/platform.ts'
import { migrateProduction } from './platform/production.ts'
import { loadCompany } from './sandbox/data/csv-company.ts'
import { generateCompany } from './sandbox/data/sample-company.ts'
import { type Sandbox, startSandbox } from './sandbox/sandbox.ts'

/** The bot as in production, living in a sandbox company, both on one port of this machine. */
export type DemoOptions = {
  port: number
  /** Folder of CSV files; absent: a company made up from a seed. */
  data: string | null
  /** Where everything is kept; a demo started on it again goes on where it was. */
  dir: string
  /** Forget what the directory holds. */
  fresh: boolean
  env: Readonly<Record<string, string | undefined>>
  initialise?: PlatformOptions['initialise']
}

export type Demo = {
  url: string
  /** Warnings and errors go here: between the lines of a terminal they would only look like a failure. */
  logFile: string
  stop(): Promise<void>
}

const SEED = 'sergas'

/**
 * @throws ConfigError in production, on a directory in use, and on settings or data that cannot be used; a directory
 *   that was made for it is gone then.
 */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const dir = resolve(options.dir)
  const problems = problemsOf(options, dir)
  if (problems.length > 0) throw new ConfigError(problems)
  return inDataDir(dir, () => startIn(dir, options))
}

/** Seen before anything is opened or emptied: the local Slack and Zoho write to the same directory. */
function problemsOf({ env, data, fresh }: DemoOptions, dir: string): string[] {
  if (env.NODE_ENV === 'production') {
    return [
      'NODE_ENV is production, but the demo holds made-up people and an open control API: unset it to run the demo',
    ]
  }
  const problems: string[] = []
  const holder = livingHolder(dir)
  if (holder)
    problems.push(`${dir} is in use by process ${holder.pid}: stop it, or choose another with --dir`)
  if (data !== null && !isFolder(data)) problems.push(`There is no folder ${data}`)
  if (fresh && env.DATABASE_URL) {
    problems.push(
      '--fresh empties only the directory, and with DATABASE_URL the bot keeps what it knows in that database: unset DATABASE_URL, or name an empty database and leave --fresh out',
    )
  }
  const level = Env.shape.LOG_LEVEL.safeParse(env.LOG_LEVEL || undefined)
  if (!level.success) problems.push(`LOG_LEVEL ${level.error.issues[0]?.message}`)
  return problems
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

async function startIn(dir: string, options: DemoOptions): Promise<Demo> {
  const { env, data, fresh, initialise } = options
  const now = new Date()
  const logFile = join(dir, 'demo.log')
  const level = env.LOG_LEVEL || 'warn'
  const destination = logTo(logFile)
  const log = createLog(level, { destination })
  const sandbox = await startSandbox({
    port: options.port,
    dir,
    fresh,
    log,
    company: () => (data ? loadCompany(resolve(data), now) : generateCompany({ seed: SEED, now })),
    ...(env.SLACK_RATE_FACTOR ? { rateFactor: Number(env.SLACK_RATE_FACTOR) } : {}),
  })
  try {
    const config = readConfig({ ...env, ...sandbox.env, HOST: '127.0.0.1', DATA_DIR: dir })
    if (config.platform.databaseUrl) await migrateProduction(config.platform.databaseUrl)
    const app = await createApp(config, {
      firstDigests: true,
      overrides: { log: createLog(level, { destination, secrets: secretsOf(config) }) },
      ...(initialise ? { initialise } : {}),
    })
    await liveIn(sandbox, app)
    return {
      url: sandbox.url,
      logFile,
      async stop() {
        await app.stop()
        await sandbox.close()
      },
    }
  } catch (error) {
    await sandbox.close()
    throw error
  }
}

/** Gives the bot its place in the company and starts it. */
export async function liveIn(sandbox: Sandbox, app: App): Promise<void> {
  const ask = async (path: string): Promise<unknown> => {
    const answer = await fetch(`${sandbox.url}/admin/${path}`, {
      headers: { authorization: `Bearer ${app.adminToken}` },
    })
    return answer.json()
  }
  sandbox.attach(app.http, {
    async ready() {
      const answer = await ask('ready')
      return typeof answer === 'object' && answer !== null && 'ready' in answer && answer.ready === true
    },
    recommendations: () => ask('recommendations'),
  })
  app.announce(sandbox.url)
  await app.start()
}
