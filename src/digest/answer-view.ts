import { NO_ANSWER_WORDS, type NoAnswer } from '../model/answer.ts'
import type { Evidence } from '../model/signal.ts'
import { context, plainMessage, section, summary } from '../slack/blocks.ts'
import { type Citing, citation } from '../slack/citation.ts'
import type { Message } from '../slack/message.ts'
import { count, joined, mrkdwn, oneLine, truncate } from '../slack/mrkdwn.ts'

/** An answer in words, and the records it rests on. */

const SOURCES = 6

export const LOOKING = 'I am looking into it…'

export function renderAnswer(answer: { text: string; cited: readonly Evidence[] }, reader: Citing): Message {
  const sources = answer.cited.slice(0, SOURCES).map((each) => citation(each, reader))
  const rest = answer.cited.length - sources.length
  const says = rest > 0 ? [...sources, mrkdwn`and ${count(rest, 'more record')}`] : sources
  return {
    text: summary(truncate(oneLine(answer.text), 150)),
    blocks: [
      section(mrkdwn`${answer.text}`),
      context([
        says.length > 0
          ? mrkdwn`From ${joined(says, ' · ')}`
          : mrkdwn`No record is cited, so take it with care.`,
      ]),
    ],
  }
}

/** Words that are still coming. */
export function renderAnswerSoFar(text: string): Message {
  return plainMessage(`${truncate(text, 1_500)} …`)
}

export function renderNoAnswer(why: NoAnswer | 'gone'): Message {
  const because = why === 'gone' ? 'the question took too long' : NO_ANSWER_WORDS[why]
  return plainMessage(
    `I cannot answer that in words just now, because ${because}. The name of an account tells how it stands, and “help” lists what else I understand.`,
  )
}
