import { EventEmitter } from 'node:events'
import type { BackendFactory, ConnectionOptions, PgPool } from 'bullmq'
import { createPostgresBackend } from 'bullmq'

/**
 * What BullMQ asks of a Postgres pool, over PGlite or postgres-js alike, so that `pg` is not needed.
 */
export type QueueDatabase = {
  query(text: string, parameters: unknown[]): Promise<{ rows: unknown[]; rowCount: number | null }>
  /** Calls back for every notification of the channel until the returned function is called. */
  listen(channel: string, onPayload: (payload: string) => void): Promise<() => Promise<void>>
}

// BullMQ's statement begins with comments, so the keyword is looked for at the start of any line.
const LISTEN = /^\s*LISTEN\s+(\w+)/im

/** The pool, as BullMQ's migrator takes it. */
export function queuePool(database: QueueDatabase): PgPool {
  const query = (text: string, parameters: readonly unknown[] = []) => database.query(text, [...parameters])
  const pool = Object.assign(new EventEmitter(), {
    query,
    connect: async () => queueClient(database, query),
    // The platform owns the database and closes it.
    end: async () => {},
  })
  // BullMQ's row type is the caller's claim about its own SQL; ours is unknown, and nothing can check it here.
  return pool as unknown as PgPool
}

/**
 * BullMQ on Postgres, in the types of its Redis default: its classes take any backend, their signatures
 * remember only one.
 */
export function postgresQueue(database: QueueDatabase, atOnce: (wanted: number) => number) {
  const connection = queuePool(database) as unknown as ConnectionOptions
  const backend = createPostgresBackend as unknown as BackendFactory
  return { producer: connection, worker: connection, backend, atOnce }
}

function queueClient(database: QueueDatabase, query: QueueDatabase['query']) {
  const client = new EventEmitter()
  const unlisten: (() => Promise<void>)[] = []
  return Object.assign(client, {
    async query(text: string, parameters: readonly unknown[] = []) {
      const channel = LISTEN.exec(text)?.[1]
      if (!channel) return query(text, [...parameters])
      unlisten.push(
        await database.listen(channel, (payload) => client.emit('notification', { channel, payload })),
      )
      return { rows: [], rowCount: null }
    },
    release() {
      // A failed UNLISTEN means that the connection went first, and the subscription with it.
      for (const stop of unlisten.splice(0)) stop().catch(() => {})
    },
  })
}
