import { type Activity, type Deal, isTouch } from '../model/account.ts'
import type { KnownCommitment } from '../model/pattern.ts'
import type { FieldChange, History, KindName, PastRecommendation, TimelineEvent } from '../model/review.ts'
import type { Evidence } from '../model/signal.ts'
import { type Clock, dayInWords, daysSince } from '../recommendations/calendar.ts'
import { count, line } from '../recommendations/text.ts'
import { commitmentsOf } from './commitments/commitments.ts'
import { activityEvidence, dealEvidence, quoted } from './evidence.ts'
import { type AccountFacts, clockOf } from './facts.ts'
import { engagementCycle } from './patterns/engagement-cycle.ts'
import { executiveAlignment } from './patterns/executive-alignment.ts'
import { recognise, seenOf } from './patterns/recognise.ts'
import { relationshipOf } from './patterns/relationship.ts'
import { sentimentTrend } from './patterns/sentiment-trend.ts'
import { rhythm } from './rhythm.ts'

/** What is on record about one account, and how its owner decided before. Any order. */
export type MemoryInput = {
  facts: AccountFacts
  /** Earlier recommendations for this account. */
  past: readonly PastRecommendation[]
  /** Of this owner, over all accounts: only what a person accepted or rejected counts as decided. */
  acceptance: History['acceptance']
  /** "Don't suggest this", in force for this account. */
  suppressed: readonly KindName[]
}

const TIMELINE_LENGTH = 50

/** Looks back: what happened, how often there is contact, what was suggested and what became of it. */
export function remember(input: MemoryInput, now: Date): History {
  const clock = clockOf(input.facts, now)
  const touched = input.facts.activities.filter((activity) => isTouch(activity, now))
  const { recent, usual } = rhythm(
    touched.flatMap(({ at }) => (at ? [at] : [])),
    clock,
  )
  const past = input.past.toSorted((a, b) => b.proposedAt.getTime() - a.proposedAt.getTime())
  const seen = seenOf(input.facts, { clock, commitments: promisesIn(input.facts, now) })
  const executives = executiveAlignment(seen)
  return {
    timeline: timelineOf(input, now),
    past,
    rhythm: { recent, usual },
    acceptance: input.acceptance,
    suppressed: [...input.suppressed],
    patterns: recognise(seen),
    sentiment: sentimentTrend(seen.sayings),
    cycle: engagementCycle(seen),
    relationship: relationshipOf(seen, executives),
    executives,
    summary: summaryOf({ touched, recent, usual, past }, clock),
  }
}

/** What one side said it would do; null where nothing was written that could say so. */
function promisesIn(facts: AccountFacts, now: Date): KnownCommitment[] | null {
  if (!facts.activities.some(({ body }) => body)) return null
  return commitmentsOf(facts, now)
    .filter(({ kind }) => kind === 'promise')
    .map(({ madeAt, dueAt, keptBy, evidence }) => ({
      madeAt,
      dueAt,
      keptAt: keptBy?.at ? new Date(keptBy.at) : null,
      evidence: [evidence],
    }))
}

/** Something that has a date, and the words for it should it make the timeline. */
type Moment = { at: Date | null; kind: TimelineEvent['kind']; text(): string; evidence(): Evidence | null }

function timelineOf({ facts, past }: MemoryInput, now: Date): TimelineEvent[] {
  const moments: Moment[] = [
    ...facts.activities.filter(({ completed }) => completed !== false).map(activityMoment),
    ...facts.changes.map(changeMoment),
    ...facts.deals.flatMap(dealMoments),
    ...past.map(decisionMoment),
  ]
  return moments
    .flatMap(({ at, ...moment }) => (at && at <= now ? [{ at, ...moment }] : []))
    .toSorted((a, b) => b.at.getTime() - a.at.getTime())
    .slice(0, TIMELINE_LENGTH)
    .map(({ at, kind, text, evidence }) => ({
      at: at.toISOString(),
      kind,
      text: text(),
      evidence: evidence(),
    }))
}

function activityMoment(activity: Activity): Moment {
  return {
    at: activity.at,
    kind: activity.type,
    text: () => quoted(activity.subject),
    evidence: () => activityEvidence(activity),
  }
}

function changeMoment(change: FieldChange): Moment {
  const { module, recordId, field, at } = change
  return {
    at,
    kind: 'change',
    text: () => changeInWords(change),
    evidence: () => ({ module, recordId, label: `${module} record`, at: at.toISOString(), field }),
  }
}

function dealMoments(deal: Deal): Moment[] {
  const opened: Moment = {
    at: deal.createdAt,
    kind: 'deal',
    text: () => `${quoted(deal.name)} was opened`,
    evidence: () => dealEvidence(deal, 'createdAt', deal.createdAt),
  }
  if (deal.outcome !== 'won' && deal.outcome !== 'lost') return [opened]
  const closed: Moment = {
    at: dateOf(deal.closingDate),
    kind: 'deal',
    text: () => `${quoted(deal.name)} was ${deal.outcome}`,
    evidence: () => dealEvidence(deal, 'closingDate', deal.closingDate),
  }
  return [opened, closed]
}

function decisionMoment({ title, state, reason, decidedAt }: PastRecommendation): Moment {
  return {
    at: decidedAt,
    kind: 'decision',
    text: () => `${quoted(title)} ${state}${reason ? `: ${line(reason, 120)}` : ''}`,
    evidence: () => null,
  }
}

function dateOf(date: string | null): Date | null {
  const at = date === null ? Number.NaN : Date.parse(`${date}T00:00:00Z`)
  return Number.isNaN(at) ? null : new Date(at)
}

function changeInWords({ module, field, old, new: value }: FieldChange): string {
  const record = module === 'Deals' ? 'deal' : 'account'
  if (field === 'record')
    return `${record} ${quoted(value ?? old ?? '')} ${value === null ? 'went' : 'appeared'}`
  // An owner is recorded by id, which tells nobody anything.
  if (field === 'owner') return `${record} owner changed`
  const shown = (text: string | null) => (text === null ? 'empty' : line(text, 60))
  return `${field}: ${shown(old)} → ${shown(value)}`
}

type Remembered = {
  touched: readonly Activity[]
  recent: number
  usual: number
  past: readonly PastRecommendation[]
}

function summaryOf({ touched, recent, usual, past }: Remembered, clock: Clock): string {
  const [last] = touched.toSorted((a, b) => (b.at?.getTime() ?? 0) - (a.at?.getTime() ?? 0))
  const sentences: string[] = []
  if (last?.at) {
    const days = daysSince(last.at, clock)
    const ago = days === 0 ? 'today' : `${count(days, 'day')} ago`
    sentences.push(
      `Last contact ${ago}, on ${dayInWords(last.at, clock)}: ${last.type} ${quoted(last.subject)}.`,
    )
    sentences.push(
      usual > 0
        ? `${count(recent, 'contact')} in the last 30 days, against ${usual.toFixed(1)} per 30 days in the five months before.`
        : `${count(recent, 'contact')} in the last 30 days and none in the five months before.`,
    )
  } else {
    sentences.push('There is no contact on record.')
  }
  const decided = past.filter(({ state }) => state === 'accepted' || state === 'rejected')
  if (decided.length > 0) {
    const accepted = decided.filter(({ state }) => state === 'accepted').length
    sentences.push(`${accepted} of ${count(decided.length, 'earlier suggestion')} accepted.`)
  }
  return sentences.join(' ')
}
