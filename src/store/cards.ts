import { and, asc, eq, or } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { CrmChange } from '../model/change.ts'
import { type ApprovalRow, linkReplacement } from './approvals.ts'
import type { Db, Tx } from './db.ts'
import type { OperationRow } from './operations.ts'
import { enqueueCardUpdates } from './outbox.ts'
import { markHomeStale } from './owners.ts'
import type { RecommendationRow } from './recommendations.ts'
import { accounts, approvals, approvalVersions, operations, recommendations } from './schema.ts'

/**
 * Has an approval's card drawn anew, wherever it was posted, and the App Home of whoever was asked.
 *
 * @returns the channels to deliver to.
 */
export async function refreshCard(
  tx: Tx,
  approval: Pick<ApprovalRow, 'id' | 'askedOwnerId'>,
): Promise<string[]> {
  const [channels] = await Promise.all([
    enqueueCardUpdates(tx, approval.id),
    markHomeStale(tx, [approval.askedOwnerId]),
  ])
  return channels
}

/** Points an ended approval's card at the one that took its place. */
export async function replaceApproval(tx: Tx, ended: ApprovalRow, replacedBy: string): Promise<void> {
  await linkReplacement(tx, ended.id, replacedBy)
  await refreshCard(tx, ended)
}

export type CardRows = {
  approval: ApprovalRow
  recommendation: RecommendationRow
  /** Null when the mirror no longer has it. */
  account: { id: string; name: string } | null
  operation: OperationRow | null
  /** What was shown first, and what the card shows now. */
  first: CrmChange
  current: CrmChange
  /** The approval that takes this one's effect back, and its operation. */
  undo: { approval: ApprovalRow; operation: OperationRow | null } | null
}

/** Everything a card is drawn from, in one query: every press draws at least one. */
export async function cardRows(db: Db, approvalId: string): Promise<CardRows | null> {
  const first = alias(approvalVersions, 'first')
  const current = alias(approvalVersions, 'current')
  const rows = await db
    .select({
      approval: approvals,
      recommendation: recommendations,
      account: { id: accounts.id, name: accounts.name },
      operation: operations,
      first: first.change,
      current: current.change,
    })
    .from(approvals)
    .innerJoin(recommendations, eq(recommendations.id, approvals.recommendationId))
    .innerJoin(first, and(eq(first.approvalId, approvals.id), eq(first.version, 1)))
    .innerJoin(current, and(eq(current.approvalId, approvals.id), eq(current.version, approvals.version)))
    .leftJoin(accounts, eq(accounts.id, approvals.accountId))
    .leftJoin(operations, eq(operations.approvalId, approvals.id))
    .where(or(eq(approvals.id, approvalId), eq(approvals.undoOf, approvalId)))
    .orderBy(asc(approvals.openedAt))
  const card = rows.find(({ approval }) => approval.id === approvalId)
  if (!card) return null
  const undo = rows.findLast(({ approval }) => approval.undoOf === approvalId)
  return {
    ...card,
    undo: undo ? { approval: undo.approval, operation: undo.operation } : null,
  }
}
