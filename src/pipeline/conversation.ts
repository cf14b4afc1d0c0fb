import type { Llm } from '../llm/llm.ts'
import type { MemoryOf } from '../memory/memory.ts'
import type { NoAnswer } from '../model/answer.ts'
import type { Owner } from '../model/owner.ts'
import type { Evidence } from '../model/signal.ts'
import { localDate } from '../recommendations/calendar.ts'
import { line } from '../recommendations/text.ts'
import type { Db } from '../store/db.ts'
import type { AuthorTools } from './author.ts'
import { ANALYST_INSTRUCTIONS, CONVERSATION_INSTRUCTIONS } from './conversation-instructions.ts'
import { openDesk } from './desk.ts'

/** Answers in words: to a question, and what there is to know of an account. Every answer tells the records it rests on. */

export type ConversationTools = {
  db: Db
  llm: Llm
  masking: AuthorTools['masking']
  memoryOf: MemoryOf
}

export type Said =
  | { text: string; cited: Evidence[]; without: null }
  /** Why there is no answer. */
  | { without: NoAnswer }

/** @param ownerIds whose accounts the person may see */
type Asked = { person: Owner; ownerIds: readonly string[] }

const SAID = 1_500

export async function answerInWords(
  { text, person, ownerIds }: Asked & { text: string },
  { llm, memoryOf, ...tools }: ConversationTools,
  { now, onText }: { now: Date /** The answer so far. */; onText?: (text: string) => void },
): Promise<Said> {
  const desk = await openDesk({ ...tools, ownerIds, now, memory: memoryOf(ownerIds) })
  let soFar = ''
  const hear = (piece: string) => {
    soFar += piece
    onText?.(desk.readable(soFar))
  }
  const answer = await llm.talk(
    {
      role: 'conversation',
      instructions: CONVERSATION_INSTRUCTIONS,
      text: `Today is ${localDate(now, person.zone)}. The question: ${JSON.stringify(desk.hide(line(text, 2_000)))}`,
      tools: Object.values(desk.tools),
      ...(onText ? { onText: hear } : {}),
    },
    { reviewId: null, accountId: null },
  )
  if (answer.kind === 'none') return { without: answer.why }
  return { text: desk.readable(answer.value).slice(0, SAID), cited: desk.cited(answer.value), without: null }
}

/** How one account stands, for its brief: everything is in front of the analyst, and its past can be looked up. */
export async function briefInWords(
  { accountId, ownerIds, reviewId }: Pick<Asked, 'ownerIds'> & { accountId: string; reviewId: string },
  { llm, memoryOf, ...tools }: ConversationTools,
  now: Date,
): Promise<Said> {
  const desk = await openDesk({ ...tools, ownerIds, now, memory: memoryOf(ownerIds) })
  const account = desk.markOf(accountId)
  const seen = await desk.tools.account.run({ account })
  const answer = await llm.talk(
    {
      role: 'analyst',
      instructions: ANALYST_INSTRUCTIONS,
      text: `The account is ${account}.\n<crm-data>\n${seen.replaceAll(/<\/?\s*crm-data/giu, '')}\n</crm-data>`,
      tools: [desk.tools.timeline, desk.tools.search_memory],
    },
    { reviewId, accountId },
  )
  if (answer.kind === 'none') return { without: answer.why }
  return { text: desk.readable(answer.value).slice(0, SAID), cited: desk.cited(answer.value), without: null }
}
