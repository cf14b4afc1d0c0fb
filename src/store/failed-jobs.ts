import { and, asc, eq, isNotNull, sql } from 'drizzle-orm'
import { clock, fromNow } from './clock.ts'
import type { Db, Tx } from './db.ts'
import { failedJobs } from './schema.ts'

/**
 * Jobs that used up their attempts. Most are brought again by the sweeper or by the clock, so a row goes as soon as one
 * of its subject comes through; what stays is for an admin.
 */
export type FailedJob = typeof failedJobs.$inferSelect

type Subject = { name: string; subject: string }

/** @param countsInMs for what another service held up: until then it may still come through by itself. */
export async function rememberFailure(
  db: Db,
  job: Subject & { payload: Record<string, unknown>; error: string; countsInMs: number },
): Promise<void> {
  const { countsInMs, ...row } = job
  await db
    .insert(failedJobs)
    .values({ ...row, countsFrom: fromNow(countsInMs) })
    .onConflictDoUpdate({
      target: [failedJobs.name, failedJobs.subject],
      set: {
        payload: row.payload,
        error: row.error,
        times: sql`${failedJobs.times} + 1`,
        failedAt: clock,
        countsFrom: sql`least(${failedJobs.countsFrom}, ${fromNow(countsInMs)})`,
      },
    })
}

export async function cameThrough(db: Db, { name, subject }: Subject): Promise<void> {
  await db.delete(failedJobs).where(and(eq(failedJobs.name, name), eq(failedJobs.subject, subject)))
}

/** Has the sweeper hand it over; false when it is there no more. */
export async function askForRetry(tx: Tx, id: number): Promise<boolean> {
  const rows = await tx
    .update(failedJobs)
    .set({ retryAt: clock })
    .where(eq(failedJobs.id, id))
    .returning({ id: failedJobs.id })
  return rows.length > 0
}

export async function forgetFailure(tx: Tx, id: number): Promise<boolean> {
  const rows = await tx.delete(failedJobs).where(eq(failedJobs.id, id)).returning({ id: failedJobs.id })
  return rows.length > 0
}

export async function failuresToRetry(db: Db): Promise<FailedJob[]> {
  return db
    .select()
    .from(failedJobs)
    .where(isNotNull(failedJobs.retryAt))
    .orderBy(asc(failedJobs.retryAt))
    .limit(100)
}

/** It is on its way again, and back here if it fails again. */
export async function retryHandedOver(db: Db, { id, retryAt }: FailedJob): Promise<void> {
  await db
    .update(failedJobs)
    .set({ retryAt: null })
    .where(and(eq(failedJobs.id, id), retryAt ? eq(failedJobs.retryAt, retryAt) : undefined))
}
