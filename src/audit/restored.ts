import { desc, eq, gt } from 'drizzle-orm'
import { z } from 'zod'
import type { Tx } from '../store/db.ts'
import { auditCheckpoints, auditEvents, auditHead } from '../store/schema.ts'
import type { Audit } from './audit.ts'
import type { PublishedCheckpoint } from './note.ts'

/**
 * A trail that came back from a backup ends earlier than it did, and goes on differently. It says so itself, in a
 * payload that nobody can make without the key: a trail that was cut cannot be passed off as one that was restored.
 */
export const RESTORED = 'trail.restored'

/** How many events the backup held, and the published checkpoints that stand for others. */
export const Restored = z.object({
  events: z.int(),
  lost: z.array(z.object({ size: z.int(), root: z.string() })),
})
export type Restored = z.infer<typeof Restored>
type Lost = Restored['lost']

/**
 * Call it before anything else is added to a restored trail.
 *
 * @param published checkpoints from outside the database
 * @param before how many events an earlier note of the same restore found; null: there is none
 * @returns what the trail still held: how many events, and when the last of them was; null: none
 */
export async function noteRestored(
  tx: Tx,
  {
    audit,
    teamId,
    published,
    before,
  }: { audit: Audit; teamId: string; published: readonly PublishedCheckpoint[]; before: number | null },
): Promise<{ events: number; asOf: string | null; lost: Lost }> {
  const [head] = await tx.select().from(auditHead).where(eq(auditHead.id, 1))
  const [last] = await tx.select().from(auditEvents).orderBy(desc(auditEvents.seq)).limit(1)
  const events = before ?? head?.seq ?? 0
  const asOf = last ? z.object({ time: z.string() }).parse(JSON.parse(last.envelope)).time : null
  const since = await tx.select().from(auditCheckpoints).where(gt(auditCheckpoints.size, events))
  const ours = new Set(since.map(checkpointKey))
  const lost = published
    .filter((each) => each.size > events && !ours.has(checkpointKey(each)))
    .map(lostCheckpoint)
  const payload = { events, asOf, lost }
  await audit.append(tx, {
    teamId,
    actor: 'system',
    action: RESTORED,
    subject: 'trail',
    about: null,
    payload,
  })
  return payload
}

const lostCheckpoint = ({ size, root }: { size: number; root: Uint8Array }): Lost[number] => ({
  size,
  root: Buffer.from(root).toString('hex'),
})

/** Tells one published checkpoint from another of the same size. */
export const checkpointKey = (checkpoint: { size: number; root: Uint8Array }): string => {
  const { size, root } = lostCheckpoint(checkpoint)
  return `${size} ${root}`
}
