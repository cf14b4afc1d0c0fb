import type { Activity } from '../../model/account.ts'
import { type Clock, dayBegan } from '../../recommendations/calendar.ts'
import type { AccountFacts } from '../facts.ts'
import { languageOf } from './language.ts'
import { sentimentOf } from './sentiment.ts'
import { isOurs, plainText, sentencesOf, tokensOf } from './words.ts'

/**
 * What was said on the other side, as far as the CRM has the words: their letters, and what was written down of
 * calls, meetings and in notes. Our own letters say how we feel, and so does what this program wrote.
 */
export type Saying = {
  activity: Activity & { at: Date }
  /** Lower case, polite phrases and quoted letters left out. */
  sentences: readonly string[]
  /** −1 to 1; null when the words do not tell. */
  sentiment: number | null
  /** Whether it can be read at all: enough words, in a language we have words for. */
  isReadable: boolean
}

const WITHIN_DAYS = 180

export function sayingsOf(facts: AccountFacts, clock: Clock): Saying[] {
  const since = dayBegan(WITHIN_DAYS - 1, clock)
  return facts.activities
    .filter(
      (activity): activity is Activity & { at: Date } =>
        activity.at !== null && activity.at >= since && activity.at <= clock.now && isTheirs(activity),
    )
    .flatMap((activity) => sayingOf(activity) ?? [])
    .toSorted(
      (a, b) =>
        b.activity.at.getTime() - a.activity.at.getTime() || a.activity.id.localeCompare(b.activity.id),
    )
}

/** Whoever dialled, what was noted of a call is what both said; an outbound letter or invitation is ours alone. */
function isTheirs({ type, direction }: Activity): boolean {
  return (
    type === 'call' ||
    type === 'note' ||
    ((type === 'email' || type === 'meeting') && direction !== 'outbound')
  )
}

function sayingOf(activity: Activity & { at: Date }): Saying | null {
  const body = activity.body ?? ''
  if (isOurs(body)) return null
  // A title is only a label: what is said stands in the text, and in the title of a note.
  const text = activity.type === 'note' ? `${activity.subject}\n${body}` : body
  const sentences = sentencesOf(plainText(text))
  if (sentences.length === 0) return null
  const sentiment = sentimentOf(text)
  return {
    activity,
    sentences,
    sentiment,
    isReadable: sentiment !== null || languageOf(sentences.flatMap(tokensOf)) !== null,
  }
}

/** Those of the last so many days, today included. */
export function sayingsWithin(sayings: readonly Saying[], days: number, clock: Clock): Saying[] {
  const since = dayBegan(days - 1, clock)
  return sayings.filter(({ activity }) => activity.at >= since)
}

export type Scored = Saying & { sentiment: number }

export function scored(sayings: readonly Saying[]): Scored[] {
  return sayings.filter((saying): saying is Scored => saying.sentiment !== null)
}

export function average(sayings: readonly Scored[]): number {
  return sayings.reduce((sum, { sentiment }) => sum + sentiment, 0) / sayings.length
}
