import { AsyncLocalStorage } from 'node:async_hooks'
import type { ExtractTablesWithRelations } from 'drizzle-orm'
import type { PgDatabase, PgQueryResultHKT, PgTransaction } from 'drizzle-orm/pg-core'
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

/** Runs `work` in one transaction; nesting is refused. */
export function transaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  assertOutsideTransaction('A second transaction')
  return openTransaction.run(true, () => db.transaction((tx) => work(tx)))
}
