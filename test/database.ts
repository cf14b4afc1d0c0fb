import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import postgres from 'postgres'
import { inject } from 'vitest'
import { createLog } from '../src/log.ts'
import { extensions, overPglite } from '../src/platform/embedded.ts'
import type { Platform } from '../src/platform/platform.ts'
import { production } from '../src/platform/production.ts'
import type { Db } from '../src/store/db.ts'
import { databaseUrl } from './database-setup.ts'
import { lenderOf } from './emptied-database.ts'

/**
 * A platform with an empty database of its own: in memory; on the Postgres that TEST_DATABASE_URL names; with the
 * queue on the Redis that TEST_REDIS_URL names. `close` leaves nothing behind.
 */
export async function openPlatform(): Promise<Platform> {
  const database = inject('database')
  if ('dump' in database) return overPglite(await lender.lend())
  const own = await createDatabase()
  const platform = await production(own.url, process.env.TEST_REDIS_URL ?? null, createLog('silent'))
  return {
    ...platform,
    async close() {
      await platform.close()
      await own.drop()
    },
  }
}

/** Leaves an empty database in a data directory, for a process that opens it there. */
export async function placeDatabase(dataDir: string): Promise<void> {
  const database = inject('database')
  if (!('dump' in database)) throw new Error('TEST_DATABASE_URL is set: processes share its server')
  const client = await PGlite.create(join(dataDir, 'db'), { loadDataDir: dumpOf(database), extensions })
  await client.close()
}

const lender = lenderOf(() => {
  const database = inject('database')
  if (!('dump' in database)) throw new Error('TEST_DATABASE_URL is set: databases are lent by its server')
  return dumpOf(database)
})

const dumpOf = ({ dump }: { dump: string }) => new Blob([readFileSync(dump)])

export async function openDatabase(): Promise<{ db: Db; close: () => Promise<void> }> {
  return openPlatform()
}

/** An empty database on TEST_DATABASE_URL's server, for a process that opens it by its URL. */
export async function createDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const database = inject('database')
  if ('dump' in database) throw new Error('TEST_DATABASE_URL is not set')
  const { server, template } = database
  const name = `sergas_test_${randomBytes(6).toString('hex')}`
  const admin = postgres(server, { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${name} template ${template}`)
  return {
    url: databaseUrl(server, name),
    async drop() {
      // A process that was killed may still be on its way out of it.
      await admin.unsafe(`drop database ${name} with (force)`)
      await admin.end()
    },
  }
}
