import { and, eq, gte, sql } from 'drizzle-orm'
import type { Db } from './db.ts'
import { llmUsage, recommendations } from './schema.ts'

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
    .where(gte(llmUsage.at, midnight))
  return row?.usd ?? 0
}

export type ModelCosts = {
  todayUsd: number
  /** Of the last 30 days. */
  monthUsd: number
  /** Of these, calls that gave no answer. */
  unanswered: number
  calls: number
  /** What a model wrote and a person accepted in the last 30 days. */
  accepted: number
}

export async function modelCosts(db: Db): Promise<ModelCosts> {
  const month = sql`clock_timestamp() - interval '30 days'`
  const [usage] = await db
    .select({
      usd: sql`coalesce(sum(${llmUsage.costUsd}), 0)`.mapWith(Number),
      calls: sql`count(*)`.mapWith(Number),
      unanswered: sql`count(*) filter (where ${llmUsage.result} <> 'answered')`.mapWith(Number),
    })
    .from(llmUsage)
    .where(gte(llmUsage.at, month))
  const accepted = await db.$count(
    recommendations,
    and(
      eq(recommendations.author, 'model'),
      eq(recommendations.state, 'accepted'),
      gte(recommendations.decidedAt, month),
    ),
  )
  return {
    todayUsd: await spentToday(db),
    monthUsd: usage?.usd ?? 0,
    calls: usage?.calls ?? 0,
    unanswered: usage?.unanswered ?? 0,
    accepted,
  }
}
