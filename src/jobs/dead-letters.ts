import { retry, type UndoTools } from '../execution/undo.ts'
import type { DeadLetter } from '../model/dead-letter.ts'
import { approvalById } from '../store/approvals.ts'
import { refreshCard } from '../store/cards.ts'
import { type Tx, transaction } from '../store/db.ts'
import {
  askNow,
  deadLetter,
  discardMessage,
  discardOperation,
  parseLetterId,
  resendMessage,
  settleWebhook,
} from '../store/dead-letters.ts'
import { askForRetry, type FailedJob, forgetFailure, retryHandedOver } from '../store/failed-jobs.ts'
import { JOBS, type JobName } from './catalog.ts'
import type { JobDefinition } from './define.ts'
import type { JobTools } from './tools.ts'

/**
 * What an admin does with a dead letter, from Slack or from the command line. It only moves rows, within one transaction
 * with its audit event: the sweeper finds what is to be done by its usual queries, so this works beside a running
 * instance and without one.
 */
export type LetterTools = Pick<UndoTools, 'db' | 'audit'> & { teamId: string }

export type LetterOutcome =
  | { kind: 'retried'; letter: DeadLetter }
  | { kind: 'discarded'; letter: DeadLetter }
  /** It went meanwhile, or never was. */
  | { kind: 'gone' }
  /** It cannot be discarded: nobody knows yet whether it took effect. */
  | { kind: 'unanswered'; letter: DeadLetter }

/** @param by owner id, or `system` for the command line */
export async function retryLetter(tools: LetterTools, id: string, by: string): Promise<LetterOutcome> {
  const letter = await deadLetter(tools.db, id)
  const named = parseLetterId(id)
  if (!letter || !named) return { kind: 'gone' }
  const { key } = named
  if (letter.kind === 'write' && letter.state === 'failed') {
    // By way of its approval, as a press on its card would: with the same audit event and the same rule of 72 hours.
    const again = await retry(tools, String(letter.detail.approval), by)
    return again ? { kind: 'retried', letter } : { kind: 'gone' }
  }
  const done = await audited(tools, { letter, by, action: 'letter.retried' }, (tx) => {
    switch (letter.kind) {
      case 'write':
        return askNow(tx, key)
      case 'message':
        return resendMessage(tx, Number(key))
      case 'job':
        return askForRetry(tx, Number(key))
      case 'webhook':
        return settleWebhook(tx, key, { again: true })
    }
  })
  return done ? { kind: 'retried', letter } : { kind: 'gone' }
}

/** It stays undone and no longer counts. */
export async function discardLetter(tools: LetterTools, id: string, by: string): Promise<LetterOutcome> {
  const letter = await deadLetter(tools.db, id)
  const named = parseLetterId(id)
  if (!letter || !named) return { kind: 'gone' }
  if (letter.state === 'unanswered') return { kind: 'unanswered', letter }
  const { key } = named
  const done = await audited(tools, { letter, by, action: 'letter.discarded' }, (tx) => {
    switch (letter.kind) {
      case 'write':
        return discardWrite(tx, key)
      case 'message':
        return discardMessage(tx, Number(key))
      case 'job':
        return forgetFailure(tx, Number(key))
      case 'webhook':
        return settleWebhook(tx, key, { again: false })
    }
  })
  return done ? { kind: 'discarded', letter } : { kind: 'gone' }
}

/** Its card keeps saying that it failed; whoever approved it may still try again there. */
async function discardWrite(tx: Tx, operationId: string): Promise<boolean> {
  const discarded = await discardOperation(tx, operationId)
  const approval = discarded && (await approvalById(tx, discarded.approvalId))
  if (!approval) return false
  await refreshCard(tx, { ...approval, id: approval.undoOf ?? approval.id })
  return true
}

type Deed = { letter: DeadLetter; by: string; action: 'letter.retried' | 'letter.discarded' }

function audited(
  { db, audit, teamId }: LetterTools,
  { letter, by, action }: Deed,
  work: (tx: Tx) => Promise<boolean>,
): Promise<boolean> {
  return transaction(db, async (tx) => {
    if (!(await work(tx))) return false
    const { kind, what, error, detail, accountId } = letter
    // Of many accounts, such as a digest, its words would outlive the erasure of each.
    const isOfMany = kind === 'message' && accountId === null
    const payload = { ...(isOfMany ? {} : { what }), error, detail }
    await audit.append(tx, {
      teamId,
      actor: by,
      action,
      subject: letter.id,
      about: accountId,
      payload,
    })
    return true
  })
}

/** Through the queue like any other; the row stays until it comes through. */
export async function handOverAgain(
  { db, enqueue }: Pick<JobTools, 'db' | 'enqueue'>,
  failure: FailedJob,
): Promise<void> {
  const job: JobDefinition | undefined = JOBS[failure.name as JobName]
  // Of a build that had other jobs: nothing here can run it.
  if (!job) return retryHandedOver(db, failure)
  const payload = job.payload.parse(failure.payload) as never
  if (await enqueue(failure.name as JobName, payload)) await retryHandedOver(db, failure)
}
