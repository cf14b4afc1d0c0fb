import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RequestHandler } from 'express'
import { createApp } from '../../src/app.ts'
import { createAudit } from '../../src/audit/audit.ts'
import { readConfig } from '../../src/config.ts'
import { openQueue } from '../../src/jobs/queue.ts'
import { createLog } from '../../src/log.ts'
import { MODULES } from '../../src/model/field.ts'
import { openPlatform } from '../../src/platform/platform.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import type { Db } from '../../src/store/db.ts'
import { installationOf } from '../../src/store/installations.ts'
import { ownerNames } from '../../src/store/owners.ts'
import { setSetting } from '../../src/store/settings.ts'
import { noteSync } from '../../src/store/sync-state.ts'
import { onExit, ROOT, run, until } from '../processes.ts'
import { type OwnPostgres, type OwnRedis, startPostgres, startRedis } from '../servers.ts'
import { companyOf, OWNERS, ownerOf } from './company.ts'
import { type Crew, type Member, startCrew } from './crew.ts'
import { type Plan, SHORT_LIVED } from './plan.ts'
import { openAll } from './proposals.ts'

/** Where the queue is: on Redis, on the same Postgres, or all in one process. */
export type Size = 'redis' | 'postgres' | 'embedded'

export type Asked = { plan: Plan; approvalId: string; expiresAt: number }

export type Stage = {
  dir: string
  env: Record<string, string>
  sandbox: Sandbox
  postgres: OwnPostgres | null
  redis: OwnRedis | null
  crew: Crew
  asked: readonly Asked[]
  close(): Promise<void>
}

const HOUR = 3_600_000
/** Slack's and Zoho's limits are theirs; the 429s of a campaign are injected. */
const NO_LIMITS = 100_000
const log = createLog('error')

const CREW: Record<Size, { name: string; role: Member['role'] }[]> = {
  redis: several(),
  postgres: several(),
  embedded: [{ name: 'all', role: 'start' }],
}

/** One of the workers lives a quarter of an hour ahead, or behind. */
function several() {
  return [
    { name: 'web-1', role: 'web' as const },
    { name: 'web-2', role: 'web' as const },
    { name: 'worker-1', role: 'worker' as const },
    { name: 'worker-2', role: 'worker' as const },
  ]
}

export type Roles = readonly { name: string; role: Member['role'] }[]

export type StageOptions = {
  size: Size
  plans: readonly Plan[]
  /** Which build of the bot. */
  build?: string
  /** How fast the plans will be carried out, for deadlines within the run. */
  perSecond: number
  skewMs: number
  /** Other processes than the size has. */
  roles?: Roles
  /** Sees what the bot says to Slack and Zoho first. */
  watch?: RequestHandler
  /** Through what the bot reaches its database. @returns the port to connect to */
  guardDatabase?: (port: number) => Promise<number>
  /** Settings laid over the others. */
  env?: Record<string, string>
}

/** Servers, a company, the bot, and a card on its way for every plan. */
export async function setStage(options: StageOptions): Promise<Stage> {
  const { size, plans, build = join(ROOT, 'dist'), perSecond, skewMs } = options
  const dir = mkdtempSync(join(tmpdir(), 'sergas-campaign-'))
  chmodSync(dir, 0o755)
  const forget = onExit(() => rmSync(dir, { recursive: true, force: true }))
  const postgres = size === 'embedded' ? null : await startPostgres()
  const redis = size === 'redis' ? await startRedis() : null
  const sandbox = await startSandbox({
    port: 0,
    dir: join(dir, 'company'),
    company: () => companyOf(plans),
    log,
    rateFactor: NO_LIMITS,
    botUrl: 'http://127.0.0.1:9',
    ...(options.watch ? { watch: options.watch } : {}),
  })
  const env = {
    ...sandbox.env,
    ...(postgres ? { DATABASE_URL: postgres.url } : {}),
    ...(redis ? { REDIS_URL: redis.url } : {}),
    DATA_DIR: join(dir, 'bot'),
    HOST: '127.0.0.1',
    LOG_LEVEL: 'warn',
    ZOHO_TIMEOUT: '3s',
    WEBHOOK_MERGE_WINDOW: '1h',
    PUBLIC_URL: '',
    ...options.env,
  }
  if (postgres) await migrate(build, postgres.url)
  const asked = await prepare(env, { plans, perSecond })
  const guarded = postgres && options.guardDatabase ? await options.guardDatabase(postgres.port) : null
  const crew = await startCrew({
    roles: (options.roles ?? CREW[size]).map((member) => ({
      ...member,
      skewMs: member.name === 'worker-2' ? skewMs : 0,
    })),
    env: guarded ? { ...env, DATABASE_URL: `postgres://sergas@127.0.0.1:${guarded}/sergas` } : env,
    dir,
    build,
  })
  return {
    dir,
    env,
    sandbox,
    postgres,
    redis,
    crew,
    asked,
    async close() {
      await crew.stop()
      await sandbox.close()
      await redis?.stop()
      await postgres?.stop()
      rmSync(dir, { recursive: true, force: true })
      forget()
    },
  }
}

async function migrate(build: string, url: string): Promise<void> {
  await run(process.execPath, [join(build, 'main.js'), 'migrate'], { env: { DATABASE_URL: url } }).ended
}

/** The company is known, and everybody is asked, before any of the processes begins. */
async function prepare(
  env: Record<string, string>,
  { plans, perSecond }: Pick<StageOptions, 'plans' | 'perSecond'>,
): Promise<Asked[]> {
  const config = readConfig(env)
  await meetPeople(config)
  const platform = await openPlatform({ ...config.platform, log })
  try {
    const { db } = platform
    const installation = await installationOf(db)
    const tools = { db, audit: createAudit(config.encryptionKey), secondApproverAbove: null }
    const began = Date.now()
    // Cards take a moment to open and to be posted before anybody can press.
    const delayMs = 15_000 + plans.length * 3
    const ttlMs = (plan: Plan) =>
      SHORT_LIVED.has(plan.story)
        ? began + delayMs + (plan.index * 1_000) / perSecond - Date.now()
        : config.approval.ttlMs
    const ids = await openAll(plans, { tools, teamId: installation?.teamId ?? '', ttlMs })
    const deadlines = await expiries(db)
    return plans.map((plan, index) => {
      const approvalId = ids[index] ?? ''
      return { plan, approvalId, expiresAt: deadlines.get(approvalId) ?? 0 }
    })
  } finally {
    await platform.close()
  }
}

async function expiries(db: Db): Promise<Map<string, number>> {
  const rows = await db.query.approvals.findMany({ columns: { id: true, expiresAt: true } })
  return new Map(rows.map(({ id, expiresAt }) => [id, expiresAt.getTime()]))
}

/** A company that was taken in before, as far as people go. */
async function meetPeople(config: ReturnType<typeof readConfig>): Promise<void> {
  const app = await createApp(config, { role: 'worker', overrides: { log } })
  const { db } = app.platform
  const now = new Date()
  await setSetting(db, 'onboarded_at', now.toISOString(), 'system')
  for (const module of MODULES) {
    await noteSync(db, module, { modifiedAt: now, lastId: '0', fullAt: now, deltaAt: now, deletedAt: now })
  }
  await app.start()
  const queue = openQueue(app.platform, log)
  await queue.enqueue('sync-crm', { mode: 'people' })
  const everyone = Array.from({ length: OWNERS }, (_, owner) => ownerOf({ owner }).crmId ?? '')
  await until(async () => (await ownerNames(db, everyone)).size === OWNERS, 60 * 1_000)
  await until(
    async () => (await db.query.owners.findMany()).filter((o) => o.slackUserId).length >= OWNERS,
    HOUR / 60,
  )
  await queue.close(0)
  await app.stop()
}
