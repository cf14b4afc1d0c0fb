import { setTimeout as sleep } from 'node:timers/promises'
import type { CrmRecord, CrmWriter, WriteOutcome } from '../crm/crm.ts'
import { UpstreamError } from '../errors.ts'
import { type CrmChange, type Fields, movedFields } from '../model/change.ts'
import type { Db } from '../store/db.ts'
import { beginSending, type OperationResult, type OperationRow } from '../store/operations.ts'

/** One attempt at one write: look, compare, write if nothing speaks against it, and look again. */
export type AttemptTools = { db: Db; crm: CrmWriter; leaseMs: number; sent: Sent }

/** Whether the CRM may have heard of the operation: in an attempt before this one that left it unanswered, and in this. */
export type Sent = { before: boolean; now: boolean }

/** Another worker has the operation now, or writes were stopped: nothing was sent. */
export class LeaseLostError extends Error {
  override name = 'LeaseLostError'
}

type Approved<Change extends CrmChange = CrmChange> = { change: Change; ageMs: number }
type Update = Extract<CrmChange, { action: 'update' }>
type Creation = Extract<CrmChange, { action: 'create' }>
type Removal = Extract<CrmChange, { action: 'remove' }>

/** An approval this old is no longer an answer to today's question. */
const STALE_APPROVAL_MS = 72 * 3_600_000
/** The CRM's times have a grain of one second, and its clock is not ours. */
const SETTLED_MS = 2_000

/** @throws UpstreamError, LeaseLostError */
export async function attempt(
  operation: OperationRow,
  approved: Approved,
  tools: AttemptTools,
): Promise<OperationResult> {
  const result = await attemptOnce(operation, approved, tools)
  const answered = !tools.sent.before
  if (result.state === 'failed') return { ...result, harmless: answered }
  return result.state === 'applied' ? { ...result, receipt: { ...result.receipt, answered } } : result
}

async function attemptOnce(
  operation: OperationRow,
  { change, ageMs }: Approved,
  tools: AttemptTools,
): Promise<OperationResult> {
  switch (change.action) {
    case 'update':
      return update(operation, { change, ageMs }, tools)
    case 'create':
      return create(operation, { change, ageMs }, tools)
    case 'remove':
      return remove(operation, { change, ageMs }, tools)
  }
}

async function update(
  operation: OperationRow,
  { change, ageMs }: Approved<Update>,
  tools: AttemptTools,
): Promise<OperationResult> {
  const { crm, sent } = tools
  const current = await readSettled(operation, change, tools)
  if (!current) return gone
  const found = crm.fieldsOf(current, Object.keys(change.fields))
  // An earlier request may have arrived although its answer did not.
  if (sent.before && movedFields(change.fields, found).length === 0) return applied(current, 'read-back')
  if (movedFields(change.before, found).length > 0) return movedSince(found)
  if (ageMs > STALE_APPROVAL_MS) return tooOld

  // The first request's time: a person who took our write back since then must not be overruled by its repetition.
  const unmodifiedSince = operation.sentIfUnmodifiedSince ?? modifiedAt(current)
  const outcome = await crm.update(change, unmodifiedSince, () => begin(operation, tools, unmodifiedSince))
  return settle(change, outcome, crm)
}

async function create(
  operation: OperationRow,
  { change, ageMs }: Approved<Creation>,
  tools: AttemptTools,
): Promise<OperationResult> {
  const { crm, sent } = tools
  if (sent.before) {
    const made = await crm.findCreated(change, operation.id)
    if (made) return applied(made.record, 'read-back')
  }
  if (ageMs > STALE_APPROVAL_MS) return tooOld
  return settle(change, await crm.create(change, operation.id, () => begin(operation, tools, null)), crm)
}

async function remove(
  operation: OperationRow,
  { change, ageMs }: Approved<Removal>,
  tools: AttemptTools,
): Promise<OperationResult> {
  const { crm, sent } = tools
  const current = await readSettled(operation, change, tools)
  if (!current) return sent.before ? removed(change) : gone
  const found = crm.fieldsOf(current, Object.keys(change.before))
  // Not only the fields we set: whatever a person added to what we made is theirs.
  const touched = Date.parse(modifiedAt(current)) > Date.parse(change.unmodifiedSince)
  if (touched || movedFields(change.before, found).length > 0) return movedSince(found)
  if (ageMs > STALE_APPROVAL_MS) return tooOld
  const outcome = await crm.remove(change, () => begin(operation, tools, change.unmodifiedSince))
  return settle(change, outcome, crm)
}

/** The last word before a request leaves: the lease is still ours, for as long as an answer is waited for, and writes go on. */
async function begin(
  operation: OperationRow,
  { db, leaseMs, sent }: AttemptTools,
  since: string | null,
): Promise<void> {
  const begun = await beginSending(db, operation, { leaseMs, unmodifiedSince: since })
  if (!begun) throw new LeaseLostError(`Operation ${operation.id} is no longer ours to write`)
  // What follows may have taken effect, whatever we hear of it.
  sent.now = true
}

/** What the CRM's answer means, read back where the answer alone does not tell. */
async function settle(change: CrmChange, outcome: WriteOutcome, crm: CrmWriter): Promise<OperationResult> {
  if (outcome.kind === 'refused') {
    return { state: 'failed', error: `Zoho refused: ${outcome.message} (${outcome.code})` }
  }
  if (outcome.kind === 'written') return written(change, outcome, crm)
  if (change.action === 'create') return movedSince({})
  const now = await crm.read(change.module, change.recordId)
  if (!now) return change.action === 'remove' ? removed(change) : gone
  const intended = change.action === 'remove' ? change.before : change.fields
  const found = crm.fieldsOf(now, Object.keys(intended))
  // Held back by our own earlier request: it had arrived after all.
  const arrived = change.action === 'update' && movedFields(change.fields, found).length === 0
  return arrived ? applied(now, 'read-back') : movedSince(found)
}

/** Zoho said so, and that is final: reading back only tells the record's new time and what became of the values. */
async function written(
  change: CrmChange,
  { recordId, modifiedAt: answered }: Extract<WriteOutcome, { kind: 'written' }>,
  crm: CrmWriter,
): Promise<OperationResult> {
  if (change.action === 'remove') return removed(change)
  const now = await readOrNull(change, recordId, crm)
  const differs = now ? movedFields(change.fields, crm.fieldsOf(now, Object.keys(change.fields))) : []
  return {
    state: 'applied',
    precondition: 'strong',
    receipt: {
      recordId,
      modifiedAt: now ? modifiedAt(now) : answered,
      by: 'write',
      // A workflow or a person in the same moment: on record, and no reason to write again.
      ...(differs.length > 0 ? { differs } : {}),
    },
  }
}

async function readOrNull(change: CrmChange, id: string, crm: CrmWriter): Promise<CrmRecord | null> {
  try {
    return await crm.read(change.module, id)
  } catch (error) {
    // The write itself was answered, so nothing is unknown but the exact time.
    if (error instanceof UpstreamError) return null
    throw error
  }
}

/**
 * The live record. An edit within the second we read could slip through the precondition, so a record touched just
 * before we took the operation, or since, is read again once that second has passed. By the database's clock: this
 * machine's own may be wrong by minutes, and would call any record settled.
 */
async function readSettled(
  operation: OperationRow,
  change: { module: CrmChange['module']; recordId: string },
  { crm, leaseMs }: AttemptTools,
): Promise<CrmRecord | null> {
  const current = await crm.read(change.module, change.recordId)
  const takenAt = (operation.leaseUntil?.getTime() ?? 0) - leaseMs
  if (!current || takenAt - Date.parse(modifiedAt(current)) >= SETTLED_MS) return current
  await sleep(SETTLED_MS)
  return crm.read(change.module, change.recordId)
}

const gone: OperationResult = { state: 'conflict', found: {}, error: 'the record is no longer there' }
const tooOld: OperationResult = {
  state: 'conflict',
  found: {},
  error: 'it was approved more than 72 hours ago and could not be written until now',
}

function applied(record: CrmRecord, by: 'write' | 'read-back'): OperationResult {
  return {
    state: 'applied',
    receipt: { recordId: record.id, modifiedAt: modifiedAt(record), by },
    precondition: 'strong',
  }
}

/** Zoho promises no precondition for removals: ours was read a moment before. */
function removed({ recordId }: Removal): OperationResult {
  return { state: 'applied', receipt: { recordId, modifiedAt: null, by: 'write' }, precondition: 'weak' }
}

function movedSince(found: Fields): OperationResult {
  return { state: 'conflict', found, error: 'the record changed since this was proposed' }
}

function modifiedAt(record: CrmRecord): string {
  if (typeof record.Modified_Time !== 'string')
    throw new Error(`Record ${record.id} came without Modified_Time`)
  return record.Modified_Time
}
