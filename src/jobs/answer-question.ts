import { z } from 'zod'
import { ownerById } from '../access/identity.ts'
import { seenOwners } from '../access/sight.ts'
import { renderAnswer, renderAnswerSoFar, renderNoAnswer } from '../digest/answer-view.ts'
import { answerInWords } from '../pipeline/conversation.ts'
import type { Message } from '../slack/message.ts'
import { newId } from '../store/clock.ts'
import { transaction } from '../store/db.ts'
import { enqueueMessage } from '../store/outbox.ts'
import { openQuestion, type QuestionRow, questionAnswered } from '../store/questions.ts'
import { defineJob } from './define.ts'
import type { JobTools } from './tools.ts'

/** Slack takes about one change of a message a second. */
const SHOWN_EVERY_MS = 1_500

/**
 * Answers what somebody asked in their own words. A message already says that it is looked into; the answer takes its
 * place, in the transaction that ends the question.
 */
export const answerQuestion = defineJob({
  name: 'answer-question',
  lane: 'work',
  payload: z.object({ questionId: z.string() }),
  subject: ({ questionId }) => questionId,
  whileRunning: 'once',
  attempts: 2,
  async run({ questionId }, tools) {
    const question = await openQuestion(tools.db, questionId)
    if (!question) return
    const message = await answerTo(question, tools)
    await endQuestion(tools, question, message)
  },
})

export const answerKey = (questionId: string) => `answer:${questionId}`

async function answerTo(question: QuestionRow, tools: JobTools): Promise<Message> {
  const { db, conversation, gather } = tools
  const person = await ownerById(db, question.ownerId)
  if (!conversation || !person?.active) return renderNoAnswer('gone')
  const now = new Date()
  const ownerIds = await seenOwners(db, person)
  const said = await answerInWords({ text: question.text, person, ownerIds }, conversation, {
    now,
    onText: shownNowAndThen(question, tools),
  })
  if (said.without !== null) return renderNoAnswer(said.without)
  return renderAnswer(said, { recordUrl: gather.recordUrl, zone: person.zone, now })
}

/** What was said so far, no faster than Slack takes it. One that fails is followed by another or by the answer. */
function shownNowAndThen(question: QuestionRow, { db, enqueue, log }: JobTools): (text: string) => void {
  let shownAt = performance.now()
  return (text) => {
    if (performance.now() - shownAt < SHOWN_EVERY_MS || text.trim() === '') return
    shownAt = performance.now()
    const key = answerKey(question.id)
    const update = { messageKey: key, action: 'update' as const, dedupeKey: `${key}:${newId()}` }
    const { teamId, channel } = question
    enqueueMessage(db, { teamId, channel, ...update, body: renderAnswerSoFar(text) })
      .then(() => enqueue('deliver-messages', { channel }))
      .catch((error: unknown) => log.warn({ err: error, questionId: question.id }, 'answer so far not shown'))
  }
}

export async function endQuestion(
  { db, enqueue }: Pick<JobTools, 'db' | 'enqueue'>,
  { id, teamId, channel }: Pick<QuestionRow, 'id' | 'teamId' | 'channel'>,
  body: Message,
): Promise<void> {
  const ended = await transaction(db, async (tx) => {
    if (!(await questionAnswered(tx, id))) return false
    const key = answerKey(id)
    await enqueueMessage(tx, {
      teamId,
      channel,
      messageKey: key,
      action: 'update',
      dedupeKey: `${key}:answered`,
      body,
    })
    return true
  })
  if (ended) await enqueue('deliver-messages', { channel })
}
