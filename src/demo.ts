import { rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { type App, createApp } from './app.ts'
import { readConfig } from './config.ts'
import { ConfigError } from './errors.ts'
import { createLog } from './log.ts'
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

export type Demo = { url: string; stop(): Promise<void> }

const SEED = 'sergas'

/**
 * @throws ConfigError in production, on a directory in use, and on data that cannot be read.
 */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { env, initialise } = options
  if (env.NODE_ENV === 'production') {
    throw new ConfigError(['NODE_ENV is production: the demo holds made-up people and an open control API'])
  }
  const dir = resolve(options.dir)
  refuseIfInUse(dir)
  if (options.fresh) rmSync(dir, { recursive: true, force: true })
  const log = createLog(env.LOG_LEVEL ?? 'warn')
  const now = new Date()
  const { data } = options
  const sandbox = await startSandbox({
    port: options.port,
    dir,
    log,
    company: () => (data ? loadCompany(resolve(data), now) : generateCompany({ seed: SEED, now })),
    ...(env.SLACK_RATE_FACTOR ? { rateFactor: Number(env.SLACK_RATE_FACTOR) } : {}),
  })
  try {
    const config = readConfig({ LOG_LEVEL: 'warn', ...env, ...sandbox.env, HOST: '127.0.0.1', DATA_DIR: dir })
    if (config.platform.databaseUrl) await migrateProduction(config.platform.databaseUrl)
    const app = await createApp(config, {
      firstDigests: true,
      overrides: { log },
      ...(initialise ? { initialise } : {}),
    })
    await liveIn(sandbox, app)
    return {
      url: sandbox.url,
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

/** Before anything is opened or emptied: the local Slack and Zoho write to the same directory. */
function refuseIfInUse(dir: string): void {
  const holder = livingHolder(dir)
  if (holder)
    throw new ConfigError([
      `${dir} is in use by process ${holder.pid}: stop it, or choose another with --dir`,
    ])
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
