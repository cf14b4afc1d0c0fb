import { randomBytes } from 'node:crypto'
import type { Audit } from '../audit/audit.ts'
import type { CrmWriter } from '../crm/crm.ts'
import { UpstreamError } from '../errors.ts'
import type { Log } from '../log.ts'
import { type CrmChange, changeHash } from '../model/change.ts'
import { type ApprovalRow, approvedVersion } from '../store/approvals.ts'
import { refreshCard } from '../store/cards.ts'
import { type Db, transaction } from '../store/db.ts'
import type { HeldLeases } from '../store/leases.ts'
import {
  claimOperation,
  type OperationResult,
  type OperationRow,
  recordOutcome,
} from '../store/operations.ts'
import { moveRecommendation } from '../store/recommendations.ts'
import { attempt, LeaseLostError, type Sent } from './attempt.ts'

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
  /** Where it says what it holds, for as long as it does. */
  held: HeldLeases['operations']
}

export type Outcome =
  /** Done before, not yet due, in other hands, or held by the kill switch. */
  | { state: 'not-mine' }
  | {
      state: OperationResult['state']
      /** When to look at it again; null when it is over. */
      retryInMs: number | null
      /** Where its card stands, to be delivered there. */
      cardChannels: string[]
    }

const HOUR = 3_600_000
const GIVE_UP_MS = 24 * HOUR
/** An outage of minutes is over for us within a minute of its end; one of hours within a sixtieth of it. */
const LONGEST_WAIT_MS = { ofMinutes: 45_000, shareOfAge: 1 / 60, ever: HOUR }
const FIRST_WAIT_MS = 1_000
/** Attempts that failed on a bug of ours before a person is told. */
const BUGS_BORNE = 5

export async function execute(operationId: string, tools: ExecuteTools): Promise<Outcome> {
  const operation = await claimOperation(tools.db, operationId, tools.leaseMs)
  if (!operation) return { state: 'not-mine' }
  const lease = operation.lease ?? ''
  tools.held.add(lease)
  try {
    return await carryOut(operation, tools)
  } finally {
    tools.held.delete(lease)
  }
}

async function carryOut(operation: OperationRow, tools: ExecuteTools): Promise<Outcome> {
  const { approval, change, ageMs } = await approvedVersion(tools.db, operation)

  const result = await outcomeOf(operation, { approval, change, ageMs }, tools)
  if (!result) return { state: 'not-mine' }

  const recorded = await record(operation, { approval, change, result }, tools)
  tools.log.info(
    {
      operationId: operation.id,
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
    cardChannels: recorded.cardChannels,
  }
}

type Approved = { approval: ApprovalRow; change: CrmChange; ageMs: number }

/** Null when the lease passed to another while we worked. */
async function outcomeOf(
  operation: OperationRow,
  { change, ageMs }: Approved,
  tools: ExecuteTools,
): Promise<OperationResult | null> {
  if (changeHash(change) !== operation.changeHash) {
    tools.log.error({ operationId: operation.id }, 'stored change is not the one that was approved')
    return { state: 'failed', error: 'the stored change is not the one you approved' }
  }
  const sent: Sent = { before: operation.sentAt !== null, now: false }
  try {
    return await attempt(operation, { change, ageMs }, { ...tools, sent })
  } catch (error) {
    if (error instanceof LeaseLostError) return null
    const result =
      error instanceof UpstreamError
        ? waitFor({ attempt: operation.attempt, ageMs, sent }, error)
        : bear(operation, sent, { error, log: tools.log })
    // What a creation makes is not there to be found while it is on its way; a second update is held back anyway.
    const afterLease = result.state === 'unknown' && sent.now && change.action !== 'update'
    return afterLease ? { ...result, afterLease } : result
  }
}

/**
 * Whether the CRM may have heard of it decides: then it is "unknown" until a read-back tells, because giving up would
 * be a guess. Full jitter, so that many operations held up by one outage do not return as one wave.
 */
function waitFor(
  { attempt, ageMs, sent }: { attempt: number; ageMs: number; sent: Sent },
  { message, retryAfterMs, sent: requestMayHaveArrived }: UpstreamError,
): OperationResult {
  const { ofMinutes, shareOfAge, ever } = LONGEST_WAIT_MS
  const longest = Math.min(
    FIRST_WAIT_MS * 2 ** Math.min(attempt, 20),
    Math.max(ofMinutes, ageMs * shareOfAge),
    ever,
  )
  const retryInMs = Math.max(retryAfterMs ?? 0, Math.round(Math.random() * longest))
  const mayHaveArrived = sent.before || (sent.now && requestMayHaveArrived)
  if (mayHaveArrived) return { state: 'unknown', error: message, retryInMs }
  if (ageMs > GIVE_UP_MS) {
    return { state: 'failed', error: `Zoho could not be reached for 24 hours (${message})`, harmless: true }
  }
  return { state: 'planned', error: message, retryInMs, harmless: true }
}

function bear(
  operation: OperationRow,
  sent: Sent,
  { error, log }: { error: unknown; log: Log },
): OperationResult {
  const id = randomBytes(3).toString('hex')
  log.error({ err: error, operationId: operation.id, id }, 'operation failed on a bug')
  const words = `something went wrong on our side (${id})`
  const mayHaveArrived = sent.before || sent.now
  if (operation.attempt >= BUGS_BORNE && !mayHaveArrived) return { state: 'failed', error: words }
  const retryInMs = FIRST_WAIT_MS * 2 ** Math.min(operation.attempt, 10)
  return { state: mayHaveArrived ? 'unknown' : 'planned', error: words, retryInMs }
}

/** The outcome, the card and the audit event in one transaction; null when the lease had passed to another. */
export async function record(
  operation: OperationRow,
  { approval, change, result }: { approval: ApprovalRow; change: CrmChange; result: OperationResult },
  { db, audit }: Pick<ExecuteTools, 'db' | 'audit'>,
): Promise<{ cardChannels: string[] } | null> {
  return transaction(db, async (tx) => {
    if (!(await recordOutcome(tx, operation, result))) return null
    if (result.state === 'planned') return { cardChannels: [] }
    // What the CRM overtook was not accepted as it stands now, and may be proposed again at once.
    if (result.state === 'conflict' && approval.kind === 'change') {
      await moveRecommendation(tx, approval.recommendationId, 'stale')
    }
    // An undo has no card of its own: the card of what it takes back tells it.
    const card = { ...approval, id: approval.undoOf ?? approval.id }
    const appended = audit.append(tx, {
      teamId: approval.teamId,
      actor: approval.decidedBy ?? 'system',
      action: `operation.${result.state}`,
      subject: operation.id,
      about: approval.accountId,
      payload: {
        approvalId: approval.id,
        attempt: operation.attempt,
        change,
        changeHash: operation.changeHash,
        result,
      },
    })
    const [cardChannels] = await Promise.all([refreshCard(tx, card), appended])
    return { cardChannels }
  })
}
