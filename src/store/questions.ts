import { and, eq, isNull, lt, sql } from 'drizzle-orm'
import { clock, fromNow, newId } from './clock.ts'
import type { Db, Tx } from './db.ts'
import { questions } from './schema.ts'

export type QuestionRow = typeof questions.$inferSelect

export async function askQuestion(
  tx: Tx,
  question: Pick<QuestionRow, 'teamId' | 'ownerId' | 'channel' | 'text'>,
): Promise<string> {
  const id = newId()
  await tx.insert(questions).values({ ...question, id })
  return id
}

export async function openQuestion(db: Db, id: string): Promise<QuestionRow | null> {
  const [row] = await db
    .select()
    .from(questions)
    .where(and(eq(questions.id, id), isNull(questions.answeredAt)))
  return row ?? null
}

/** @returns false when somebody else answered it meanwhile */
export async function questionAnswered(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx
    .update(questions)
    .set({ answeredAt: clock })
    .where(and(eq(questions.id, id), isNull(questions.answeredAt)))
    .returning({ id: questions.id })
  return rows.length > 0
}

/** Asked so long ago that whoever was answering is gone. */
export async function unansweredQuestions(db: Db, olderThanMs: number): Promise<QuestionRow[]> {
  return db
    .select()
    .from(questions)
    .where(and(isNull(questions.answeredAt), lt(questions.askedAt, fromNow(-olderThanMs))))
}

/** What somebody asked may hold anything; a month is enough to look into a complaint. */
export async function forgetQuestions(db: Db): Promise<void> {
  await db.delete(questions).where(lt(questions.askedAt, sql`clock_timestamp() - interval '30 days'`))
}
