import { sql } from 'drizzle-orm'
import { clock, fromNow } from './clock.ts'
import type { Db } from './db.ts'
import { limits } from './schema.ts'

/** How fast a bucket refills and how much it holds; `burst` is at least 1. */
export type Rate = { perSecond: number; burst: number }

/**
 * Takes one token, or says how many milliseconds to wait before asking again; 0 means it was taken.
 * One statement on the database's clock: any number of processes share the bucket.
 */
export async function takeToken(db: Db, key: string, { perSecond, burst }: Rate): Promise<number> {
  const refilled = sql`least(${burst}::float8, ${limits.tokens} + ${perSecond}::float8
    * greatest(0, extract(epoch from clock_timestamp() - ${limits.refilledAt})::float8))`
  const open = sql`coalesce(${limits.blockedUntil} <= clock_timestamp(), true)`
  const taken = db.$with('taken').as(
    db
      .insert(limits)
      .values({ key, tokens: burst - 1, refilledAt: clock })
      .onConflictDoUpdate({
        target: limits.key,
        set: { tokens: sql`${refilled} - 1`, refilledAt: clock },
        setWhere: sql`${open} and ${refilled} >= 1`,
      })
      .returning({ key: limits.key }),
  )
  const refillSeconds = sql`(1 - ${refilled}) / ${perSecond}::float8`
  const blockedSeconds = sql`coalesce(extract(epoch from ${limits.blockedUntil} - clock_timestamp())::float8, 0)`
  const waitMs = db
    .select({ ms: sql`greatest(1, ceil(1000 * greatest(${refillSeconds}, ${blockedSeconds})))`.as('ms') })
    .from(limits)
    .where(sql`${limits.key} = ${key}`)
  const [answer] = await db
    .with(taken)
    .select({
      waitMs: sql`case when exists (select 1 from ${taken}) then 0 else coalesce(${waitMs}, 1) end`.mapWith(
        Number,
      ),
    })
    .from(sql`(select 1) as one`)
  return answer!.waitMs
}

/** Nobody takes a token for the next `forMs` milliseconds; a longer block already in force stays. */
export async function block(db: Db, key: string, forMs: number): Promise<void> {
  const until = fromNow(forMs)
  await db
    .insert(limits)
    .values({ key, tokens: 0, refilledAt: clock, blockedUntil: until })
    .onConflictDoUpdate({
      target: limits.key,
      set: { blockedUntil: sql`greatest(${limits.blockedUntil}, ${until})` },
    })
}
