import type { Audit } from '../audit/audit.ts'
import type { CrmChange } from '../model/change.ts'
import {
  type ApprovalRow,
  approveInTime,
  insertApproval,
  lockApproval,
  recordDecision,
  versionOf,
} from '../store/approvals.ts'
import { refreshCard } from '../store/cards.ts'
import { databaseTime } from '../store/clock.ts'
import { type Db, type Tx, transaction } from '../store/db.ts'
import {
  type OperationRow,
  operationOf,
  planOperation,
  replanOperation,
  undoDeadline,
  undoOperationOf,
} from '../store/operations.ts'

/**
 * Taking a write back, and trying a failed one again. Both only plan an operation: what they write still goes
 * through `execute`, under the same precondition, and an undo is an approval of its own.
 */
export type UndoTools = { db: Db; audit: Audit; ttlMs: number; undoMs: number }

export type UndoOutcome =
  | { kind: 'planned'; operationId: string }
  | { kind: 'refused'; reason: keyof typeof REFUSALS }

/** Why a write is not taken back. */
export const REFUSALS = {
  not_written: 'There is nothing to undo: this was not written to Zoho.',
  too_late: 'The time to undo has passed. You can change the record in Zoho.',
  already_undone: 'This is being undone, or was undone already.',
  touched_since: 'Somebody changed the record since, so it stays as it is. You can change it in Zoho.',
  not_possible: 'This cannot be undone safely, so nothing was done. You can change the record in Zoho.',
} as const

/** Opens and approves the taking back in one transaction, by the person who pressed. */
export async function undo(tools: UndoTools, approvalId: string, person: string): Promise<UndoOutcome> {
  return transaction(tools.db, async (tx): Promise<UndoOutcome> => {
    const original = await lockApproval(tx, approvalId)
    const operation = original && (await operationOf(tx, approvalId))
    const version = operation && (await versionOf(tx, approvalId, operation.version))
    if (!original || !version || operation.state !== 'applied')
      return { kind: 'refused', reason: 'not_written' }
    const deadline = undoDeadline(operation, version.change, tools.undoMs)
    if (!deadline) return { kind: 'refused', reason: 'not_possible' }
    if (deadline <= (await databaseTime(tx))) return { kind: 'refused', reason: 'too_late' }
    const earlier = await undoOperationOf(tx, approvalId)
    if (earlier) return undoAgain(tx, tools, original, earlier, person)

    const approval = await approveUndo(tx, tools, original, inverse(version.change, operation), person)
    const operationId = await planOperation(tx, approval)
    await refreshCard(tx, original)
    await tools.audit.append(tx, {
      teamId: original.teamId,
      actor: person,
      action: 'approval.approved',
      subject: approval.id,
      about: original.accountId,
      payload: { undoOf: original.id, operationId, changeHash: approval.changeHash },
    })
    return { kind: 'planned', operationId }
  })
}

/** One that Zoho refused may be tried again in its time; any other is over or under way. */
async function undoAgain(
  tx: Tx,
  tools: UndoTools,
  original: ApprovalRow,
  earlier: OperationRow,
  person: string,
): Promise<UndoOutcome> {
  if (earlier.state === 'conflict') return { kind: 'refused', reason: 'touched_since' }
  const replanned = await replanOperation(tx, earlier.approvalId)
  if (!replanned) return { kind: 'refused', reason: 'already_undone' }
  await refreshCard(tx, original)
  await appendRetried(tx, tools, original, replanned.id, person)
  return { kind: 'planned', operationId: replanned.id }
}

async function approveUndo(
  tx: Tx,
  tools: UndoTools,
  original: ApprovalRow,
  change: CrmChange,
  person: string,
): Promise<ApprovalRow> {
  const { teamId, recommendationId, accountId, actionClass } = original
  const opened = await insertApproval(tx, {
    teamId,
    recommendationId,
    accountId,
    actionClass,
    kind: 'undo',
    undoOf: original.id,
    askedOwnerId: original.askedOwnerId,
    requiredDeciders: 1,
    change,
    ttlMs: tools.ttlMs,
  })
  const approved = await approveInTime(tx, opened, person)
  if (!approved) throw new Error('An undo ran out of time as it was opened')
  await recordDecision(tx, approved, { person, decision: 'approve' })
  return approved
}

function inverse(change: CrmChange, operation: OperationRow): CrmChange {
  if (change.action === 'update') return { ...change, fields: change.before, before: change.fields }
  if (change.action === 'remove') throw new Error('An undo is not undone')
  return {
    action: 'remove',
    module: change.module,
    recordId: operation.receipt?.recordId ?? '',
    recordName: String(change.fields.Subject ?? change.fields.Event_Title ?? change.fields.Note_Title ?? ''),
    createdBy: operation.id,
    unmodifiedSince: operation.receipt?.modifiedAt ?? '',
    before: change.fields,
  }
}

/**
 * Gives a failed write another try; null when it did not fail. Approved more than 72 hours ago, it is not written: its
 * card says so and asks again.
 */
export async function retry(
  tools: Pick<UndoTools, 'db' | 'audit'>,
  approvalId: string,
  person: string,
): Promise<string | null> {
  return transaction(tools.db, async (tx) => {
    const approval = await lockApproval(tx, approvalId)
    const operation = approval && (await replanOperation(tx, approvalId))
    if (!operation) return null
    // An undo has no card of its own.
    await refreshCard(tx, { ...approval, id: approval.undoOf ?? approval.id })
    await appendRetried(tx, tools, approval, operation.id, person)
    return operation.id
  })
}

async function appendRetried(
  tx: Tx,
  { audit }: Pick<UndoTools, 'audit'>,
  { id: approvalId, teamId, accountId }: ApprovalRow,
  operationId: string,
  actor: string,
): Promise<void> {
  await audit.append(tx, {
    teamId,
    actor,
    action: 'operation.retried',
    subject: operationId,
    about: accountId,
    payload: { approvalId },
  })
}
