import { and, desc, eq, inArray, min, ne } from 'drizzle-orm'
import { clock } from './clock.ts'
import type { Db, Tx } from './db.ts'
import { digests } from './schema.ts'

export type DigestRow = typeof digests.$inferSelect

/**
 * Takes the one digest of a recipient's local date; false when it was taken before.
 *
 * @param again take it also where nothing was sent that day: somebody asks for it now
 */
export async function takeDigest(
  tx: Tx,
  digest: Omit<DigestRow, 'createdAt'>,
  { again = false } = {},
): Promise<boolean> {
  const { id, state, recommendationIds } = digest
  const inserting = tx.insert(digests).values(digest)
  const taking = again
    ? inserting.onConflictDoUpdate({
        target: [digests.teamId, digests.recipient, digests.localDate, digests.kind],
        set: { id, state, recommendationIds, createdAt: clock },
        setWhere: ne(digests.state, 'sent'),
      })
    : inserting.onConflictDoNothing()
  return (await taking.returning({ id: digests.id })).length > 0
}

export type LastDigest = { localDate: string; at: Date; state: DigestRow['state'] }

/** When the recipient last had a digest, of which local date, and what became of it. */
export async function lastDigest(db: Db, recipient: string): Promise<LastDigest | null> {
  const [row] = await db
    .select({ localDate: digests.localDate, at: digests.createdAt, state: digests.state })
    .from(digests)
    .where(eq(digests.recipient, recipient))
    .orderBy(desc(digests.createdAt))
    .limit(1)
  return row ?? null
}

export async function digestById(db: Db, id: string): Promise<DigestRow | null> {
  const [row] = await db.select().from(digests).where(eq(digests.id, id))
  return row ?? null
}

/** When each of them first had a digest. */
export async function firstDigestsOf(db: Db, ownerIds: readonly string[]): Promise<Map<string, Date>> {
  if (ownerIds.length === 0) return new Map()
  const rows = await db
    .select({ recipient: digests.recipient, at: min(digests.createdAt) })
    .from(digests)
    .where(
      and(inArray(digests.recipient, [...ownerIds]), eq(digests.kind, 'owner'), eq(digests.state, 'sent')),
    )
    .groupBy(digests.recipient)
  return new Map(rows.flatMap(({ recipient, at }) => (at ? [[recipient, at]] : [])))
}
