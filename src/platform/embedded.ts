import { EventEmitter } from 'node:events'
import { PGlite } from '@electric-sql/pglite'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { releaseLeases } from '../store/leases.ts'
import { databaseFolder, holdsDatabase } from './data-dir.ts'
import { lockDataDir } from './data-lock.ts'
import { migrateDatabase, openDb } from './database.ts'
import type { Platform } from './platform.ts'
import { postgresQueue } from './queue-pool.ts'
import { sharedSession, type Turn } from './shared-session.ts'

/** What the tables make use of. Every opener of such a database has to bring it. */
export const extensions = { pg_trgm }

export async function embedded(
  dataDir: string,
  initialise: (dataDir: string) => Promise<void> = initialiseDataDir,
): Promise<Platform> {
  const lock = lockDataDir(dataDir)
  try {
    if (!holdsDatabase(dataDir)) await initialise(dataDir)
    const platform = await overPglite(new PGlite(databaseFolder(dataDir), { extensions }))
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
  const platform = await overPglite(new PGlite(databaseFolder(dataDir), { extensions }))
  await platform.close()
}

/** The platform on an open PGlite, on disk or in memory. */
export async function overPglite(pglite: PGlite): Promise<Platform> {
  await pglite.waitReady
  const connect = sharedSession(pglite)
  const heard = new EventEmitter()
  const open = (turn: Turn) => {
    const options = {
      user: 'postgres',
      max: 1,
      max_lifetime: null,
      onnotice: () => {},
      socket: () => connect(turn),
      // Whoever's turn it is receives what was meant for anyone.
      onnotify: (channel: string, payload: string) => heard.emit(channel, payload),
    }
    // The last two are missing from the driver's types.
    return postgres(options as postgres.Options<Record<string, never>>)
  }
  const migrating = open('first')
  await migrateDatabase(migrating)
  // The queue's own statements name their tables without a schema.
  await migrating.unsafe('SET search_path TO public, bullmq')
  await migrating.end()
  const clients = { presses: open('first'), jobs: open('later'), queue: open('later') }
  const db = openDb(clients.presses)
  return {
    size: 'embedded',
    db,
    jobsDb: openDb(clients.jobs),
    queue: postgresQueue(clients.queue, async (channel, onPayload) => {
      heard.on(channel, onPayload)
      await clients.queue.unsafe(`LISTEN ${channel}`)
      return async () => {
        heard.off(channel, onPayload)
      }
    }),
    async ping() {
      await db.execute(sql`select 1`)
    },
    async close() {
      await Promise.all(Object.values(clients).map((client) => client.end({ timeout: 5 })))
      await pglite.close()
    },
  }
}
