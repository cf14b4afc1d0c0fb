import type { Activity } from '../../model/account.ts'
import { dayBegan } from '../../recommendations/calendar.ts'
import { count } from '../../recommendations/text.ts'
import { activityEvidence } from '../evidence.ts'
import { lacking, MOST_CITED, notFound, type PatternDetector, share } from './pattern.ts'
import { anyOf, plainText, says, sentencesOf } from './words.ts'

const LEAST = 2

/** Two meetings or more of the last 30 days were cancelled, or nobody came. */
export const missedMeetings: PatternDetector = {
  pattern: 'missed_meetings',
  family: 'churn',
  windowDays: 30,
  yieldsTo: [],
  detect({ facts, clock }) {
    const since = dayBegan(this.windowDays - 1, clock)
    const meetings = facts.activities
      .filter(({ type, at }) => type === 'meeting' && at !== null && at >= since && at <= clock.now)
      .toSorted((a, b) => (b.at?.getTime() ?? 0) - (a.at?.getTime() ?? 0) || a.id.localeCompare(b.id))
      .flatMap((meeting) => {
        const went = howItWent(meeting)
        return went ? [{ meeting, ...went }] : []
      })
    if (meetings.length === 0) {
      return lacking(
        `a word on how a meeting of the last ${this.windowDays} days went: a mapped Events.outcome, or its title or minutes`,
      )
    }
    const missed = meetings.filter(({ isMissed }) => isMissed)
    const reason = `${missed.length} of ${count(meetings.length, 'meeting')} of the last ${this.windowDays} days cancelled or missed.`
    if (missed.length < LEAST) return notFound(reason)
    const certain = missed.filter(({ isCertain }) => isCertain).length
    return {
      state: 'found',
      // A word in a title weighs less than a field that says it.
      confidence: Math.min(0.95, 0.4 + 0.15 * missed.length + 0.05 * certain),
      strength: share((50 + 10 * missed.length) / 100),
      reason,
      evidence: missed.slice(0, MOST_CITED).map(({ meeting }) => activityEvidence(meeting)),
    }
  },
}

const CANCELLED =
  '(cancel(l?ed|ling|lation)?|called off|abgesagt|absage|ausgefallen|fällt aus|entfällt|annul(é|ée|ation)\\w*|supprimée?)'
const NOBODY_CAME =
  "(no[ -]?shows?|(did not|didn't|has not|hasn't|nobody|no one|never) (attend\\w*|show\\w*( up)?|appear\\w*|join\\w*|came|come)|nicht (erschienen|gekommen|teilgenommen)|niemand (erschienen|gekommen|da)|(n'est|ne sont|n'est pas|personne n'est) (pas )?venue?s?|ne s'est pas présentée?|absente?s?)"
const MEETING =
  '(meetings?|calls?|appointments?|sessions?|reviews?|termin\\w*|treffen|besprechung\\w*|réunions?|rendez-vous|rdv|entretiens?)'
const HELD =
  '(held|took place|attended|we (discussed|agreed|reviewed|walked|went|met)|discussed|agreed|participants|present|completed|stattgefunden|besprochen|vereinbart|teilgenommen|anwesend|haben wir|a eu lieu|discuté|convenu|présents?|nous avons)'

const FIELD_MISSED = anyOf([CANCELLED, NOBODY_CAME, 'missed', 'verpasst', 'manquée?'])
const TITLE_MISSED = anyOf([CANCELLED, NOBODY_CAME])
const TEXT_CANCELLED = anyOf([CANCELLED])
const TEXT_NOBODY = anyOf([NOBODY_CAME])
const ABOUT_MEETING = anyOf([MEETING])
const TEXT_HELD = anyOf([HELD])

/** Null when nothing about it says whether it took place. `isCertain`: a field says it, not a title or text. */
function howItWent({
  outcome,
  subject,
  body,
  direction,
}: Activity): { isMissed: boolean; isCertain: boolean } | null {
  if (outcome?.trim()) return { isMissed: says(outcome.toLowerCase(), FIELD_MISSED), isCertain: true }
  if (says(subject.toLowerCase(), TITLE_MISSED)) return { isMissed: true, isCertain: false }
  // The agenda that we wrote into our own invitation says nothing about what became of it.
  if (direction === 'outbound') return null
  const sentences = sentencesOf(plainText(body ?? ''))
  // "They cancelled their old contract" is said in a meeting that took place.
  const isMissed = sentences.some(
    (each) => says(each, TEXT_NOBODY) || (says(each, TEXT_CANCELLED) && says(each, ABOUT_MEETING)),
  )
  if (isMissed) return { isMissed, isCertain: false }
  return sentences.some((each) => says(each, TEXT_HELD)) ? { isMissed, isCertain: false } : null
}
