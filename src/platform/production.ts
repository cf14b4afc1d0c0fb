import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { Redis } from 'ioredis'
import postgres from 'postgres'
import { z } from 'zod'
import { ConfigError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Db } from '../store/db.ts'
import { setSetting, setting } from '../store/settings.ts'
import { migrateDatabase, openDb } from './database.ts'
import { newestMigration, worksFrom } from './migrations.ts'
import type { Platform } from './platform.ts'
import { postgresQueue } from './queue-pool.ts'

/** What still runs then was given back before. */
const CLOSED_WITHIN_S = 2
/** Of one process. More jobs than the `work` lane runs at once, so that an approved write never waits for those. */
const CONNECTIONS = { presses: 6, jobs: 5, queue: 8 }

/**
 * @param redisUrl null: the queue lives on the same Postgres.
 * @throws ConfigError when Postgres or Redis is unreachable, unmigrated, or set up so that it would lose jobs.
 */
export async function production(databaseUrl: string, redisUrl: string | null, log: Log): Promise<Platform> {
  const closers: (() => Promise<unknown>)[] = []
  const open = (max: number) => {
    const client = postgres(databaseUrl, {
      max,
      onnotice: () => {},
      connection: {
        statement_timeout: 30_000,
        lock_timeout: 2_000,
        idle_in_transaction_session_timeout: 15_000,
      },
    })
    closers.push(() => client.end({ timeout: CLOSED_WITHIN_S }))
    return client
  }
  try {
    const presses = open(CONNECTIONS.presses)
    const db = openDb(presses)
    await untilStarted(presses)
    await assertMigrated(presses, db, log)
    // Opened now, not while somebody waits.
    await Promise.all(Array.from({ length: CONNECTIONS.presses }, () => presses`select 1`))
    const queue = redisUrl
      ? await queueOnRedis(redisUrl, closers, log)
      : await queueOnPostgres(databaseUrl, closers)
    return {
      size: redisUrl ? 'scaled' : 'single',
      db,
      jobsDb: openDb(open(CONNECTIONS.jobs)),
      queue,
      async ping() {
        await db.execute(sql`select 1`)
      },
      async close() {
        await Promise.all(closers.map((close) => close()))
      },
    }
  } catch (error) {
    for (const close of closers.reverse()) await close()
    throw error
  }
}

/**
 * Brings a production database to this build's schema; a step of its own, never done by a start. Processes of the build
 * before it go on meanwhile: a lock that they hold is waited for briefly, and then the step is to be tried again.
 */
export async function migrateProduction(databaseUrl: string): Promise<void> {
  const client = postgres(databaseUrl, { max: 1, onnotice: () => {}, connection: { lock_timeout: 3_000 } })
  try {
    const floor = worksFrom()
    // Raised before anything is taken away, lowered never.
    if (await isMigrated(client)) await raiseFloor(databaseUrl, floor)
    await migrateDatabase(client)
    await raiseFloor(databaseUrl, floor)
  } finally {
    await client.end({ timeout: 5 })
  }
}

/** Postgres's own "not yet", while it recovers from a crash. */
const STARTING_UP = '57P03'
const STARTS_WITHIN_MS = 20_000
const LOOK_EVERY_MS = 250

/** Both may have gone down together: ending here would only have us started again, and again. */
async function untilStarted(client: postgres.Sql): Promise<void> {
  const deadline = Date.now() + STARTS_WITHIN_MS
  for (;;) {
    try {
      await client`select 1`
      return
    } catch (error) {
      const isStarting = error instanceof postgres.PostgresError && error.code === STARTING_UP
      // Whatever else is wrong, the question that follows says so in words.
      if (!isStarting || Date.now() > deadline) return
      await sleep(LOOK_EVERY_MS)
    }
  }
}

const Applied = z.array(z.object({ created_at: z.coerce.number().nullable() }))

async function isMigrated(client: postgres.Sql): Promise<boolean> {
  const [table] = await client`select to_regclass('drizzle.__drizzle_migrations') is not null as present`
  return table?.present === true
}

/** Over a client of its own: the migrator leaves its in a state of drizzle's. */
async function raiseFloor(databaseUrl: string, floor: number): Promise<void> {
  const client = postgres(databaseUrl, { max: 1, onnotice: () => {}, connection: { lock_timeout: 3_000 } })
  try {
    const db = openDb(client)
    if (((await setting(db, 'schema_works_from')) ?? 0) < floor)
      await setSetting(db, 'schema_works_from', floor, 'migrate')
  } finally {
    await client.end({ timeout: 5 })
  }
}

/**
 * A process of an older build that ends and comes back in the middle of a deployment must not stay away: it may run on
 * a newer schema, if whoever migrated said so.
 */
async function assertMigrated(client: postgres.Sql, db: Db, log: Log): Promise<void> {
  let applied: number
  let floor: number | null
  try {
    const present = await isMigrated(client)
    floor = present ? await setting(db, 'schema_works_from') : null
    const rows = present
      ? Applied.parse(await client`select max(created_at) as created_at from drizzle.__drizzle_migrations`)
      : []
    applied = rows[0]?.created_at ?? 0
  } catch (cause) {
    throw new ConfigError([`DATABASE_URL cannot be used: ${cause instanceof Error ? cause.message : cause}`])
  }
  const newest = newestMigration()
  if (applied < newest.when)
    throw new ConfigError([`The database is not at ${newest.tag}: run \`sergas migrate\` first`])
  if (applied > newest.when && floor !== null && floor <= newest.when) {
    log.warn({ build: newest.tag }, 'the database is ahead of this build, and still serves it')
    return
  }
  if (applied > newest.when) {
    throw new ConfigError(['The database was migrated by a newer build than this one: deploy that build'])
  }
}

async function queueOnPostgres(
  databaseUrl: string,
  closers: (() => Promise<unknown>)[],
): Promise<Platform['queue']> {
  const client = postgres(databaseUrl, {
    max: CONNECTIONS.queue,
    onnotice: () => {},
    connection: { search_path: 'bullmq, public' },
  })
  closers.push(() => client.end({ timeout: CLOSED_WITHIN_S }))
  await assertListens(client)
  return postgresQueue(client)
}

/** A pooler in transaction mode accepts LISTEN and then never delivers: found out here, not at 2 a.m. */
async function assertListens(client: postgres.Sql): Promise<void> {
  const heard = new AbortController()
  const { unlisten } = await client.listen('sergas_listen_check', () => heard.abort())
  const silent = AbortSignal.timeout(3_000)
  await client.notify('sergas_listen_check', '')
  if (!heard.signal.aborted) await once(AbortSignal.any([heard.signal, silent]), 'abort')
  await unlisten()
  if (!heard.signal.aborted) {
    throw new ConfigError([
      'DATABASE_URL does not deliver LISTEN: connect to Postgres directly, not through a transaction-mode pooler',
    ])
  }
}

async function queueOnRedis(
  redisUrl: string,
  closers: (() => Promise<unknown>)[],
  log: Log,
): Promise<Platform['queue']> {
  await assertKeepsJobs(redisUrl)
  const worker = new Redis(redisUrl, { maxRetriesPerRequest: null })
  // A producer stands in a person's press: the press is already committed, and the sweeper hands its job over.
  const producer = new Redis(redisUrl, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: 1_000,
  })
  for (const connection of [worker, producer]) {
    connection.on('error', (error) => log.warn({ reason: error.message }, 'redis connection lost'))
    closers.push(async () => connection.disconnect())
  }
  if (producer.status !== 'ready') await once(producer, 'ready')
  return { producer, worker, backend: undefined }
}

async function assertKeepsJobs(redisUrl: string): Promise<void> {
  const probe = new Redis(redisUrl, { lazyConnect: true, maxRetriesPerRequest: 1, retryStrategy: () => null })
  // The same failure reaches us as the rejection below.
  probe.on('error', () => {})
  let policy: unknown
  try {
    await probe.connect()
    policy = await probe.config('GET', 'maxmemory-policy')
  } catch (cause) {
    throw new ConfigError([`REDIS_URL cannot be used: ${cause instanceof Error ? cause.message : cause}`])
  } finally {
    probe.disconnect()
  }
  const value = Array.isArray(policy) ? policy[1] : policy
  if (value !== 'noeviction') {
    throw new ConfigError([`Redis has maxmemory-policy ${value}: set it to noeviction, or jobs are lost`])
  }
}
