import type { Evidence } from '../model/signal.ts'
import { type Clock, dayInWords, daysSince } from '../recommendations/calendar.ts'
import { count } from '../recommendations/text.ts'
import { activityEvidence, dealEvidence } from './evidence.ts'
import { ACTIVITIES_KEPT, type AccountFacts, isWatched, openDeals, touches } from './facts.ts'
import { seasonOf } from './season.ts'
import { silenceOf } from './signals/inactivity.ts'

/**
 * How likely contact is over: nothing more for a quarter, judged by the account's own habit and season. Thirty days
 * without a word are nothing where contact comes each quarter, and three weeks are much where it came each week.
 *
 * The habit is that of like times. While something is being sold there is contact that ends with the sale, so days
 * with an open deal are compared with such days only, and days without one with those.
 */
export type ContactOutlook = {
  /** 0–1. */
  overLikely: number
  reason: string
  evidence: Evidence[]
}

const DAY_MS = 86_400_000
const HABIT_DAYS = 540
const AHEAD_DAYS = 90
/** What is believed of an account nobody was in contact with yet: once in 30 days, worth two contacts. */
const PRIOR = { contacts: 2, days: 60 } as const
/** How many days of its other times an account's habit is worth. */
const OTHER_TIMES_DAYS = 30
/** The silence itself says something about the habit, but less than the days before it: it may be the end. */
const SILENCE_WEIGHT = 0.4
/** The odds, per contact missed, that the relation had ended; contacts missed multiply. */
const ENDED_ODDS = 0.05
/** Fewer contacts are no rhythm to speak of. */
const FEWEST_FOR_WORDS = 3
/** How unevenly contact comes: a month may bring three and the next none. */
const EVENNESS = 4

/** Null for an account whose silence means nothing, and for one of which no day is known. */
export function contactOutlook(facts: AccountFacts, clock: Clock): ContactOutlook | null {
  if (!isWatched(facts)) return null
  const { now } = clock
  const age = (moment: Date) => Math.max(0, Math.floor((now.getTime() - moment.getTime()) / DAY_MS))
  const touched = touches(facts, now)
  const ages = [...new Set(touched.map(({ at }) => age(at)))].sort((a, b) => a - b)
  const sales = salesOf(facts, age)
  const first = beginning(facts, { ages, sales, age })
  const silent = ages[0] ?? silenceOf(facts, clock)?.days ?? first
  if (first === null || silent === null) return null

  const perDay = habit({ ages, sales, selling: openDeals(facts).length > 0, first, silent })
  const season = seasonOf(ages, { first, silent })
  const missed = perDay.missed * season.behind
  const ahead = perDay.usual * AHEAD_DAYS * season.ahead
  const odds = ENDED_ODDS * (Math.exp(Math.min(30, missed)) - 1)
  const ended = odds / (1 + odds)
  const quiet = (1 + ahead / EVENNESS) ** -EVENNESS
  return { overLikely: ended + (1 - ended) * quiet, ...inWords(facts, perDay, clock) }
}

/** From how many days ago until how many days ago something was being sold; of an open deal until now. */
type Sale = { began: number; ended: number }
type Age = (moment: Date) => number

/** Null when it is not known since when. */
function salesOf(facts: AccountFacts, age: Age): Sale[] | null {
  if (openDeals(facts).some(({ createdAt }) => createdAt === null)) return null
  return facts.deals.flatMap(({ createdAt, outcome, closingDate }) => {
    if (createdAt === null) return []
    if (outcome === 'open') return { began: age(createdAt), ended: 0 }
    const closed = closingDate === null ? Number.NaN : Date.parse(`${closingDate}T12:00:00Z`)
    return Number.isNaN(closed) ? [] : { began: age(createdAt), ended: age(new Date(closed)) }
  })
}

/** How many days the relation has been on record. */
function beginning(
  facts: AccountFacts,
  { ages, sales, age }: { ages: readonly number[]; sales: readonly Sale[] | null; age: Age },
): number | null {
  const oldest = ages.at(-1)
  // A full list was cut off: what came before its end is not silence.
  if (oldest !== undefined && facts.activities.length >= ACTIVITIES_KEPT) return oldest
  const days = [...(oldest === undefined ? [] : [oldest]), ...(sales ?? []).map(({ began }) => began)]
  const { createdAt } = facts.account
  if (days.length === 0) return createdAt === null ? null : age(createdAt)
  return Math.max(...days)
}

type Past = {
  ages: readonly number[]
  sales: readonly Sale[] | null
  selling: boolean
  first: number
  silent: number
}

/** Contacts per day in times like now, and how many of them the silence has left out. */
function habit({ ages, sales, selling, first, silent }: Past): {
  usual: number
  missed: number
  contacts: number
} {
  const until = Math.max(silent, Math.min(first, HABIT_DAYS + silent))
  const isLikeNow = likeNow(sales, { selling, until })
  const earlier = ages.filter((age) => age > silent && age <= until)
  let days = 0
  let quiet = 0
  for (let age = 0; age <= until; age += 1) {
    if (!isLikeNow(age)) continue
    if (age > silent) days += 1
    else if (age < silent) quiet += 1
  }
  const overall = (earlier.length + PRIOR.contacts) / (until - silent + PRIOR.days)
  const contacts = earlier.filter(isLikeNow).length
  const usual = (contacts + overall * OTHER_TIMES_DAYS) / (days + SILENCE_WEIGHT * quiet + OTHER_TIMES_DAYS)
  return { usual, missed: quiet * usual, contacts }
}

function likeNow(
  sales: readonly Sale[] | null,
  { selling, until }: { selling: boolean; until: number },
): (age: number) => boolean {
  if (sales === null) return () => true
  const inSale = new Uint8Array(until + 1)
  for (const { began, ended } of sales) if (ended <= until) inSale.fill(1, ended, Math.min(began, until) + 1)
  return (age) => (inSale[age] === 1) === selling
}

function inWords(
  facts: AccountFacts,
  { usual: perDay, contacts }: { usual: number; contacts: number },
  clock: Clock,
): Pick<ContactOutlook, 'reason' | 'evidence'> {
  const usual =
    contacts < FEWEST_FOR_WORDS
      ? 'there was too little of it before to know a rhythm'
      : `about every ${count(Math.max(1, Math.round(1 / perDay)), 'day')} is usual`
  const [last] = touches(facts, clock.now)
  if (last) {
    const days = daysSince(last.at, clock)
    const when = days === 0 ? 'today' : `${count(days, 'day')} ago, on ${dayInWords(last.at, clock)}`
    return { reason: `The last contact was ${when}; ${usual}.`, evidence: [activityEvidence(last)] }
  }
  const [deal] = openDeals(facts)
  return { reason: 'No contact is on record.', evidence: deal ? [dealEvidence(deal)] : [] }
}
