import { and, asc, desc, eq, exists, gt, inArray, isNotNull, isNull, lt, lte, or, sql } from 'drizzle-orm'
import { type AnyPgColumn, alias } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { clock, fromNow, newId } from './clock.ts'
import type { Db } from './db.ts'
import { type OutboxBody, outbox } from './schema.ts'

/**
 * Every message to Slack, in order per channel: a later row never overtakes an earlier one that is still
 * pending, whichever process sends. Only the holder of a row's lease records what became of it.
 */
export type OutboxRow = typeof outbox.$inferSelect

type Envelope = {
  teamId: string
  /** A channel id, or a user id for a direct message. */
  channel: string
  /** The message in whose thread it stands. */
  threadKey?: string
  /** The same key is enqueued once, ever. */
  dedupeKey: string
}

export type NewMessage = Envelope & {
  /** Names the message across its post and its updates. */
  messageKey: string
  action: 'post' | 'update' | 'ephemeral'
  /** Who sees an ephemeral message. */
  forUser?: string
  body: Exclude<OutboxBody, { card: string }>
}

/** In the words of its index: bound as a parameter, a kept plan could not use it. */
const waits = (table: { state: AnyPgColumn }) => sql`${table.state} = 'pending'`
const unleased = or(isNull(outbox.leaseUntil), lt(outbox.leaseUntil, clock))
const held = ({ id, lease }: OutboxRow) =>
  and(eq(outbox.id, id), waits(outbox), eq(outbox.lease, lease ?? ''))

export async function enqueueMessage(tx: Db, message: NewMessage): Promise<void> {
  await tx.insert(outbox).values(message).onConflictDoNothing({ target: outbox.dedupeKey })
}

/** Key of an approval's card, for `messagePosition` and for threads under it. */
export const cardKey = (approvalId: string) => `card:${approvalId}`

/** Where a card was or will be posted, in the words of its index. */
const isPostOf = (approvalId: string) =>
  sql`${outbox.body} ->> 'card' = ${approvalId} and ${outbox.action} = 'post'`

/** A card is drawn from its rows when it is sent, so what is queued can never be out of date. */
export async function enqueueCard(
  tx: Db,
  { approvalId, ...card }: Envelope & { approvalId: string; action: 'post' | 'update' },
): Promise<void> {
  await tx
    .insert(outbox)
    .values({ ...card, messageKey: cardKey(approvalId), body: { card: approvalId } })
    .onConflictDoNothing({ target: outbox.dedupeKey })
}

/**
 * Has a card drawn anew wherever it was posted: with whoever was asked, and with anyone it was shown to besides. Always
 * a row of its own, even if one waits already: that one may be drawn before the caller commits.
 *
 * @returns the channels to deliver to.
 */
export async function enqueueCardUpdates(tx: Db, approvalId: string): Promise<string[]> {
  const posts = sql`select distinct ${outbox.teamId}, ${outbox.channel}, ${outbox.messageKey} from ${outbox}
    where ${isPostOf(approvalId)} and ${outbox.state} <> 'failed'`
  // Drizzle's own "insert from select" wants every column.
  const rows =
    await tx.execute(sql`insert into ${outbox} (team_id, channel, message_key, action, body, dedupe_key)
    select team_id, channel, message_key, 'update', ${JSON.stringify({ card: approvalId })}::jsonb,
      message_key || ':' || gen_random_uuid()
    from (${posts}) as posts returning channel`)
  return Channels.parse(rows).map(({ channel }) => channel)
}
const Channels = z.array(z.object({ channel: z.string() }))

/** Where a card stands, or will. */
export async function cardChannels(db: Db, approvalId: string): Promise<string[]> {
  const rows = await db.selectDistinct({ channel: outbox.channel }).from(outbox).where(isPostOf(approvalId))
  return rows.map(({ channel }) => channel)
}

/** The card's message with one person besides the one who was asked. */
export const cardCopyKey = (approvalId: string, slackUserId: string) =>
  `${cardKey(approvalId)}:${slackUserId}`

/** Shows a card to somebody else who may decide it; once per person. */
export async function enqueueCardCopy(
  tx: Db,
  { teamId, approvalId, slackUserId }: { teamId: string; approvalId: string; slackUserId: string },
): Promise<void> {
  const messageKey = cardCopyKey(approvalId, slackUserId)
  await tx
    .insert(outbox)
    .values({
      teamId,
      channel: slackUserId,
      messageKey,
      action: 'post',
      dedupeKey: messageKey,
      body: { card: approvalId },
    })
    .onConflictDoNothing({ target: outbox.dedupeKey })
}

/**
 * Leases the channel's oldest pending row if it is due and nobody holds it; null otherwise. Counts an attempt,
 * so `attempt > 1` means that an earlier one may have reached Slack.
 */
export async function claimNext(db: Db, channel: string, leaseMs: number): Promise<OutboxRow | null> {
  const head = db
    .select({ id: outbox.id })
    .from(outbox)
    .where(and(eq(outbox.channel, channel), waits(outbox)))
    .orderBy(asc(outbox.id))
    .limit(1)
    .for('update')
  const [row] = await db
    .update(outbox)
    .set({ lease: newId(), leaseUntil: fromNow(leaseMs), attempt: sql`${outbox.attempt} + 1` })
    // Stated again outside the lock: whoever waited for it must look at the row as it is now.
    .where(and(eq(outbox.id, head), waits(outbox), lte(outbox.nextAttemptAt, clock), unleased))
    .returning()
  return row ?? null
}

/** Of several waiting updates of one message only the newest is worth sending. */
export async function skipOutdated(db: Db, channel: string): Promise<void> {
  const newer = alias(outbox, 'newer')
  const replaced = db
    .select({ id: newer.id })
    .from(newer)
    .where(
      and(
        eq(newer.channel, outbox.channel),
        eq(newer.messageKey, outbox.messageKey),
        waits(newer),
        eq(newer.action, 'update'),
        gt(newer.id, outbox.id),
      ),
    )
  await db
    .update(outbox)
    .set({ state: 'skipped', error: 'a newer update was waiting' })
    .where(
      and(
        eq(outbox.channel, channel),
        waits(outbox),
        eq(outbox.action, 'update'),
        unleased,
        exists(replaced),
      ),
    )
}

/** @returns false when the lease was lost meanwhile and somebody else has the row. */
export async function markSent(
  db: Db,
  row: OutboxRow,
  at: { channel: string; ts: string },
): Promise<boolean> {
  const done = await db
    .update(outbox)
    .set({ state: 'sent', sentChannel: at.channel, ts: at.ts, sentAt: clock, error: null })
    .where(held(row))
    .returning({ id: outbox.id })
  return done.length > 0
}

/** Before a further call for the same row: false when somebody else has it by now. */
export async function renewLease(db: Db, row: OutboxRow, leaseMs: number): Promise<boolean> {
  const rows = await db
    .update(outbox)
    .set({ leaseUntil: fromNow(leaseMs) })
    .where(held(row))
    .returning({ id: outbox.id })
  return rows.length > 0
}

/** Gives the row back without having tried: nothing reached Slack. */
export async function postpone(db: Db, row: OutboxRow, delayMs: number): Promise<void> {
  await db
    .update(outbox)
    .set({
      lease: null,
      leaseUntil: null,
      attempt: sql`${outbox.attempt} - 1`,
      nextAttemptAt: fromNow(delayMs),
    })
    .where(held(row))
}

/**
 * The attempt counts, since it may have reached Slack. A row older than `giveUpAfterMs` fails instead; one that somebody
 * else has by now stays as it is.
 */
export async function retryLater(
  db: Db,
  row: OutboxRow,
  { delayMs, giveUpAfterMs, error }: { delayMs: number; giveUpAfterMs: number; error: string },
): Promise<'pending' | 'failed' | 'lost'> {
  const tooOld = sql`${outbox.createdAt} < ${fromNow(-giveUpAfterMs)}`
  const [after] = await db
    .update(outbox)
    .set({
      state: sql`case when ${tooOld} then 'failed' else 'pending' end`,
      lease: null,
      leaseUntil: null,
      nextAttemptAt: fromNow(delayMs),
      error,
    })
    .where(held(row))
    .returning({ state: outbox.state })
  if (!after) return 'lost'
  return after.state === 'failed' ? 'failed' : 'pending'
}

export async function markFailed(db: Db, row: OutboxRow, error: string): Promise<void> {
  await db.update(outbox).set({ state: 'failed', error }).where(held(row))
}

/** There was nothing left to say. */
export async function markSkipped(db: Db, row: OutboxRow, reason: string): Promise<void> {
  await db.update(outbox).set({ state: 'skipped', error: reason }).where(held(row))
}

/** Milliseconds until the channel's next row may be claimed; null when nothing waits. */
export async function dueInMs(db: Db, channel: string): Promise<number | null> {
  const dueAt = sql`greatest(${outbox.nextAttemptAt}, ${outbox.leaseUntil})`
  const [head] = await db
    .select({
      ms: sql`greatest(0, ceil(1000 * extract(epoch from ${dueAt} - clock_timestamp())))`.mapWith(Number),
    })
    .from(outbox)
    .where(and(eq(outbox.channel, channel), waits(outbox)))
    .orderBy(asc(outbox.id))
    .limit(1)
  return head?.ms ?? null
}

/**
 * Channels whose next message is due and with nobody. `orphaned`: whoever was sending it let the lease run out, and is
 * dead or asleep.
 */
export async function channelsToDeliver(db: Db): Promise<{ channel: string; orphaned: boolean }[]> {
  const heads = db
    .selectDistinctOn([outbox.channel], {
      channel: outbox.channel,
      nextAttemptAt: outbox.nextAttemptAt,
      leaseUntil: outbox.leaseUntil,
    })
    .from(outbox)
    .where(waits(outbox))
    .orderBy(outbox.channel, asc(outbox.id))
    .as('heads')
  return db
    .select({ channel: heads.channel, orphaned: sql`${heads.leaseUntil} is not null`.mapWith(Boolean) })
    .from(heads)
    .where(and(lte(heads.nextAttemptAt, clock), or(isNull(heads.leaseUntil), lt(heads.leaseUntil, clock))))
}

export type Position = { channel: string; ts: string }

/** Where a message stands in Slack, or null while it is not there. */
export async function messagePosition(db: Db, messageKey: string): Promise<Position | null> {
  return (await messagePositions(db, [messageKey])).get(messageKey) ?? null
}

/** Whether somebody wanted it to stay unsaid, after it could not be sent. */
export async function wasDiscarded(db: Db, messageKey: string): Promise<boolean> {
  const where = and(
    eq(outbox.messageKey, messageKey),
    eq(outbox.state, 'failed'),
    isNotNull(outbox.discardedAt),
  )
  return (await db.$count(outbox, where)) > 0
}

/** The same of several; without those that are not there. */
export async function messagePositions(
  db: Db,
  messageKeys: readonly string[],
): Promise<Map<string, Position>> {
  if (messageKeys.length === 0) return new Map()
  const rows = await db
    .selectDistinctOn([outbox.messageKey], {
      messageKey: outbox.messageKey,
      channel: outbox.sentChannel,
      ts: outbox.ts,
    })
    .from(outbox)
    .where(
      and(
        inArray(outbox.messageKey, [...messageKeys]),
        inArray(outbox.action, ['post', 'update']),
        eq(outbox.state, 'sent'),
        isNotNull(outbox.ts),
      ),
    )
    .orderBy(outbox.messageKey, desc(outbox.id))
  return new Map(
    rows.flatMap(({ messageKey, channel, ts }) => (channel && ts ? [[messageKey, { channel, ts }]] : [])),
  )
}

/** The message is not in Slack yet but will be. */
export async function postIsPending(db: Db, messageKey: string): Promise<boolean> {
  const waiting = and(eq(outbox.messageKey, messageKey), eq(outbox.action, 'post'), waits(outbox))
  return (await db.$count(outbox, waiting)) > 0
}

export async function outboxIsEmpty(db: Db): Promise<boolean> {
  return (await db.$count(outbox, waits(outbox))) === 0
}

/** The channel a message was or will be posted to; null when it never was. */
export async function postChannel(db: Db, messageKey: string): Promise<string | null> {
  const [row] = await db
    .select({ channel: outbox.channel })
    .from(outbox)
    .where(and(eq(outbox.messageKey, messageKey), eq(outbox.action, 'post')))
    .limit(1)
  return row?.channel ?? null
}
