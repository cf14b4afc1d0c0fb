import { asc, desc, eq, gt, isNotNull, max, sql } from 'drizzle-orm'
import { type Db, type Tx, transaction } from '../store/db.ts'
import { auditCheckpoints, auditEvents, auditHead } from '../store/schema.ts'
import { frontierBytes, leafOf } from './checkpoint-check.ts'
import { addLeaf, type Frontier, HASH_BYTES, rootOf } from './merkle.ts'
import { checkpointText, type Signer, signNote } from './note.ts'
import { chainHashes } from './read-trail.ts'

/**
 * Signs what the trail is now and brings it out of this database. Whoever owns the database can write the trail anew
 * and have it fit in itself, but not so that it fits what was published before.
 */
export type CheckpointTools = { db: Db; signer: Signer; publish: Publish | null }

/** It may be handed the same twice, and is asked again until it is there or somebody gave it up. */
export type Publish = (checkpoint: {
  size: number
  note: string
}) => Promise<'published' | 'under way' | 'given up'>

const EVERY_ROWS = 1_000
const EVERY_MS = 5 * 60_000

/** Makes one if it is time, and publishes what is not yet. @throws whatever keeps it from being published */
export async function keepCheckpoints({ db, signer, publish }: CheckpointTools): Promise<void> {
  await makeCheckpoint(db, signer)
  if (!publish) return
  // In their order, so that what is published has no gap but what somebody gave up: the next stands for that too.
  for await (const { size, note } of unpublished(db)) {
    const state = await publish({ size, note })
    if (state === 'under way') return
    if (state === 'given up') continue
    await db
      .update(auditCheckpoints)
      .set({ publishedAt: sql`clock_timestamp()` })
      .where(sql`${auditCheckpoints.size} = ${size} and ${auditCheckpoints.publishedAt} is null`)
  }
}

/** @returns the size of the one it made; null when it is not time, or another process is at it */
export async function makeCheckpoint(
  db: Db,
  signer: Signer,
  { everyRows = EVERY_ROWS, everyMs = EVERY_MS } = {},
): Promise<number | null> {
  if (!(await isDue(db, everyRows, everyMs))) return null
  return transaction(db, async (tx) => {
    // Whoever comes second neither waits nor makes another.
    const lock = sql`pg_try_advisory_xact_lock(hashtext('audit_checkpoints'))`.mapWith(Boolean)
    const [taken] = await tx.select({ lock }).from(auditHead)
    if (!taken?.lock || !(await isDue(tx, everyRows, everyMs))) return null
    const frontier = await lastFrontier(tx)
    const [head] = await tx.select({ seq: auditHead.seq }).from(auditHead).where(eq(auditHead.id, 1))
    if (!head) throw new Error('The audit trail has no head')
    for await (const hash of chainHashes(tx, frontier.size, head.seq)) addLeaf(frontier, leafOf({ hash }))
    if (frontier.size !== head.seq) throw new Error('The audit trail is shorter than its head says')
    const root = rootOf(frontier)
    const note = signNote(signer, checkpointText({ origin: signer.name, size: frontier.size, root }))
    const row = { size: frontier.size, root, frontier: frontierBytes(frontier), note }
    await tx.insert(auditCheckpoints).values(row)
    return row.size
  })
}

/** A thousand rows since the last, or one that has waited for five minutes. */
async function isDue(db: Db, everyRows: number, everyMs: number): Promise<boolean> {
  const size = sql`coalesce((select max(size) from audit_checkpoints), 0)`
  const [head] = await db
    .select({ rows: sql`${auditHead.seq} - ${size}`.mapWith(Number) })
    .from(auditHead)
    .where(eq(auditHead.id, 1))
  if (!head || head.rows <= 0) return false
  if (head.rows >= everyRows) return true
  const waited = sql`clock_timestamp() - (${auditEvents.envelope}::json ->> 'time')::timestamptz`
  const [oldest] = await db
    .select({ ms: sql`extract(epoch from ${waited}) * 1000`.mapWith(Number) })
    .from(auditEvents)
    .where(sql`${auditEvents.seq} = ${size} + 1`)
  return oldest !== undefined && oldest.ms >= everyMs
}

async function lastFrontier(tx: Tx): Promise<Frontier> {
  const [last] = await tx.select().from(auditCheckpoints).orderBy(desc(auditCheckpoints.size)).limit(1)
  if (!last) return { size: 0, roots: [] }
  const count = last.frontier.length / HASH_BYTES
  const roots = Array.from({ length: count }, (_, index) =>
    last.frontier.slice(index * HASH_BYTES, (index + 1) * HASH_BYTES),
  )
  return { size: last.size, roots }
}

const AT_ONCE = 20

/** Behind the last that was published, oldest first. */
async function* unpublished(db: Db): AsyncGenerator<{ size: number; note: string }> {
  const { size, note, publishedAt } = auditCheckpoints
  const [last] = await db
    .select({ size: max(size) })
    .from(auditCheckpoints)
    .where(isNotNull(publishedAt))
  for (let after = last?.size ?? 0; ; ) {
    const rows = await db
      .select({ size, note })
      .from(auditCheckpoints)
      .where(gt(size, after))
      .orderBy(asc(size))
      .limit(AT_ONCE)
    yield* rows
    const end = rows.at(-1)
    if (!end) return
    after = end.size
  }
}
