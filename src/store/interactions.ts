import { and, eq, lt, ne, notInArray, sql } from 'drizzle-orm'
import { clock, fromNow, newId } from './clock.ts'
import type { Db } from './db.ts'
import { interactions } from './schema.ts'

/** Something a person did in Slack, as it arrived. */
export type NewInteraction = {
  teamId: string
  userId: string
  /** What was done and to what, e.g. `action:approval.approve` or `command:/account`. */
  kind: string
  /** Unique to one delivery by Slack; a second use of it is a replay. */
  signature: string
  body: Record<string, unknown>
}

/** Kept before anything is done about it. A signature that was seen before is kept once. */
export async function recordInteraction(
  db: Db,
  { teamId, userId, kind, signature, body }: NewInteraction,
): Promise<{ id: string } | 'replayed'> {
  const [row] = await db
    .insert(interactions)
    .values({ id: newId(), state: 'received', teamId, userId, kind, signature, body })
    .onConflictDoNothing({ target: interactions.signature })
    .returning({ id: interactions.id })
  return row ?? (await takeOver(db, signature)) ?? 'replayed'
}

/** Slack sends an event again when we did not answer; one that a process died over is not done yet. */
async function takeOver(db: Db, signature: string): Promise<{ id: string } | undefined> {
  if (!signature.startsWith('event:')) return undefined
  const [row] = await db
    .update(interactions)
    .set({ receivedAt: clock })
    .where(
      and(
        eq(interactions.signature, signature),
        eq(interactions.state, 'received'),
        lt(interactions.receivedAt, fromNow(-UNDER_WAY_MS)),
      ),
    )
    .returning({ id: interactions.id })
  return row
}
const UNDER_WAY_MS = 20_000

/**
 * How it ended, in words for whoever reads the trail: `applied` took effect, `refused` was against a rule,
 * `failed` was our fault or another service's. The first ending stays.
 */
export async function finishInteraction(
  db: Db,
  id: string,
  { state, outcome }: { state: 'applied' | 'refused' | 'failed'; outcome: string },
): Promise<void> {
  await db
    .update(interactions)
    .set({ state, outcome, finishedAt: clock })
    .where(and(eq(interactions.id, id), notInArray(interactions.state, ['applied', 'refused', 'failed'])))
}

/** What was sent is forgotten after eight days; who did what, and how it ended, stays. */
export async function forgetBodies(db: Db): Promise<void> {
  await db
    .update(interactions)
    .set({ body: {} })
    .where(
      and(lt(interactions.receivedAt, sql`clock_timestamp() - interval '8 days'`), ne(interactions.body, {})),
    )
}
