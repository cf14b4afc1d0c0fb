import { runMigrations } from 'bullmq'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import type postgres from 'postgres'
import { type Db, guardDb } from '../store/db.ts'
import * as schema from '../store/schema.ts'
import { migrationsFolder } from './migrations.ts'
import { queuePool } from './queue-pool.ts'

/** The tables of this product over a client that is used for nothing else. */
export function openDb(client: postgres.Sql): Db {
  return guardDb(drizzle(withPreparedStatements(client), { schema }))
}

/** Brings our tables and the queue's to this build's schema. Leaves the client in a state of drizzle's. */
export async function migrateDatabase(client: postgres.Sql): Promise<void> {
  await migrate(drizzle(client, { schema }), { migrationsFolder })
  await runMigrations(queuePool(client))
  await client`select memory_spelling()`
  // All made what the application may use without owning it.
  await client`select grant_application()`
}

/** Lists of ids come in every length, and each length would be kept as a statement of its own. */
const MOST_PARAMETERS = 40

/**
 * Has the server keep each statement of this client under a name. Drizzle sends them unnamed, which takes the
 * server two round trips and a new plan every time.
 */
function withPreparedStatements(client: postgres.Sql): postgres.Sql {
  prepareIn(client)
  const begin = client.begin.bind(client)
  const beginPrepared = (work: (sql: postgres.TransactionSql) => unknown) =>
    begin((sql) => work(prepareIn(sql)))
  // Drizzle begins with its work alone, or with the transaction's options first; we have no use for the latter.
  return Object.assign(client, { begin: beginPrepared as typeof client.begin })
}

function prepareIn<Client extends postgres.ISql>(client: Client): Client {
  const unsafe = client.unsafe.bind(client)
  const prepared: typeof client.unsafe = (text, parameters = [], options = {}) =>
    unsafe(text, parameters, {
      ...options,
      prepare: parameters.length > 0 && parameters.length <= MOST_PARAMETERS,
    })
  return Object.assign(client, { unsafe: prepared })
}
