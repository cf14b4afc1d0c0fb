import type { Audit } from '../audit/audit.ts'
import type { CrmTrace, CrmTraces } from '../crm/crm.ts'
import { type CrmChange, type FieldValue, sameValue } from '../model/change.ts'
import { approvedVersion } from '../store/approvals.ts'
import { type Db, transaction } from '../store/db.ts'
import type { OperationResult } from '../store/operations.ts'
import {
  type Intended,
  openProposals,
  operationsSince,
  type Proposed,
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
  /** The same, of which nobody was asked yet. */
  proposed: Omit<Proposed, 'change'> | null
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
  const [left, waiting, open] = await transaction(
    db,
    async (tx) =>
      [
        await operationsSince(tx, new Date(since.getTime() - SKEW_MS)),
        await pendingChanges(tx),
        await openProposals(tx),
      ] as const,
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
    proposed: withoutChange(open.find(({ change }) => proposes(change, trace))),
  }))
  return { since, explained, carriedOut, unrecorded }
}

function withoutChange(proposed: Proposed | undefined): Effect['proposed'] {
  if (!proposed) return null
  const { change: _, ...rest } = proposed
  return rest
}

function accountsFor({ operation, change }: Intended, trace: CrmTrace): boolean {
  const { sentAt, finishedAt, receipt } = operation
  if (sentAt === null) return false
  const isMeant = aimsAt(change, trace, operation)
  if (finishedAt === null) return isMeant
  if (!receipt?.modifiedAt) return isMeant && trace.at.getTime() <= finishedAt.getTime() + SKEW_MS
  const laterMs = trace.at.getTime() - Date.parse(receipt.modifiedAt)
  // At that very moment it is ours, whatever words the timeline has for the value.
  const isThen = Math.abs(laterMs) <= SAME_WRITE_MS && change.action === 'update' && touches(change, trace)
  return isThen || (isMeant && laterMs <= SAME_WRITE_MS)
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

/** Zoho changes more than was sent, such as the probability of a stage; what did not change it does not tell. */
type Update = Extract<CrmChange, { action: 'update' }>

function isSameUpdate(change: Update, trace: CrmTrace): boolean {
  return (
    touches(change, trace) && told(change, trace).every(([api, sent]) => canRead(sent, trace.values[api]))
  )
}

const touches = (change: Update, trace: CrmTrace) =>
  change.recordId === trace.recordId && told(change, trace).length > 0

const told = ({ fields }: Update, trace: CrmTrace) =>
  Object.entries(fields).filter(([api]) => trace.fields.includes(api))

const ISO_DATE = /^\d{4}-\d{2}-\d{2}/

/**
 * Whether a timeline that says this may be about what was sent. It is in words: of a lookup it gives the name, and a
 * date or a number in whatever form the organisation reads it; where the forms differ nothing can be told.
 */
function canRead(sent: FieldValue, told: string | null | undefined): boolean {
  if (told === undefined) return true
  if (sameValue(told, null) || sameValue(sent, null)) return sameValue(told, null) && sameValue(sent, null)
  switch (typeof sent) {
    case 'number':
      return Number.isNaN(Number(told)) || Number(told) === sent
    case 'string':
      return (
        sameValue(inOneLine(sent), inOneLine(told ?? '')) ||
        (ISO_DATE.test(sent) && !ISO_DATE.test(told ?? ''))
      )
    default:
      return true
  }
}

const inOneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim()

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
