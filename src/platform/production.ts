import { once } from 'node:events'
import { sql } from 'drizzle-orm'
import { Redis } from 'ioredis'
import postgres from 'postgres'
import { z } from 'zod'
import { ConfigError } from '../errors.ts'
import type { Log } from '../log.ts'
import { migrateDatabase, openDb } from './database.ts'
import { newestMigration } from './migrations.ts'
import type { Platform } from './platform.ts'
import { postgresQueue } from './queue-pool.ts'

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
    closers.push(() => client.end({ timeout: 5 }))
    return client
  }
  try {
    const presses = open(CONNECTIONS.presses)
    await assertMigrated(presses)
    // Opened now, not while somebody waits.
    await Promise.all(Array.from({ length: CONNECTIONS.presses }, () => presses`select 1`))
    const db = openDb(presses)
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
        for (const close of closers.reverse()) await close()
      },
    }
  } catch (error) {
    for (const close of closers.reverse()) await close()
    throw error
  }
}

/** Brings a production database to this build's schema; a step of its own, never done by a start. */
export async function migrateProduction(databaseUrl: string): Promise<void> {
  const client = postgres(databaseUrl, { max: 1, onnotice: () => {}, connection: { lock_timeout: 3_000 } })
  try {
    await migrateDatabase(client)
  } finally {
    await client.end({ timeout: 5 })
  }
}

const Applied = z.array(z.object({ created_at: z.coerce.number().nullable() }))

async function assertMigrated(client: postgres.Sql): Promise<void> {
  let applied: number
  try {
    const [table] = await client`select to_regclass('drizzle.__drizzle_migrations') is not null as present`
    const rows = table?.present
      ? Applied.parse(await client`select max(created_at) as created_at from drizzle.__drizzle_migrations`)
      : []
    applied = rows[0]?.created_at ?? 0
  } catch (cause) {
    throw new ConfigError([`DATABASE_URL cannot be used: ${cause instanceof Error ? cause.message : cause}`])
  }
  const newest = newestMigration()
  if (applied < newest.when)
    throw new ConfigError([`The database is not at ${newest.tag}: run \`sergas migrate\` first`])
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
  closers.push(() => client.end({ timeout: 5 }))
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
