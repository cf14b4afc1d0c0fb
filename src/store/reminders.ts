import { and, asc, eq, gt, inArray, isNull, lte } from 'drizzle-orm'
import type { ApprovalRow } from './approvals.ts'
import { clock, fromNow } from './clock.ts'
import type { Db } from './db.ts'
import { approvals } from './schema.ts'

const unreminded = (ageMs: number) =>
  and(
    eq(approvals.state, 'pending'),
    isNull(approvals.remindedAt),
    lte(approvals.openedAt, fromNow(-ageMs)),
    gt(approvals.expiresAt, clock),
  )

/** Who was asked at least this long ago and neither decided nor was reminded. */
export async function unremindedOwners(db: Db, ageMs: number): Promise<string[]> {
  const rows = await db
    .selectDistinct({ ownerId: approvals.askedOwnerId })
    .from(approvals)
    .where(unreminded(ageMs))
  return rows.map(({ ownerId }) => ownerId)
}

/** What these people were asked at least this long ago, what runs out first, first. */
export async function unremindedOf(
  db: Db,
  ownerIds: readonly string[],
  { ageMs, limit }: { ageMs: number; limit: number },
): Promise<ApprovalRow[]> {
  if (ownerIds.length === 0) return []
  return db
    .select()
    .from(approvals)
    .where(and(unreminded(ageMs), inArray(approvals.askedOwnerId, [...ownerIds])))
    .orderBy(asc(approvals.expiresAt), asc(approvals.id))
    .limit(limit)
}
