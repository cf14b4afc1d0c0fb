import type { Audit } from '../audit/audit.ts'
import type { CrmTrace, CrmTraces } from '../crm/crm.ts'
import type { CrmChange } from '../model/change.ts'
import { approvedVersion } from '../store/approvals.ts'
import { type Db, transaction } from '../store/db.ts'
import type { OperationResult } from '../store/operations.ts'
import {
  type Intended,
  operationsSince,
  pendingChanges,
  takeUnfinished,
  type Waiting,
} from '../store/restored.ts'
import { record } from './execute.ts'

/**
 * What the CRM holds from us beside what our operations say they did. After a restore the two part: decisions and
 * outcomes since the backup are lost, and their effects are not. It only looks; what came of an operation that is not
 * over is still found out by `execute`, which reads back first.
 */
export type Reconciliation = {
  since: Date
  /** Traces that an operation accounts for. */
  explained: number
  /** Approved and not over here, and carried out already. */
  carriedOut: CarriedOut[]
  /** Effects of decisions that nothing here knows of. */
  unrecorded: Effect[]
}

/** `takenBack`: it was made, and somebody's Undo of it is lost with the rest. */
export type CarriedOut = CrmTrace & { operation: string; takenBack: boolean }

export type Effect = CrmTrace & {
  /** The approval that waits for a decision although its effect is there: a second Approve would repeat it. */
  waiting: Waiting['approval'] | null
}

/** Zoho's clock is not ours. */
const SKEW_MS = 5 * 60_000
/** A record's time and that of its timeline are taken one after the other. */
const SAME_WRITE_MS = 2_000

/** What the CRM remembers of us, oldest first. */
export type Remembered = { since: Date; traces: readonly CrmTrace[] }

/** @throws UpstreamError when the CRM does not tell */
export async function remembered(crm: CrmTraces, restoredAsOf: Date): Promise<Remembered> {
  const since = new Date(restoredAsOf.getTime() - SKEW_MS)
  return { since, traces: await crm.since(since) }
}

/** Beside the rows as they are at one instant: a press meanwhile moves a change from the waiting to the approved. */
export async function reconcile(db: Db, { since, traces }: Remembered): Promise<Reconciliation> {
  const [left, waiting] = await transaction(
    db,
    async (tx) =>
      [await operationsSince(tx, new Date(since.getTime() - SKEW_MS)), await pendingChanges(tx)] as const,
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  )
  const carriedOut: CarriedOut[] = []
  const unclaimed: CrmTrace[] = []
  let explained = 0
  for (const trace of traces) {
    // Each writes once: what is left after its own write is another's.
    const at = left.findIndex((each) => accountsFor(each, trace))
    const [claimed] = at === -1 ? [] : left.splice(at, 1)
    if (!claimed) unclaimed.push(trace)
    else if (claimed.operation.finishedAt !== null) explained += 1
    else carriedOut.push({ ...trace, operation: claimed.operation.id, takenBack: false })
  }
  const unknown = unclaimed.filter((trace) => {
    const again = left.findIndex((each) => wasApprovedAgain(each, trace))
    const [approved] = again === -1 ? [] : left.splice(again, 1)
    if (approved) carriedOut.push({ ...trace, operation: approved.operation.id, takenBack: false })
    return !approved
  })
  for (const trace of unknown) {
    const made = left.find((each) => madeWhatWent(each, trace))
    if (made) carriedOut.push({ ...trace, operation: made.operation.id, takenBack: true })
  }
  const unrecorded = unknown.map((trace) => ({
    ...trace,
    waiting: waiting.find(({ change }) => proposes(change, trace))?.approval ?? null,
  }))
  return { since, explained, carriedOut, unrecorded }
}

function accountsFor({ operation, change }: Intended, trace: CrmTrace): boolean {
  if (!aimsAt(change, trace, operation)) return false
  if (operation.sentAt === null) return false
  if (operation.finishedAt === null) return true
  const told = operation.receipt?.modifiedAt
  const until = told ? Date.parse(told) + SAME_WRITE_MS : operation.finishedAt.getTime() + SKEW_MS
  return trace.at.getTime() <= until
}

function aimsAt(change: CrmChange, trace: CrmTrace, { id, receipt }: Intended['operation']): boolean {
  switch (change.action) {
    case 'update':
      return trace.did === 'updated' && isSameUpdate(change, trace)
    case 'create':
      return trace.did === 'created' && (trace.operationId === id || trace.recordId === receipt?.recordId)
    case 'remove':
      return trace.did === 'removed' && trace.recordId === change.recordId
  }
}

/** Its card waited again, and somebody pressed it again before anybody compared. */
function wasApprovedAgain({ operation, change }: Intended, trace: CrmTrace): boolean {
  return operation.finishedAt === null && operation.sentAt === null && proposes(change, trace)
}

/** What is gone carries no mark any more: its name has to do. */
function madeWhatWent({ operation, change }: Intended, trace: CrmTrace): boolean {
  return (
    operation.finishedAt === null &&
    operation.sentAt !== null &&
    trace.did === 'removed' &&
    change.action === 'create' &&
    change.module === trace.module &&
    nameIn(change) === trace.name
  )
}

const nameIn = ({ fields }: Extract<CrmChange, { action: 'create' }>) =>
  fields.Subject ?? fields.Event_Title ?? fields.Note_Title ?? null

/** Whether approving it would do once more what the trace shows. */
function proposes(change: CrmChange, trace: CrmTrace): boolean {
  if (change.action === 'update') return trace.did === 'updated' && isSameUpdate(change, trace)
  if (change.action === 'remove' || trace.did !== 'created') return false
  const isSame = change.module === trace.module && change.parent.id === trace.parentId
  return isSame && nameIn(change) === trace.name
}

/** Zoho changes more than was sent, such as the probability of a stage. */
function isSameUpdate(change: Extract<CrmChange, { action: 'update' }>, trace: CrmTrace): boolean {
  return (
    change.recordId === trace.recordId && Object.keys(change.fields).some((api) => trace.fields.includes(api))
  )
}

/**
 * Ends an operation whose effect was found. Reading back alone would not do: a person who took the change back in the
 * time that is lost left the record as it was before, and it would be written once more.
 */
export async function settle(tools: { db: Db; audit: Audit }, found: CarriedOut): Promise<void> {
  const operation = await takeUnfinished(tools.db, found.operation)
  if (!operation) return
  const { approval, change } = await approvedVersion(tools.db, operation)
  await record(operation, { approval, change, result: resultOf(found) }, tools)
}

function resultOf({ takenBack, recordId, at }: CarriedOut): OperationResult {
  if (takenBack) return { state: 'conflict', found: {}, error: 'it was written, and taken back again' }
  return {
    state: 'applied',
    receipt: { recordId, modifiedAt: at.toISOString(), by: 'read-back' },
    precondition: 'strong',
  }
}
