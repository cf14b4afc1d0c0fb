import { AsyncLocalStorage } from 'node:async_hooks'
import type { ExtractTablesWithRelations } from 'drizzle-orm'
import type { PgDatabase, PgQueryResultHKT, PgTransaction, PgTransactionConfig } from 'drizzle-orm/pg-core'
import type * as schema from './schema.ts'

type Schema = typeof schema
export type RawDb = PgDatabase<PgQueryResultHKT, Schema>
export type Tx = PgTransaction<PgQueryResultHKT, Schema, ExtractTablesWithRelations<Schema>>
/** The database, or the transaction a caller is in: what every function of `store/` takes first. */
export type Db = RawDb

const openTransaction = new AsyncLocalStorage<true>()

/**
 * @throws Error inside an open transaction. The embedded database has one connection: anything that needs it
 * again, or calls out to something that leads back to it, would wait for itself forever. Refused on every
 * platform alike, so that it is found where it is written.
 */
export function assertOutsideTransaction(what: string): void {
  if (openTransaction.getStore()) throw new Error(`${what} inside an open transaction`)
}

const GUARDED = new Set([
  'select',
  'selectDistinct',
  'selectDistinctOn',
  'insert',
  'update',
  'delete',
  'execute',
  'query',
  '$with',
  'with',
  '$count',
])

/** The outer database, refusing use inside an open transaction. */
export function guardDb(db: RawDb): Db {
  return new Proxy(db, {
    get(target, name, receiver) {
      if (typeof name === 'string' && GUARDED.has(name)) assertOutsideTransaction(`The outer Db (${name})`)
      return Reflect.get(target, name, receiver)
    },
  })
}

/** Deadlock, lock not to be had in time, serialisation: the database's way of saying "once more". */
const ONCE_MORE = new Set(['40P01', '40001', '55P03'])
const TRIES = 3

/**
 * Runs `work` in one transaction; nesting is refused. It may run up to three times, so it must touch nothing but the
 * database.
 */
export async function transaction<T>(
  db: Db,
  work: (tx: Tx) => Promise<T>,
  options?: PgTransactionConfig,
): Promise<T> {
  assertOutsideTransaction('A second transaction')
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await openTransaction.run(true, () => db.transaction((tx) => work(tx), options))
    } catch (error) {
      if (attempt === TRIES || !ONCE_MORE.has(sqlState(error) ?? '')) throw error
    }
  }
}

/** Postgres's code of what went wrong; drizzle keeps the driver's error as the cause of its own. */
function sqlState(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  if ('code' in error && typeof error.code === 'string') return error.code
  return sqlState(error.cause)
}
