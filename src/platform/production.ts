import { once } from 'node:events'
import { runMigrations } from 'bullmq'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import { Redis } from 'ioredis'
import postgres from 'postgres'
import { z } from 'zod'
import { ConfigError } from '../errors.ts'
import type { Log } from '../log.ts'
import { guardDb } from '../store/db.ts'
import * as schema from '../store/schema.ts'
import { migrationsFolder, newestMigration } from './migrations.ts'
import type { Platform } from './platform.ts'
import { withPreparedStatements } from './prepared.ts'
import { postgresQueue, queuePool } from './queue-pool.ts'

/**
 * @param redisUrl null: the queue lives on the same Postgres.
 * @throws ConfigError when Postgres or Redis is unreachable, unmigrated, or set up so that it would lose jobs.
 */
export async function production(databaseUrl: string, redisUrl: string | null, log: Log): Promise<Platform> {
  const client = postgres(databaseUrl, {
    max: 10,
    onnotice: () => {},
    connection: {
      statement_timeout: 30_000,
      lock_timeout: 2_000,
      idle_in_transaction_session_timeout: 15_000,
    },
  })
  const closers: (() => Promise<unknown>)[] = [() => client.end({ timeout: 5 })]
  try {
    await assertMigrated(client)
    const db = guardDb(drizzle(withPreparedStatements(client), { schema }))
    const queue = redisUrl
      ? await queueOnRedis(redisUrl, closers, log)
      : await queueOnPostgres(databaseUrl, closers)
    return {
      size: redisUrl ? 'scaled' : 'single',
      db,
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
    await migrate(drizzle(client, { schema }), { migrationsFolder })
    await runMigrations(queuePool(queueDatabase(client)))
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
    max: 8,
    onnotice: () => {},
    connection: { search_path: 'bullmq, public' },
  })
  closers.push(() => client.end({ timeout: 5 }))
  await assertListens(client)
  // BullMQ hands over JSON as text; the driver would encode it a second time.
  for (const type of [114, 3802]) client.options.serializers[type] = (value: unknown) => value
  return postgresQueue(queueDatabase(client), (wanted) => wanted)
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
  return { producer, worker, backend: undefined, atOnce: (wanted) => wanted }
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

function queueDatabase(client: postgres.Sql) {
  return {
    async query(text: string, parameters: unknown[]) {
      const rows = await client.unsafe(text, parameters as never[])
      return { rows: [...rows], rowCount: rows.count }
    },
    async listen(channel: string, onPayload: (payload: string) => void) {
      const { unlisten } = await client.listen(channel, onPayload)
      return unlisten
    },
  }
}
