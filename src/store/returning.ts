import { and, asc, eq, gt, inArray, isNotNull, lte, notExists, notInArray } from 'drizzle-orm'
import { PAUSED } from './approvals.ts'
import { clock } from './clock.ts'
import type { Db, Tx } from './db.ts'
import type { RecommendationRow } from './recommendations.ts'
import { approvals, decisions, recommendations } from './schema.ts'

/**
 * What is to be looked at again with fresh facts: `snoozed_until` says when. Set by a snooze, a pause, a press on what
 * ended, or a review that would ask differently; kept in the row, so that it happens whatever becomes of the queue.
 */

/** Marks what was shown and a newer review would ask differently: its card ends, and it is looked at again. */
export async function markOvertaken(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await tx
    .update(recommendations)
    .set({ snoozedUntil: clock })
    .where(and(inArray(recommendations.id, [...ids]), eq(recommendations.state, 'shown')))
}

/** Approvals that wait although a newer review would ask differently; not those that somebody approved already. */
export async function overtakenApprovals(db: Db, limit: number): Promise<string[]> {
  const approved = db
    .select({ id: decisions.approvalId })
    .from(decisions)
    .where(and(eq(decisions.approvalId, approvals.id), eq(decisions.decision, 'approve')))
  const rows = await db
    .select({ id: approvals.id })
    .from(approvals)
    .innerJoin(recommendations, eq(recommendations.id, approvals.recommendationId))
    .where(
      and(
        eq(approvals.state, 'pending'),
        eq(approvals.kind, 'change'),
        eq(recommendations.state, 'shown'),
        isNotNull(recommendations.snoozedUntil),
        notExists(approved),
      ),
    )
    .limit(limit)
  return rows.map(({ id }) => id)
}

/** Those to be looked at again: snoozed ones whose time has come, and whatever a person asked about anew. */
export async function dueToResurface(db: Db, limit: number): Promise<RecommendationRow[]> {
  return db
    .select()
    .from(recommendations)
    .where(
      and(
        notInArray(recommendations.state, ['open', 'shown']),
        isNotNull(recommendations.snoozedUntil),
        lte(recommendations.snoozedUntil, clock),
      ),
    )
    .orderBy(asc(recommendations.snoozedUntil))
    .limit(limit)
}

/**
 * Has what was taken back by this person's pause looked at again at once.
 *
 * @returns which recommendations.
 */
export async function returnPaused(db: Db, askedOwnerId: string): Promise<string[]> {
  const takenBack = db
    .select({ id: approvals.recommendationId })
    .from(approvals)
    .where(
      and(
        eq(approvals.askedOwnerId, askedOwnerId),
        eq(approvals.state, 'withdrawn'),
        eq(approvals.reason, PAUSED),
      ),
    )
  const rows = await db
    .update(recommendations)
    .set({ snoozedUntil: clock })
    .where(
      and(
        inArray(recommendations.id, takenBack),
        eq(recommendations.state, 'withdrawn'),
        eq(recommendations.stateReason, PAUSED),
        gt(recommendations.snoozedUntil, clock),
      ),
    )
    .returning({ id: recommendations.id })
  return rows.map(({ id }) => id)
}

/** Its time has come, or it was looked at again early. */
export async function clearSnooze(db: Db, id: string): Promise<void> {
  await db.update(recommendations).set({ snoozedUntil: null }).where(eq(recommendations.id, id))
}

/** Has it looked at again at once: kept here, so that it happens whatever becomes of the queue. */
export async function askAgain(tx: Tx, id: string): Promise<void> {
  await tx.update(recommendations).set({ snoozedUntil: clock }).where(eq(recommendations.id, id))
}
