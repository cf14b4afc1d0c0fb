import { and, eq, gte, inArray, lt, or, sql } from 'drizzle-orm'
import type { CrmChange } from '../model/change.ts'
import type { ApprovalRow } from './approvals.ts'
import { clock, fromNow, newId } from './clock.ts'
import type { Db, Tx } from './db.ts'
import type { OperationRow } from './operations.ts'
import { approvals, approvalVersions, operations, recommendations } from './schema.ts'

/** What a database that came back from a backup may have forgotten. */

const UNFINISHED = ['planned', 'writing', 'unknown'] as const
const SETTLED_WITHIN_MS = 60_000

/**
 * Of an operation that a backup holds as unfinished, the request may have left and the row that said so be lost. From
 * now on each is looked for in the CRM before it is written.
 *
 * @param heldSince null: from now on. What was approved since then cannot have been sent: writes were held
 * @returns how many
 */
export async function assumeSent(tx: Tx, heldSince: Date | null): Promise<number> {
  const rows = await tx
    .update(operations)
    .set({
      sentAt: sql`coalesce(${operations.sentAt}, ${clock})`,
      // Whoever held it belongs to the past.
      lease: null,
      leaseUntil: null,
    })
    .where(
      and(
        inArray(operations.state, [...UNFINISHED]),
        heldSince ? lt(operations.createdAt, heldSince) : undefined,
      ),
    )
    .returning({ id: operations.id })
  return rows.length
}

/** Takes one that is not over, whatever it waits for, and whose effect was found; null when it is over. */
export async function takeUnfinished(db: Db, id: string): Promise<OperationRow | null> {
  const [row] = await db
    .update(operations)
    .set({
      state: 'writing',
      lease: newId(),
      leaseUntil: fromNow(SETTLED_WITHIN_MS),
      sentAt: sql`coalesce(${operations.sentAt}, ${clock})`,
    })
    .where(and(eq(operations.id, id), inArray(operations.state, [...UNFINISHED])))
    .returning()
  return row ?? null
}

export type Intended = { operation: OperationRow; change: CrmChange }

/** Operations that are not over, or were since then, with what they write. */
export async function operationsSince(db: Db, since: Date): Promise<Intended[]> {
  return db
    .select({ operation: operations, change: approvalVersions.change })
    .from(operations)
    .innerJoin(
      approvalVersions,
      and(
        eq(approvalVersions.approvalId, operations.approvalId),
        eq(approvalVersions.version, operations.version),
      ),
    )
    .where(or(inArray(operations.state, [...UNFINISHED]), gte(operations.finishedAt, since)))
    .orderBy(operations.createdAt)
}

export type Waiting = { approval: ApprovalRow; change: CrmChange }

/** Everything that somebody could still approve. */
export async function pendingChanges(db: Db): Promise<Waiting[]> {
  return db
    .select({ approval: approvals, change: approvalVersions.change })
    .from(approvals)
    .innerJoin(
      approvalVersions,
      and(eq(approvalVersions.approvalId, approvals.id), eq(approvalVersions.version, approvals.version)),
    )
    .where(eq(approvals.state, 'pending'))
}

export type Proposed = {
  id: string
  teamId: string
  accountId: string
  ownerId: string | null
  change: CrmChange
}

/** What nobody was asked yet, and may be. */
export async function openProposals(db: Db): Promise<Proposed[]> {
  const { id, teamId, accountId, ownerId, change } = recommendations
  return db
    .select({ id, teamId, accountId, ownerId, change })
    .from(recommendations)
    .where(eq(recommendations.state, 'open'))
}
