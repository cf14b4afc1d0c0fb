import { and, desc, eq, isNotNull, isNull, lt, lte, not, or, type SQL, sql } from 'drizzle-orm'
import { alias, type PgTable } from 'drizzle-orm/pg-core'
import type { DeadLetter } from '../model/dead-letter.ts'
import { clock, fromNow } from './clock.ts'
import type { Db, Tx } from './db.ts'
import {
  accounts,
  approvals,
  approvalVersions,
  failedJobs,
  inbox,
  operations,
  outbox,
  recommendations,
  reviews,
} from './schema.ts'

/**
 * Dead letters: what was given up on and waits for an admin. Each lives in the row of what it is about, so there is
 * nothing to keep in step: a letter is gone when that row is tried again, comes through, or is discarded.
 */

/** Whether a sent write took effect is asked for as long as it takes; after this an admin hears of it. */
const UNANSWERED_MS = 6 * 3_600_000

/** The message to admins about letters must not become one. */
export const LETTERS_KEY = 'dead-letters:'

const isFailed = and(sql`${operations.state} = 'failed'`, isNull(operations.discardedAt))
const isUnanswered = and(sql`${operations.state} = 'unknown'`, lt(operations.sentAt, fromNow(-UNANSWERED_MS)))

/** Said after all: by a newer update, or because the card was drawn since from the same rows. */
const saidSince = sql`exists (select 1 from outbox later where later.message_key = ${outbox.messageKey}
  and later.state = 'sent'
  and (later.id > ${outbox.id} or (${outbox.body} ? 'card' and later.sent_at > ${outbox.createdAt})))`
const isUnsent = and(
  sql`${outbox.state} = 'failed'`,
  isNull(outbox.discardedAt),
  not(sql`starts_with(${outbox.messageKey}, ${LETTERS_KEY})`),
  not(saidSince),
)

const isStuck = lte(failedJobs.countsFrom, clock)
const isUnread = isNotNull(inbox.givenUpAt)

export type LetterCounts = Record<DeadLetter['kind'], number>

export async function countDeadLetters(db: Db): Promise<LetterCounts> {
  const several = (table: PgTable, where: SQL | undefined) => db.$count(table, where)
  const [write, message, job, webhook] = await Promise.all([
    several(operations, or(isFailed, isUnanswered)),
    several(outbox, isUnsent),
    several(failedJobs, isStuck),
    several(inbox, isUnread),
  ])
  return { write, message, job, webhook }
}

/** Newest first. */
export async function deadLetters(db: Db, limit: number): Promise<DeadLetter[]> {
  const found = [
    ...(await writes(db, or(isFailed, isUnanswered), limit)),
    ...(await messages(db, isUnsent, limit)),
    ...(await jobs(db, isStuck, limit)),
    ...(await webhooks(db, isUnread, limit)),
  ]
  return found.toSorted((a, b) => b.since.getTime() - a.since.getTime()).slice(0, limit)
}

/** One by its id; null when there is none, or no more. */
export async function deadLetter(db: Db, id: string): Promise<DeadLetter | null> {
  const named = parseLetterId(id)
  if (!named) return null
  const [letter] = await byKind(db, named)
  return letter ?? null
}

function byKind(db: Db, { kind, key }: { kind: DeadLetter['kind']; key: string }): Promise<DeadLetter[]> {
  switch (kind) {
    case 'write':
      return writes(db, and(or(isFailed, isUnanswered), eq(operations.id, key)), 1)
    case 'message':
      return messages(db, and(isUnsent, eq(outbox.id, Number(key))), 1)
    case 'job':
      return jobs(db, and(isStuck, eq(failedJobs.id, Number(key))), 1)
    case 'webhook':
      return webhooks(db, and(isUnread, eq(inbox.eventKey, key)), 1)
  }
}

const KEYS: Record<DeadLetter['kind'], RegExp> = {
  write: /^[\w-]{1,64}$/,
  message: /^\d{1,15}$/,
  job: /^\d{1,15}$/,
  webhook: /^\w{1,64}$/,
}

/** `message-17` is the message whose row is 17; null for what no letter can be called. */
export function parseLetterId(id: string): { kind: DeadLetter['kind']; key: string } | null {
  const [, word = '', key = ''] = /^([a-z]+)-(.+)$/.exec(id) ?? []
  const kind = (Object.keys(KEYS) as DeadLetter['kind'][]).find((each) => each === word)
  return kind && KEYS[kind].test(key) ? { kind, key } : null
}

async function writes(db: Db, where: SQL | undefined, limit: number): Promise<DeadLetter[]> {
  const rows = await db
    .select({
      operation: operations,
      approval: approvals,
      title: recommendations.title,
      accountName: accounts.name,
      change: approvalVersions.change,
    })
    .from(operations)
    .innerJoin(approvals, eq(approvals.id, operations.approvalId))
    .innerJoin(recommendations, eq(recommendations.id, approvals.recommendationId))
    .innerJoin(
      approvalVersions,
      and(
        eq(approvalVersions.approvalId, operations.approvalId),
        eq(approvalVersions.version, operations.version),
      ),
    )
    .leftJoin(accounts, eq(accounts.id, approvals.accountId))
    .where(where)
    .orderBy(desc(operations.finishedAt))
    .limit(limit)
  return rows.map(({ operation, approval, title, accountName, change }) => ({
    id: `write-${operation.id}`,
    kind: 'write',
    state: operation.state === 'failed' ? 'failed' : 'unanswered',
    what: approval.kind === 'undo' ? `Undo of: ${title}` : title,
    account: accountName,
    accountId: approval.accountId,
    since: operation.finishedAt ?? operation.sentAt ?? operation.createdAt,
    error: operation.error ?? 'no answer',
    detail: {
      approval: approval.id,
      approved_by: approval.decidedBy,
      approved_at: written(approval.decidedAt),
      attempts: operation.attempt,
      sent_at: written(operation.sentAt),
      change,
    },
  }))
}

const keyPart = (number: number) => sql`split_part(${outbox.messageKey}, ':', ${sql.raw(String(number))})`
/** The card that it is, or in whose thread it stands. */
const cardOf = sql`coalesce(${outbox.body} ->> 'card',
  case when starts_with(${outbox.threadKey}, 'card:') then split_part(${outbox.threadKey}, ':', 2) end)`
/** The review whose brief it is. */
const briefOf = sql`case ${keyPart(1)} when 'brief' then ${keyPart(2)} end`
/** The recommendation that is no longer made. */
const goneOf = sql`case ${keyPart(1)} when 'no-longer' then ${keyPart(2)} end`

async function messages(db: Db, where: SQL | undefined, limit: number): Promise<DeadLetter[]> {
  const gone = alias(recommendations, 'gone')
  const accountId = sql<
    string | null
  >`coalesce(${approvals.accountId}, ${reviews.accountId}, ${gone.accountId})`
  const rows = await db
    .select({ row: outbox, title: recommendations.title, accountId, accountName: accounts.name })
    .from(outbox)
    .leftJoin(approvals, eq(approvals.id, cardOf))
    .leftJoin(recommendations, eq(recommendations.id, approvals.recommendationId))
    .leftJoin(reviews, eq(reviews.id, briefOf))
    .leftJoin(gone, eq(gone.id, goneOf))
    .leftJoin(accounts, eq(accounts.id, accountId))
    .where(where)
    .orderBy(desc(outbox.id))
    .limit(limit)
  return rows.map(({ row, title, accountId, accountName }) => ({
    id: `message-${row.id}`,
    kind: 'message',
    state: 'failed',
    what: 'card' in row.body ? `Card: ${title ?? row.body.card}` : row.body.text,
    account: accountName,
    accountId,
    since: row.createdAt,
    error: row.error ?? 'not sent',
    detail: { channel: row.channel, action: row.action, message: row.messageKey, attempts: row.attempt },
  }))
}

const inPayload = (name: string) => sql`${failedJobs.payload} ->> ${sql.raw(`'${name}'`)}`

async function jobs(db: Db, where: SQL | undefined, limit: number): Promise<DeadLetter[]> {
  const accountId = sql<string | null>`coalesce(${approvals.accountId}, ${reviews.accountId},
    ${recommendations.accountId})`
  const rows = await db
    .select({ row: failedJobs, accountId, accountName: accounts.name })
    .from(failedJobs)
    .leftJoin(operations, eq(operations.id, inPayload('operationId')))
    .leftJoin(approvals, eq(approvals.id, operations.approvalId))
    .leftJoin(reviews, eq(reviews.id, inPayload('reviewId')))
    .leftJoin(recommendations, eq(recommendations.id, inPayload('recommendationId')))
    .leftJoin(accounts, eq(accounts.id, accountId))
    .where(where)
    .orderBy(desc(failedJobs.failedAt))
    .limit(limit)
  return rows.map(({ row, accountId, accountName }) => ({
    id: `job-${row.id}`,
    kind: 'job',
    state: 'failed',
    what: `${row.name} ${row.subject}`,
    account: accountName,
    accountId,
    since: row.firstFailedAt,
    error: row.error,
    detail: { payload: row.payload, times: row.times, failed_last: written(row.failedAt) },
  }))
}

async function webhooks(db: Db, where: SQL | undefined, limit: number): Promise<DeadLetter[]> {
  const rows = await db.select().from(inbox).where(where).orderBy(desc(inbox.givenUpAt)).limit(limit)
  return rows.map((row) => ({
    id: `webhook-${row.eventKey}`,
    kind: 'webhook',
    state: 'failed',
    what: `Notice from ${row.source}`,
    account: null,
    accountId: null,
    since: row.givenUpAt ?? row.receivedAt,
    error: row.error ?? 'cannot be read',
    detail: { received_at: written(row.receivedAt), body: row.body },
  }))
}

const written = (at: Date | null) => at?.toISOString() ?? null

/** Marks a failed write as staying undone; null when it did not fail. One without an answer is never given up. */
export async function discardOperation(tx: Tx, id: string): Promise<{ approvalId: string } | null> {
  const [row] = await tx
    .update(operations)
    .set({ discardedAt: clock })
    .where(and(eq(operations.id, id), isFailed))
    .returning({ approvalId: operations.approvalId })
  return row ?? null
}

/** Has the CRM asked at once whether a write took effect. */
export async function askNow(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx
    .update(operations)
    .set({ nextAttemptAt: clock })
    .where(and(eq(operations.id, id), isUnanswered))
    .returning({ id: operations.id })
  return rows.length > 0
}

export async function resendMessage(tx: Tx, id: number): Promise<boolean> {
  const rows = await tx
    .update(outbox)
    .set({ state: 'pending', nextAttemptAt: clock, lease: null, leaseUntil: null, error: null })
    .where(and(eq(outbox.id, id), isUnsent))
    .returning({ id: outbox.id })
  return rows.length > 0
}

export async function discardMessage(tx: Tx, id: number): Promise<boolean> {
  const rows = await tx
    .update(outbox)
    .set({ discardedAt: clock })
    .where(and(eq(outbox.id, id), isUnsent))
    .returning({ id: outbox.id })
  return rows.length > 0
}

/** @param again processed once more; otherwise it stays as it is and no longer counts. */
export async function settleWebhook(
  tx: Tx,
  eventKey: string,
  { again }: { again: boolean },
): Promise<boolean> {
  const rows = await tx
    .update(inbox)
    .set({ givenUpAt: null, ...(again ? { processedAt: null, error: null } : {}) })
    .where(and(eq(inbox.eventKey, eventKey), isUnread))
    .returning({ key: inbox.eventKey })
  return rows.length > 0
}
