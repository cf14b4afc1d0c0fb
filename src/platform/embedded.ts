import { PGlite } from '@electric-sql/pglite'
import { runMigrations } from 'bullmq'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate } from 'drizzle-orm/pglite/migrator'
import { guardDb } from '../store/db.ts'
import { releaseLeases } from '../store/leases.ts'
import * as schema from '../store/schema.ts'
import { databaseFolder, holdsDatabase } from './data-dir.ts'
import { lockDataDir } from './data-lock.ts'
import { migrationsFolder } from './migrations.ts'
import type { Platform } from './platform.ts'
import { postgresQueue, queuePool } from './queue-pool.ts'

/** One connection serves everyone: more of a kind would only stand in each other's way, and in a person's. */
const AT_ONCE = 2

export async function embedded(
  dataDir: string,
  initialise: (dataDir: string) => Promise<void> = initialiseDataDir,
): Promise<Platform> {
  const lock = lockDataDir(dataDir)
  try {
    if (!holdsDatabase(dataDir)) await initialise(dataDir)
    const platform = await overPglite(new PGlite(databaseFolder(dataDir)))
    await releaseLeases(platform.db)
    return {
      ...platform,
      announce: lock.announce,
      async close() {
        await platform.close()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

/**
 * Makes and migrates the database of a new directory. initdb needs 860 MB for some seconds, which the process
 * that then runs for days should not keep: the CLI calls this in a short-lived child.
 */
export async function initialiseDataDir(dataDir: string): Promise<void> {
  const client = new PGlite(databaseFolder(dataDir))
  await migratePglite(client)
  await client.close()
}

async function migratePglite(client: PGlite): Promise<void> {
  await migrate(drizzle(client, { schema }), { migrationsFolder })
  await runMigrations(queuePool(queueDatabase(client)))
}

/** The platform on an open PGlite, on disk or in memory. */
export async function overPglite(client: PGlite): Promise<Platform> {
  await migratePglite(client)
  // The queue's own statements name their tables without a schema.
  await client.exec('SET search_path TO public, bullmq')
  const db = guardDb(drizzle(client, { schema }))
  return {
    size: 'embedded',
    db,
    queue: postgresQueue(queueDatabase(client), (wanted) => Math.min(wanted, AT_ONCE)),
    async ping() {
      await db.execute(sql`select 1`)
    },
    close: () => client.close(),
  }
}

function queueDatabase(client: PGlite) {
  return {
    async query(text: string, parameters: unknown[]) {
      // Without parameters it may be a whole migration file, which only the simple protocol takes.
      const result =
        parameters.length > 0 ? await client.query(text, parameters) : (await client.exec(text)).at(-1)
      return { rows: result?.rows ?? [], rowCount: result?.affectedRows ?? null }
    },
    async listen(channel: string, onPayload: (payload: string) => void) {
      const stop = await client.listen(channel, onPayload)
      return () => stop()
    },
  }
}
