import { and, desc, eq, sql } from 'drizzle-orm'
import type { Db, Tx } from './db.ts'
import { digests } from './schema.ts'

export type DigestRow = typeof digests.$inferSelect

/** Takes the one digest of a recipient's local date; false when it was taken before. */
export async function takeDigest(tx: Tx, digest: Omit<DigestRow, 'createdAt'>): Promise<boolean> {
  const rows = await tx.insert(digests).values(digest).onConflictDoNothing().returning({ id: digests.id })
  return rows.length > 0
}

/** When the recipient last had a digest, and of which local date. */
export async function lastDigest(db: Db, recipient: string): Promise<{ localDate: string; at: Date } | null> {
  const [row] = await db
    .select({ localDate: digests.localDate, at: digests.createdAt })
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

/** What the digests of the last day said, to show it to the engineer who asks. */
export async function digestsOfToday(db: Db): Promise<DigestRow[]> {
  return db
    .select()
    .from(digests)
    .where(and(sql`${digests.createdAt} > clock_timestamp() - interval '1 day'`))
}
