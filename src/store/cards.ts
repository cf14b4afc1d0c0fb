import { and, asc, eq, inArray, or } from 'drizzle-orm'
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
  await markHomeStale(tx, [approval.askedOwnerId])
  return enqueueCardUpdates(tx, approval.id)
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

/** Everything a card is drawn from, in two queries: every press draws at least one. */
export async function cardRows(db: Db, approvalId: string): Promise<CardRows | null> {
  const rows = await db
    .select({
      approval: approvals,
      recommendation: recommendations,
      account: { id: accounts.id, name: accounts.name },
      operation: operations,
    })
    .from(approvals)
    .innerJoin(recommendations, eq(recommendations.id, approvals.recommendationId))
    .leftJoin(accounts, eq(accounts.id, approvals.accountId))
    .leftJoin(operations, eq(operations.approvalId, approvals.id))
    .where(or(eq(approvals.id, approvalId), eq(approvals.undoOf, approvalId)))
    .orderBy(asc(approvals.openedAt))
  const card = rows.find(({ approval }) => approval.id === approvalId)
  if (!card) return null
  const versions = await db
    .select({ version: approvalVersions.version, change: approvalVersions.change })
    .from(approvalVersions)
    .where(
      and(
        eq(approvalVersions.approvalId, approvalId),
        inArray(approvalVersions.version, [1, card.approval.version]),
      ),
    )
  const versioned = new Map(versions.map(({ version, change }) => [version, change]))
  const first = versioned.get(1)
  const current = versioned.get(card.approval.version)
  if (!first || !current) return null
  const undo = rows.findLast(({ approval }) => approval.undoOf === approvalId)
  return {
    ...card,
    first,
    current,
    undo: undo ? { approval: undo.approval, operation: undo.operation } : null,
  }
}
