import type { Activity } from '../../model/account.ts'
import type { KnownCommitment, PatternFamily, PatternName } from '../../model/pattern.ts'
import type { Evidence, Signal, SignalKind } from '../../model/signal.ts'
import type { Clock } from '../../recommendations/calendar.ts'
import type { AccountFacts } from '../facts.ts'
import type { Saying } from './sayings.ts'

export type Touched = Activity & { at: Date; daysAgo: number }

/** What a detector looks at. */
export type Seen = {
  facts: AccountFacts
  clock: Clock
  /** Contact that happened, newest first. */
  touched: readonly Touched[]
  /** What the customer's people said, and what was noted about them, newest first. */
  sayings: readonly Saying[]
  /** The renewal that is due within 90 days; null when there is none. */
  renewal: Signal | null
  /** Null when nobody keeps them. */
  commitments: readonly KnownCommitment[] | null
}

/** What a detector comes to. It finds and counts; whether that is sure enough, and news, is decided outside. */
export type Verdict =
  | { state: 'found'; confidence: number; strength: number; reason: string; evidence: Evidence[] }
  | { state: 'not found'; reason: string }
  | { state: 'not measured'; missing: string | null; reason: string }

export type PatternDetector = {
  pattern: PatternName
  family: PatternFamily
  /** How many days it looks back, today included. */
  windowDays: number
  /** What says the same with more right: a signal, or a pattern further up in the table. */
  yieldsTo: readonly (SignalKind | PatternName)[]
  detect(seen: Seen): Verdict
}

export function notFound(reason: string): Verdict {
  return { state: 'not found', reason }
}

/** @param missing the data it needs, e.g. "a renewal date" */
export function lacking(missing: string): Verdict {
  return { state: 'not measured', missing, reason: `Not measured: it needs ${missing}.` }
}

/** It does not apply to such an account, or not yet. */
export function notDue(reason: string): Verdict {
  return { state: 'not measured', missing: null, reason }
}

/** Records cited, at most: a person opens three, not thirty. */
export const MOST_CITED = 5

/** 0–1. */
export function share(value: number): number {
  return Math.min(1, Math.max(0, value))
}
