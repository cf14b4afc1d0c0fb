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
  | { kind: 'refused'; reason: 'not_written' | 'too_late' | 'already_undone' | 'not_possible' }

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
    if (await undoOperationOf(tx, approvalId)) return { kind: 'refused', reason: 'already_undone' }

    const approval = await approveUndo(tx, tools, original, inverse(version.change, operation), person)
    const operationId = await planOperation(tx, approval)
    await refreshCard(tx, original)
    await tools.audit.append(tx, {
      teamId: original.teamId,
      actor: person,
      action: 'approval.approved',
      subject: approval.id,
      payload: { undoOf: original.id, operationId, changeHash: approval.changeHash },
    })
    return { kind: 'planned', operationId }
  })
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
    before: change.fields,
  }
}

/** Gives a failed write another try; null when it did not fail. */
export async function retry(tools: UndoTools, approvalId: string, person: string): Promise<string | null> {
  return transaction(tools.db, async (tx) => {
    const approval = await lockApproval(tx, approvalId)
    const operation = approval && (await replanOperation(tx, approvalId))
    if (!operation) return null
    await refreshCard(tx, approval)
    await tools.audit.append(tx, {
      teamId: approval.teamId,
      actor: person,
      action: 'operation.retried',
      subject: operation.id,
      payload: { approvalId },
    })
    return operation.id
  })
}
