import { randomUUID } from 'node:crypto'
import { type SQL, sql } from 'drizzle-orm'
import type { Db } from './db.ts'
import { auditHead } from './schema.ts'

/** The database's clock at this instant. Never `now()`: that is the transaction's start, which may be long ago. */
export const clock = sql`clock_timestamp()`

export const fromNow = (ms: number): SQL => sql`clock_timestamp() + ${ms}::float8 * interval '1 millisecond'`

export const newId = (): string => randomUUID()

/** The database's time, for a comparison that must be made outside a statement. */
export async function databaseTime(db: Db): Promise<Date> {
  // Any table of one row will do: rows come back typed only through the query builder.
  const [row] = await db
    .select({ ms: sql`extract(epoch from clock_timestamp()) * 1000`.mapWith(Number) })
    .from(auditHead)
  if (!row) throw new Error('The database told no time')
  return new Date(row.ms)
}
