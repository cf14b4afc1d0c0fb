import { isNews, type PatternName } from '../model/pattern.ts'
import type { Confidence, Draft, History, Snapshot } from '../model/review.ts'
import type { SignalKind } from '../model/signal.ts'
import { daysSince } from '../recommendations/calendar.ts'
import { count } from '../recommendations/text.ts'
import { clockOf } from './facts.ts'

/**
 * How sure a suggestion is, from four factors of 0–1. Recency is the age of the observation: "nobody called for
 * 40 days", read from the CRM today, is a fact of today, while an event fades from the day it happened.
 */

const WEIGHTS = { evidence: 0.3, recency: 0.25, pattern: 0.25, history: 0.2 } as const
const HALF_LIFE_DAYS = 14
const NEUTRAL = 0.5
/** With as many decisions as this, a record weighs as much as the neutral prior. */
const PRIOR_DECISIONS = 5
const Z = 1.645

/** Signals that are something that happened; all others describe how things stand. */
const EVENTS: ReadonlySet<SignalKind> = new Set([
  'owner_change',
  'status_change',
  'deal_stage_change',
  'stage_regression',
  'amount_change',
  'high_value_activity',
  'contact_added',
  'new_account',
  'growth',
])

/** Patterns made of what was said or happened: they fade from the newest of it. */
const SPOKEN: ReadonlySet<PatternName> = new Set([
  'executive_changes',
  'sentiment_decline',
  'missed_meetings',
  'feature_adoption',
  'expansion',
  'positive_engagement',
  'renewal_sentiment',
  'budget_concerns',
  'competitor_mentions',
])

export function confidenceOf(draft: Draft, snapshot: Snapshot, history: History, now: Date): Confidence {
  const records = citedRecords(draft)
  const age = observationAge(draft, { snapshot, history, now })
  const recency = age === null ? NEUTRAL : 2 ** (-age / HALF_LIFE_DAYS)
  const outcomes = history.acceptance[draft.kind]
  const factors = {
    evidence: evidenceQuality(records, recency),
    recency,
    pattern: Math.min(1, Math.max(0, draft.pattern.strength)),
    history: pastSuccess(outcomes),
  }
  const score =
    WEIGHTS.evidence * factors.evidence +
    WEIGHTS.recency * factors.recency +
    WEIGHTS.pattern * factors.pattern +
    WEIGHTS.history * factors.history
  return {
    score,
    level: score >= 0.8 ? 'high' : score >= 0.6 ? 'medium' : 'low',
    factors,
    reason: [
      records.size === 1 ? 'one source' : count(records.size, 'source'),
      ageInWords(age),
      ...(outcomes && outcomes.decided > 0
        ? [`accepted ${outcomes.accepted} of ${count(outcomes.decided, 'time')}`]
        : []),
    ].join(', '),
  }
}

/**
 * How often this kind was accepted: the lower end of what the record supports (Wilson), drawn towards neutral
 * while there are few decisions, so that a single "no" does not silence a kind.
 */
export function pastSuccess(outcomes: { accepted: number; decided: number } | undefined): number {
  if (!outcomes || outcomes.decided <= 0) return NEUTRAL
  const { accepted, decided } = outcomes
  const share = Math.min(accepted, decided) / decided
  const z2 = Z ** 2 / decided
  const margin = Z * Math.sqrt((share * (1 - share) + z2 / 4) / decided)
  const lower = Math.max(0, (share + z2 / 2 - margin) / (1 + z2))
  const weight = decided / (decided + PRIOR_DECISIONS)
  return weight * lower + (1 - weight) * NEUTRAL
}

/** Record id → module, of every record the draft cites. */
function citedRecords(draft: Draft): Map<string, string> {
  return new Map(
    draft.rationale.flatMap(({ evidence }) =>
      evidence.map(({ module, recordId }) => [recordId, module] as const),
    ),
  )
}

/** Half for two records, a fifth for two kinds of records, the rest for freshness. */
function evidenceQuality(records: Map<string, string>, recency: number): number {
  const modules = new Set(records.values())
  return 0.5 * Math.min(1, records.size / 2) + 0.2 * Math.min(1, modules.size / 2) + 0.3 * recency
}

/** In days; null when neither the mirror nor an event has a date. */
function observationAge(
  draft: Draft,
  { snapshot, history, now }: { snapshot: Snapshot; history: History; now: Date },
): number | null {
  const clock = clockOf(snapshot, now)
  const mirrorAge = snapshot.asOf ? Math.max(0, daysSince(snapshot.asOf, clock)) : null
  const said = new Set(draft.rationale.map(({ text }) => text))
  const because = snapshot.signals.filter(({ reason }) => said.has(reason))
  const spoken = history.patterns
    .filter(isNews)
    .filter(({ pattern, reason }) => SPOKEN.has(pattern) && said.has(reason))
  const happened = because.length + spoken.length > 0 && because.every(({ kind }) => EVENTS.has(kind))
  if (!happened) return mirrorAge
  const dated = [...because, ...spoken].flatMap(({ evidence }) =>
    evidence.flatMap(({ at }) => (at ? [Date.parse(at)] : [])),
  )
  const times = dated.filter((time) => time <= now.getTime())
  if (times.length === 0) return mirrorAge
  return Math.max(mirrorAge ?? 0, daysSince(new Date(Math.max(...times)), clock))
}

function ageInWords(age: number | null): string {
  if (age === null) return 'age of the data not known'
  return age === 0 ? 'read today' : `${count(age, 'day')} old`
}
