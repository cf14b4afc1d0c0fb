import { EventEmitter } from 'node:events'
import type { BackendFactory, ConnectionOptions, PgPool } from 'bullmq'
import { createPostgresBackend } from 'bullmq'
import type postgres from 'postgres'
import type { Platform } from './platform.ts'

/** Calls back for every notification of the channel until the returned function is called. */
export type Listen = (channel: string, onPayload: (payload: string) => void) => Promise<() => Promise<void>>

// BullMQ's statement begins with comments, so the keyword is looked for at the start of any line.
const LISTEN = /^\s*LISTEN\s+(\w+)/im
const JSON_TYPES = [114, 3802]

/** What BullMQ asks of a `pg` pool, over a postgres-js client of its own, so that `pg` is not needed. */
export function queuePool(client: postgres.Sql, listen: Listen = listenWith(client)): PgPool {
  // BullMQ hands over JSON as text; the driver would encode it a second time.
  for (const type of JSON_TYPES) client.options.serializers[type] = (value: unknown) => value
  const query = async (text: string, parameters: readonly unknown[] = []) => {
    const rows = await client.unsafe(text, parameters as never[])
    return { rows: [...rows], rowCount: rows.count }
  }
  const pool = Object.assign(new EventEmitter(), {
    query,
    connect: async () => listeningClient(query, listen),
    // The platform owns the database and closes it.
    end: async () => {},
  })
  // BullMQ's row type is the caller's claim about its own SQL; ours is unknown, and nothing can check it here.
  return pool as unknown as PgPool
}

function listenWith(client: postgres.Sql): Listen {
  return async (channel, onPayload) => (await client.listen(channel, onPayload)).unlisten
}

/**
 * BullMQ on Postgres, in the types of its Redis default: its classes take any backend, their signatures
 * remember only one.
 */
export function postgresQueue(client: postgres.Sql, listen?: Listen): Platform['queue'] {
  const connection = queuePool(client, listen) as unknown as ConnectionOptions
  const backend = createPostgresBackend as unknown as BackendFactory
  return { producer: connection, worker: connection, backend }
}

type Query = (
  text: string,
  parameters?: readonly unknown[],
) => Promise<{ rows: unknown[]; rowCount: number | null }>

function listeningClient(query: Query, listen: Listen) {
  const client = new EventEmitter()
  const unlisten: (() => Promise<void>)[] = []
  return Object.assign(client, {
    async query(text: string, parameters: readonly unknown[] = []) {
      const channel = LISTEN.exec(text)?.[1]
      if (!channel) return query(text, parameters)
      unlisten.push(await listen(channel, (payload) => client.emit('notification', { channel, payload })))
      return { rows: [], rowCount: null }
    },
    release() {
      // A failed UNLISTEN means that the connection went first, and the subscription with it.
      for (const stop of unlisten.splice(0)) stop().catch(() => {})
    },
  })
}
