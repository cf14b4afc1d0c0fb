import { forgetAnswers } from '../store/author-answers.ts'
import type { Db } from '../store/db.ts'
import { forgetInbox } from '../store/inbox.ts'
import { forgetBodies } from '../store/interactions.ts'
import { markSomeMemoryDue } from '../store/memory-due.ts'
import { forgetQuestions } from '../store/questions.ts'
import { forgetChanges, forgetMessages } from '../store/retention.ts'
import { forgetPointers, forgetStages } from '../store/reviews.ts'
import { forgetSlots } from '../store/schedule-runs.ts'
import { attempt } from './attempt.ts'
import type { JobTools } from './tools.ts'

/** What is kept for a while only; each store function says for how long. */
const FORGETTING: Record<string, (db: Db) => Promise<void>> = {
  webhooks: forgetInbox,
  interactions: forgetBodies,
  changes: forgetChanges,
  messages: forgetMessages,
  'stages of reviews': forgetStages,
  'unchanged reviews': forgetPointers,
  'schedule slots': forgetSlots,
  'what a model proposed': forgetAnswers,
  questions: forgetQuestions,
  'memory to be made anew': markSomeMemoryDue,
}

export async function housekeeping({
  db,
  log,
  memory,
}: Pick<JobTools, 'db' | 'log' | 'memory'>): Promise<void> {
  for (const [part, forget] of Object.entries(FORGETTING)) {
    await attempt(log, { part: `housekeeping: ${part}` }, () => forget(db))
  }
  await attempt(log, { part: 'housekeeping: memory' }, () => memory.forgetOld())
}
