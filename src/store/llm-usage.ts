import { and, gte, sql } from 'drizzle-orm'
import type { Db } from './db.ts'
import { llmUsage } from './schema.ts'

export type NewLlmCall = Omit<typeof llmUsage.$inferInsert, 'id' | 'at'>

export async function recordLlmCall(db: Db, call: NewLlmCall): Promise<void> {
  await db.insert(llmUsage).values(call)
}

/** US dollars since midnight UTC. */
export async function spentToday(db: Db): Promise<number> {
  const midnight = sql`date_trunc('day', clock_timestamp() at time zone 'utc') at time zone 'utc'`
  const [row] = await db
    .select({ usd: sql`coalesce(sum(${llmUsage.costUsd}), 0)`.mapWith(Number) })
    .from(llmUsage)
    .where(and(gte(llmUsage.at, midnight)))
  return row?.usd ?? 0
}
