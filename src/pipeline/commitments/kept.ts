import type { Activity } from '../../model/account.ts'
import type { Side } from '../../model/commitment.ts'
import type { Act } from './acts.ts'
import { contentWordsOf } from './content-words.ts'
import { sentencesOf } from './sentences.ts'

/**
 * Whether a later activity looks like the keeping of a promise: of the fitting sort, by the fitting side. What cannot
 * be told apart counts as kept: to be reminded of what one did is worse than not to be reminded.
 */

/** An activity as what may keep a promise; `from` is null for a call, a meeting and a note: either side may be in it. */
export type Deed = {
  activity: Activity & { at: Date }
  from: Side | null
  words: ReadonlySet<string>
  /** A note that says in a sentence that something was done. */
  saysDone: boolean
}

export type Owed = { by: Side; act: Act; madeAt: Date; words: ReadonlySet<string> }

/** The first deed that keeps it. `deeds`: oldest first. */
export function keeping(owed: Owed, deeds: readonly Deed[]): Activity | null {
  const later = deeds.filter(({ activity }) => activity.at > owed.madeAt)
  return later.find((deed) => fits(deed, owed))?.activity ?? null
}

function fits(deed: Deed, { by, act, words }: Owed): boolean {
  const { type, completed } = deed.activity
  const mayBeTheirs = deed.from === by || deed.from === null
  if (!mayBeTheirs) return false
  const isAbout = sharesWord(deed.words, words)
  switch (type) {
    case 'email':
      return act === 'send' || act === 'answer' || isAbout
    case 'call':
      return act === 'call' || act === 'answer' || act === 'meet' || (act === 'work' && isAbout)
    case 'meeting':
      return act === 'meet' || act === 'call' || act === 'answer' || (act === 'work' && isAbout)
    // Only we keep tasks, and a note tells of it only in the words of the promise.
    case 'task':
      return by === 'us' && completed === true && (isAbout || act === 'work')
    case 'note':
      return isAbout && deed.saysDone
  }
}

const DONE =
  /\b(?:sent|received|delivered|done|completed|signed|paid|shared|provided|fixed|resolved|confirmed|got|called|geschickt|gesendet|erhalten|geliefert|erledigt|unterschrieben|bezahlt|geklärt|bestätigt|behoben|envoyé|reçu|livré|signé|payé|terminé|résolu|confirmé)/i

/** Denied, or still to come. */
const NOT_DONE =
  /(?:\b(?:not|never|yet|still|will|should|must|be|until|nicht|noch|nie|wird|werden|muss|soll|pas|jamais|encore|sera|doit)\b|n['’]t\b)/i
const TEXT_LENGTH = 1000

function sharesWord(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  for (const word of others) if (some.has(word)) return true
  return false
}

/** What an activity is about: its subject, and the beginning of its text. */
export function deedOf(activity: Activity & { at: Date }, from: Side | null): Deed {
  const text = activity.body?.slice(0, TEXT_LENGTH) ?? ''
  const sentences = activity.type === 'note' ? [activity.subject, ...sentencesOf(text)] : []
  return {
    activity,
    from,
    words: contentWordsOf(`${activity.subject} ${text}`),
    saysDone: sentences.some((sentence) => DONE.test(sentence) && !NOT_DONE.test(sentence)),
  }
}
