import type { Activity } from '../../model/account.ts'
import type { Commitment, Side } from '../../model/commitment.ts'
import { line } from '../../recommendations/text.ts'
import { activityEvidence } from '../evidence.ts'
import { type AccountFacts, zoneOf } from '../facts.ts'
import { type Act, actIn } from './acts.ts'
import { asksOrPromises } from './classifier.ts'
import { contentWordsOf } from './content-words.ts'
import { dueIn } from './due.ts'
import { type Deed, deedOf, keeping } from './kept.ts'
import { sentencesOf } from './sentences.ts'
import { type Said, type Speakers, speechIn } from './speech.ts'
import { type Names, namesOf, spokenBy, writerOf } from './voice.ts'
import { anyOf, spaced, wordsOf } from './words.ts'

/**
 * What was promised, by whom, until when, and whether it was kept, read from notes, e-mails and summaries of calls and
 * meetings. A plain promise ("I'll send the quote") is taken at its word; whether anything else is meant as a request
 * or a promise is for the classifier to say. What nobody can be named for is no commitment.
 */

const MOST_TEXTS = 200
const MOST_PER_TEXT = 50
const MOST_FOUND = 100
const LIKELY = 0.5
const TEXT_LENGTH = 300

/** Newest first, at most 100. The facts may be in any order; what is dated later than `now` has not been said yet. */
export function commitmentsOf(
  facts: Pick<AccountFacts, 'activities' | 'contacts' | 'owner'>,
  now: Date,
): Commitment[] {
  const names = namesOf(facts)
  const zone = zoneOf(facts)
  const dated = facts.activities
    .filter((activity): activity is Activity & { at: Date } => activity.at !== null && activity.at <= now)
    .toSorted((a, b) => b.at.getTime() - a.at.getTime())
    .slice(0, MOST_TEXTS)
  const found = new Map<string, Promised>()
  for (const activity of dated.toReversed()) {
    for (const promised of promisedIn(activity, names, zone)) {
      // Quoted without a mark, or logged as a note and as an e-mail, it is the same.
      const key = `${promised.by} ${promised.dueAt?.getTime() ?? ''} ${wordsOf(promised.text).join(' ')}`
      if (!found.has(key)) found.set(key, promised)
    }
  }
  if (found.size === 0) return []
  const deeds = dated.toReversed().map((activity) => deedOf(activity, sideOf(activity, names)))
  return [...found.values()]
    .toReversed()
    .slice(0, MOST_FOUND)
    .map((promised) => settled(promised, deeds, now))
}

/** A sentence as it stands and as words, and the day it names. */
type Spoken = { text: string; sentence: string; dueAt: Date | null }

type Promised = Omit<Commitment, 'state' | 'keptBy'> & { act: Act; words: ReadonlySet<string> }

function promisedIn(activity: Activity & { at: Date }, names: Names, zone: string): Promised[] {
  const speakers = speakersOf(activity, names)
  const found: Promised[] = []
  if (!speakers || !activity.body) return found
  for (const whole of sentencesOf(activity.body)) {
    const promised = promisedBy(whole, activity, { speakers, zone })
    if (promised) found.push(promised)
    // More are a log, not a note.
    if (found.length >= MOST_PER_TEXT) break
  }
  return found
}

function promisedBy(
  whole: string,
  activity: Activity & { at: Date },
  { speakers, zone }: { speakers: Speakers; zone: string },
): Promised | null {
  const spoken = speakers.speaker === speakers.listener ? spokenBy(whole, speakers) : null
  const who = spoken ? { ...speakers, speaker: spoken.by, listener: otherSide(spoken.by) } : speakers
  const sentence = spoken?.words ?? whole
  const text = spaced(wordsOf(sentence))
  const said = speechIn(text, who)
  if (!said) return null
  const dueAt = dueIn(text, { madeAt: activity.at, zone, from: said.at })
  const act = actMeant(said, { text, sentence, dueAt })
  if (!act) return null
  return {
    text: line(whole, TEXT_LENGTH),
    kind: said.kind,
    by: said.by,
    madeAt: activity.at,
    dueAt,
    evidence: activityEvidence(activity),
    act,
    words: contentWordsOf(sentence),
  }
}

/** What is to be done; null when the sentence means nothing of the kind. */
function actMeant({ kind, meant, at }: Said, { text, sentence, dueAt }: Spoken): Act | null {
  const act = actIn(text, at)?.act ?? null
  if (meant === 'with_a_day') return dueAt === null ? null : act
  if (meant === 'surely') {
    if (act) return act
    // "Committed to getting it approved", "is waiting for the answers".
    if (kind === 'request') return 'send'
    if (SOLEMN.test(text)) return 'work'
  }
  if (asksOrPromises(sentence) < LIKELY) return null
  return act ?? (kind === 'request' ? 'answer' : null)
}

const SOLEMN = anyOf('promise|promised|committed to|agreed to|zugesagt|versprochen|promis|engagé|engage')

/** A task is a plan of our own, with its own date and state; who wrote an e-mail must be known. */
function speakersOf(activity: Activity, names: Names): Speakers | null {
  if (activity.type === 'task') return null
  if (activity.type !== 'email') return { ...names, speaker: 'us', listener: 'us' }
  const writer = writerOf(activity, names)
  return writer && { ...names, speaker: writer, listener: otherSide(writer) }
}

/** Whose doing an activity is; null for what has two sides. */
function sideOf(activity: Activity, names: Names): Side | null {
  if (activity.type === 'email') return writerOf(activity, names)
  return activity.type === 'task' ? 'us' : null
}

function otherSide(side: Side): Side {
  return side === 'us' ? 'customer' : 'us'
}

function settled({ act, words, ...promised }: Promised, deeds: readonly Deed[], now: Date): Commitment {
  const { by, madeAt, dueAt } = promised
  const kept = keeping({ by, act, madeAt, words }, deeds)
  const state = kept ? 'kept' : dueAt !== null && dueAt < now ? 'overdue' : 'open'
  return { ...promised, state, keptBy: kept && activityEvidence(kept) }
}
