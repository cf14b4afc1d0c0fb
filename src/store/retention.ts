import { and, eq, gt, inArray, lt, notExists, or, sql } from 'drizzle-orm'
import type { Db } from './db.ts'
import { approvals, changes, outbox } from './schema.ts'

const month = sql`clock_timestamp() - interval '30 days'`

/**
 * Messages are forgotten a month after they went out, but for those of cards that still wait or were decided within
 * the last month: where they stand is what their updates, threads and links are made from.
 */
export async function forgetMessages(db: Db): Promise<void> {
  // A copy for somebody else carries the same approval in its key: `card:<approval>:<person>`.
  const ofCard = sql`${outbox.messageKey} like 'card:%' and split_part(${outbox.messageKey}, ':', 2) = ${approvals.id}`
  const needed = db
    .select({ id: approvals.id })
    .from(approvals)
    .where(and(ofCard, or(eq(approvals.state, 'pending'), gt(approvals.decidedAt, month))))
  await db
    .delete(outbox)
    .where(and(inArray(outbox.state, ['sent', 'skipped']), lt(outbox.createdAt, month), notExists(needed)))
}

/** Two years: the longest anyone is told about. */
export async function forgetChanges(db: Db): Promise<void> {
  await db.delete(changes).where(lt(changes.at, sql`clock_timestamp() - interval '2 years'`))
}
