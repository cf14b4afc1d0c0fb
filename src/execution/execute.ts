import { setTimeout as sleep } from 'node:timers/promises'
import type { Audit } from '../audit/audit.ts'
import type { CrmRecord, CrmWriter, WriteOutcome } from '../crm/crm.ts'
import { UpstreamError } from '../errors.ts'
import type { Log } from '../log.ts'
import { type CrmChange, changeHash, type Fields, movedFields } from '../model/change.ts'
import { type ApprovalRow, approvalById, versionOf } from '../store/approvals.ts'
import { refreshCard } from '../store/cards.ts'
import { type Db, transaction } from '../store/db.ts'
import {
  claimOperation,
  type OperationResult,
  type OperationRow,
  recordOutcome,
} from '../store/operations.ts'
import { moveRecommendation } from '../store/recommendations.ts'

/**
 * The only way a write reaches the CRM: claim → compare → write → read back → record. It runs rows, not requests:
 * what it writes is the stored, approved version, and nothing else can be handed to it.
 */
export type ExecuteTools = {
  db: Db
  crm: CrmWriter
  audit: Audit
  log: Log
  /** Longer than a write may take; when it has passed, another worker may look after the operation. */
  leaseMs: number
}

export type Outcome =
  /** Done before, not yet due, in other hands, or held by the kill switch. */
  | { state: 'not-mine' }
  | {
      state: OperationResult['state']
      /** When to look at it again; null when it is over. */
      retryInMs: number | null
      /** Where its card stands; null when none was posted. */
      cardChannel: string | null
    }

const HOUR = 3_600_000
/** An approval this old is no longer an answer to today's question. */
const STALE_APPROVAL_MS = 72 * HOUR
const GIVE_UP_MS = 24 * HOUR
const LONGEST_WAIT_MS = HOUR
const FIRST_WAIT_MS = 1_000

export async function execute(operationId: string, tools: ExecuteTools): Promise<Outcome> {
  const operation = await claimOperation(tools.db, operationId, tools.leaseMs)
  if (!operation) return { state: 'not-mine' }
  const { approval, change } = await approvedChange(tools.db, operation)

  const result = await attempt(operation, approval, change, tools)

  const recorded = await record(operation, approval, change, result, tools)
  tools.log.info(
    {
      operationId,
      approvalId: approval.id,
      state: result.state,
      attempt: operation.attempt,
      recorded: recorded !== null,
    },
    'operation attempted',
  )
  if (!recorded) return { state: 'not-mine' }
  return {
    state: result.state,
    retryInMs: 'retryInMs' in result ? result.retryInMs : null,
    cardChannel: recorded.cardChannel,
  }
}

/**
 * The version that was approved, whole.
 *
 * @throws Error when the stored change is not the one whose hash was approved: it is then never written.
 */
async function approvedChange(db: Db, operation: OperationRow) {
  const approval = await approvalById(db, operation.approvalId)
  const version = await versionOf(db, operation.approvalId, operation.version)
  if (!approval || !version || changeHash(version.change) !== operation.changeHash) {
    throw new Error(`Operation ${operation.id} does not hold the change that was approved`)
  }
  return { approval, change: version.change }
}

async function attempt(
  operation: OperationRow,
  approval: ApprovalRow,
  change: CrmChange,
  { crm }: ExecuteTools,
): Promise<OperationResult> {
  const age = Date.now() - (approval.decidedAt?.getTime() ?? 0)
  if (operation.attempt === 1 && age > STALE_APPROVAL_MS) {
    return { state: 'failed', error: 'the approval is older than 72 hours: approve it again' }
  }
  try {
    if (change.action === 'update') return await update(operation, change, crm)
    if (change.action === 'create') return await create(operation, change, crm)
    return await remove(operation, change, crm)
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    return waitAndRetry(operation, error)
  }
}

async function update(
  operation: OperationRow,
  change: Extract<CrmChange, { action: 'update' }>,
  crm: CrmWriter,
): Promise<OperationResult> {
  const names = Object.keys(change.fields)
  const current = await readSettled(crm, change)
  if (!current) return { state: 'conflict', found: {}, error: 'the record is gone' }
  const found = crm.fieldsOf(current, names)
  // An earlier attempt may have arrived although its answer did not.
  if (operation.attempt > 1 && movedFields(change.fields, found).length === 0)
    return applied(current, 'read-back')
  if (movedFields(change.before, found).length > 0) return movedSince(found)

  const outcome = await crm.update(change, modifiedAt(current))

  return settle(change, outcome, crm)
}

async function create(
  operation: OperationRow,
  change: Extract<CrmChange, { action: 'create' }>,
  crm: CrmWriter,
): Promise<OperationResult> {
  if (operation.attempt > 1) {
    const made = await crm.findCreated(change, operation.id)
    if (made) return applied(made.record, 'read-back')
  }
  const outcome = await crm.create(change, operation.id)
  return settle(change, outcome, crm)
}

async function remove(
  operation: OperationRow,
  change: Extract<CrmChange, { action: 'remove' }>,
  crm: CrmWriter,
): Promise<OperationResult> {
  const current = await readSettled(crm, change)
  if (!current) {
    return operation.attempt > 1
      ? {
          state: 'applied',
          receipt: { recordId: change.recordId, modifiedAt: null, by: 'read-back' },
          precondition: 'strong',
        }
      : { state: 'conflict', found: {}, error: 'someone removed the record already' }
  }
  const found = crm.fieldsOf(current, Object.keys(change.before))
  if (movedFields(change.before, found).length > 0) return movedSince(found)
  return settle(change, await crm.remove(change, modifiedAt(current)), crm)
}

/** What the CRM's answer means, read back where the answer alone does not tell. */
async function settle(change: CrmChange, outcome: WriteOutcome, crm: CrmWriter): Promise<OperationResult> {
  if (outcome.kind === 'refused') return { state: 'failed', error: `${outcome.message} (${outcome.code})` }
  const id =
    outcome.kind === 'written' ? outcome.recordId : change.action === 'create' ? null : change.recordId
  const now = id ? await crm.read(change.module, id) : null
  if (outcome.kind === 'written') {
    const receipt = {
      recordId: outcome.recordId,
      modifiedAt: now ? modifiedAt(now) : outcome.modifiedAt,
      by: 'write' as const,
    }
    return { state: 'applied', receipt, precondition: 'strong' }
  }
  if (!now) return { state: 'conflict', found: {}, error: 'the record is gone' }
  const intended = change.action === 'remove' ? change.before : change.fields
  const found = crm.fieldsOf(now, Object.keys(intended))
  // Held back by our own earlier attempt: it had arrived after all.
  if (change.action === 'update' && movedFields(change.fields, found).length === 0)
    return applied(now, 'read-back')
  return movedSince(found)
}

/**
 * The live record. The CRM's times have a grain of one second, so an edit within the second we read could slip
 * through the precondition: a record touched just now is read again once that second has passed.
 */
async function readSettled(
  crm: CrmWriter,
  change: { module: CrmChange['module']; recordId: string },
): Promise<CrmRecord | null> {
  const current = await crm.read(change.module, change.recordId)
  if (!current) return null
  const ageMs = Date.now() - Date.parse(modifiedAt(current))
  if (ageMs < 0 || ageMs >= GRAIN_MS) return current
  await sleep(GRAIN_MS - ageMs)
  return crm.read(change.module, change.recordId)
}
const GRAIN_MS = 1_000

function applied(record: CrmRecord, by: 'write' | 'read-back'): OperationResult {
  return {
    state: 'applied',
    receipt: { recordId: record.id, modifiedAt: modifiedAt(record), by },
    precondition: 'strong',
  }
}

function movedSince(found: Fields): OperationResult {
  return { state: 'conflict', found, error: 'the record changed since this was proposed' }
}

function modifiedAt(record: CrmRecord): string {
  if (typeof record.Modified_Time !== 'string')
    throw new Error(`Record ${record.id} came without Modified_Time`)
  return record.Modified_Time
}

/** Full jitter, so that many operations held up by one outage do not return as one wave. */
function waitAndRetry(operation: OperationRow, error: UpstreamError): OperationResult {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(operation.attempt, 20))
  const retryInMs = Math.max(error.retryAfterMs ?? 0, Math.round(Math.random() * longest))
  // Sent and unanswered stays "unknown" until a read-back tells: giving up would be a guess.
  if (error.sent || operation.error?.startsWith(UNANSWERED)) {
    return {
      state: 'unknown',
      error: `${UNANSWERED}${error.message}`,
      retryInMs: Math.min(retryInMs, 30_000),
    }
  }
  if (Date.now() - operation.createdAt.getTime() > GIVE_UP_MS) {
    return { state: 'failed', error: `Zoho could not be reached for 24 hours: ${error.message}` }
  }
  return { state: 'planned', error: error.message, retryInMs }
}
const UNANSWERED = 'no answer: '

/** The outcome, the card and the audit event in one transaction; null when the lease had passed to another. */
async function record(
  operation: OperationRow,
  approval: ApprovalRow,
  change: CrmChange,
  result: OperationResult,
  { db, audit }: ExecuteTools,
): Promise<{ cardChannel: string | null } | null> {
  return transaction(db, async (tx) => {
    if (!(await recordOutcome(tx, operation, result))) return null
    if (result.state === 'planned') return { cardChannel: null }
    // What the CRM overtook was not accepted as it stands now, and may be proposed again at once.
    if (result.state === 'conflict' && approval.kind === 'change') {
      await moveRecommendation(tx, approval.recommendationId, 'stale')
    }
    // An undo has no card of its own: the card of what it takes back tells it.
    const cardChannel = await refreshCard(tx, { ...approval, id: approval.undoOf ?? approval.id })
    await audit.append(tx, {
      teamId: approval.teamId,
      actor: approval.decidedBy ?? 'system',
      action: `operation.${result.state}`,
      subject: operation.id,
      payload: {
        approvalId: approval.id,
        attempt: operation.attempt,
        change,
        changeHash: operation.changeHash,
        result,
      },
    })
    return { cardChannel }
  })
}
