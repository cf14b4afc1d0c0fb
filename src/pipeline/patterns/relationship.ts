import type { Activity } from '../../model/account.ts'
import type { ExecutiveAlignment, Relationship, RelationshipLevel } from '../../model/pattern.ts'
import { count } from '../../recommendations/text.ts'
import { isCustomer, isWatched } from '../facts.ts'
import { expectedContact } from './expected-contact.ts'
import { type Seen, share } from './pattern.ts'
import { average, scored } from './sayings.ts'
import { signed } from './sentiment-decline.ts'
import { anyOf, says } from './words.ts'

/**
 * How strong the relation is: how long since contact, how it compares with its own habit, with how many people,
 * whether they answer, who they are, and how they sound. What is not on record counts neither for nor against; an
 * account that is neither a customer nor about to be one has no relation to rate.
 */

const WITHIN_DAYS = 180
const FRESH_DAYS = 14
const GONE_DAYS = 90
const PEOPLE = 3
const LEAST_PARTS = 3
const BASIS = 6
const LEAST_TOLD = 3

type Part = { value: number; reason: string } | { missing: string }

export function relationshipOf(seen: Seen, executives: ExecutiveAlignment): Relationship {
  const { facts, touched: all } = seen
  if (!isWatched(facts)) return { level: 'unknown', score: null, reasons: [], notMeasured: [] }
  const recent = all.filter(({ daysAgo }) => daysAgo < WITHIN_DAYS)
  const parts = [
    ...(all.length === 0
      ? [{ missing: 'contact on record' }]
      : [freshness(all[0]?.daysAgo ?? 0), habit(all), breadth(recent, isCustomer(facts)), answers(recent)]),
    'share' in executives
      ? { value: executives.share, reason: executives.reason }
      : { missing: 'titles of contacts' },
    tone(seen),
  ] satisfies Part[]
  const known = parts.filter((part): part is { value: number; reason: string } => 'value' in part)
  const notMeasured = parts.flatMap((part) => ('missing' in part ? [part.missing] : []))
  const reasons = known.map(({ reason }) => reason)
  if (all.length === 0 || known.length < LEAST_PARTS) {
    return { level: 'unknown', score: null, reasons, notMeasured }
  }
  const score = known.reduce((sum, { value }) => sum + value, 0) / known.length
  return { level: levelOf(score), score, reasons, notMeasured }
}

function levelOf(score: number): RelationshipLevel {
  if (score >= 0.8) return 'strong'
  if (score >= 0.6) return 'moderate'
  return score >= 0.4 ? 'weak' : 'at_risk'
}

function freshness(days: number): Part {
  return {
    value: share(1 - (days - FRESH_DAYS) / (GONE_DAYS - FRESH_DAYS)),
    reason: days === 0 ? 'Last contact today.' : `Last contact ${count(days, 'day')} ago.`,
  }
}

function habit(touched: Seen['touched']): Part {
  const { actual, expected, basis } = expectedContact(
    touched.map(({ daysAgo }) => daysAgo),
    30,
  )
  if (basis < BASIS) return { missing: 'enough contact to know its rhythm' }
  return {
    value: share(actual / expected),
    reason: `${count(actual, 'contact')} in 30 days, ${expected.toFixed(1)} being usual.`,
  }
}

function breadth(recent: readonly Activity[], isCustomer: boolean): Part {
  const people = new Set(recent.flatMap(({ contactId }) => contactId ?? []))
  if (recent.length > 0 && people.size === 0) return { missing: 'with whom there was contact' }
  return {
    value: share(people.size / PEOPLE),
    reason: `Contact with ${people.size === 1 ? '1 person' : `${people.size} people`} in half a year${people.size === 1 && isCustomer ? ': it hangs on one' : ''}.`,
  }
}

const NOT_REACHED = anyOf([
  'no (answer|response)|not? reached|voicemail|busy|wrong number|missed|unanswered|gatekeeper|nicht erreicht|besetzt|mailbox|falsche nummer|pas de réponse|répondeur|occupé|injoignable|faux numéro',
])

/** Whether what we begin comes to a talk, or they write and call themselves. */
function answers(recent: readonly Activity[]): Part {
  const told = recent.filter(({ direction, outcome }) => direction || outcome?.trim())
  if (told.length < LEAST_TOLD) return { missing: 'who answered' }
  const answered = told.filter(
    ({ type, direction, outcome }) =>
      direction === 'inbound' ||
      (type === 'call' && !!outcome?.trim() && !says(outcome.toLowerCase(), NOT_REACHED)),
  )
  const rate = answered.length / told.length
  return {
    // Half of it answered is a good conversation.
    value: share(2 * rate),
    reason: `${answered.length} of ${count(told.length, 'contact')} answered or begun by them in half a year.`,
  }
}

function tone({ sayings }: Seen): Part {
  const texts = scored(sayings)
  if (texts.length < LEAST_TOLD) return { missing: 'words whose tone can be read' }
  const score = average(texts)
  return {
    value: share(0.5 + score / 2),
    reason: `The tone of ${count(texts.length, 'text')} is ${signed(score)} on a scale of −1 to 1.`,
  }
}
