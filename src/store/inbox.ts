import { and, asc, eq, inArray, isNull, lt, lte, sql } from 'drizzle-orm'
import { clock, fromNow } from './clock.ts'
import type { Db } from './db.ts'
import { inbox } from './schema.ts'

export type InboxRow = typeof inbox.$inferSelect

/** Keeps a webhook before it is answered; false when the same one was kept before. */
export async function keepInInbox(
  db: Db,
  event: { source: string; eventKey: string; body: Record<string, unknown> },
): Promise<boolean> {
  const rows = await db.insert(inbox).values(event).onConflictDoNothing().returning({ key: inbox.eventKey })
  return rows.length > 0
}

/** Unprocessed webhooks of a source that arrived at least this long ago, oldest first. */
export async function unprocessed(
  db: Db,
  source: string,
  olderThanMs: number,
  limit: number,
): Promise<InboxRow[]> {
  return db
    .select()
    .from(inbox)
    .where(
      and(eq(inbox.source, source), isNull(inbox.processedAt), lte(inbox.receivedAt, fromNow(-olderThanMs))),
    )
    .orderBy(asc(inbox.receivedAt))
    .limit(limit)
}

export async function markProcessed(db: Db, source: string, eventKeys: readonly string[]): Promise<void> {
  if (eventKeys.length === 0) return
  await db
    .update(inbox)
    .set({ processedAt: clock })
    .where(and(eq(inbox.source, source), inArray(inbox.eventKey, [...eventKeys])))
}

/** Leaves them unprocessed for good; what went wrong stands beside them, for an admin. */
export async function giveUpOn(db: Db, source: string, eventKeys: readonly string[]): Promise<void> {
  if (eventKeys.length === 0) return
  await db
    .update(inbox)
    .set({ processedAt: clock, givenUpAt: clock })
    .where(and(eq(inbox.source, source), inArray(inbox.eventKey, [...eventKeys])))
}

/** What went wrong with them, for whoever looks; they stay unprocessed. */
export async function noteInboxError(
  db: Db,
  source: string,
  eventKeys: readonly string[],
  error: string,
): Promise<void> {
  if (eventKeys.length === 0) return
  await db
    .update(inbox)
    .set({ error })
    .where(and(eq(inbox.source, source), inArray(inbox.eventKey, [...eventKeys])))
}

/** Milliseconds until the oldest unprocessed webhook has waited this long; null when none waits. */
export async function nextDueInMs(db: Db, source: string, olderThanMs: number): Promise<number | null> {
  const age = sql`extract(epoch from clock_timestamp() - min(${inbox.receivedAt})) * 1000`
  const [row] = await db
    .select({ age: sql<number | null>`${age}`.mapWith((ms) => (ms === null ? null : Number(ms))) })
    .from(inbox)
    .where(and(eq(inbox.source, source), isNull(inbox.processedAt)))
  return row?.age == null ? null : Math.max(0, Math.ceil(olderThanMs - row.age))
}

/** Eight days: longer than any sender repeats. */
export async function forgetInbox(db: Db): Promise<void> {
  await db.delete(inbox).where(lt(inbox.receivedAt, sql`clock_timestamp() - interval '8 days'`))
}
