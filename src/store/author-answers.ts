import { and, eq, gt, lt, sql } from 'drizzle-orm'
import type { Draft } from '../model/review.ts'
import { clock, fromNow } from './clock.ts'
import type { Db } from './db.ts'
import { authorAnswers } from './schema.ts'

/** What was proposed so long ago is asked about again, even if nothing changed. */
const GOOD_FOR_MS = 14 * 24 * 3_600_000

export async function recallAnswer(db: Db, accountId: string, questionHash: string): Promise<Draft[] | null> {
  const [row] = await db
    .select({ drafts: authorAnswers.drafts })
    .from(authorAnswers)
    .where(
      and(
        eq(authorAnswers.accountId, accountId),
        eq(authorAnswers.questionHash, questionHash),
        gt(authorAnswers.answeredAt, fromNow(-GOOD_FOR_MS)),
      ),
    )
  return row?.drafts ?? null
}

export async function keepAnswer(
  db: Db,
  answer: { accountId: string; questionHash: string; drafts: readonly Draft[] },
): Promise<void> {
  const row = { ...answer, drafts: [...answer.drafts], answeredAt: clock }
  await db.insert(authorAnswers).values(row).onConflictDoUpdate({ target: authorAnswers.accountId, set: row })
}

/** Answers that are of no use any more hold what customers wrote. */
export async function forgetAnswers(db: Db): Promise<void> {
  await db.delete(authorAnswers).where(lt(authorAnswers.answeredAt, sql`${fromNow(-GOOD_FOR_MS)}`))
}
