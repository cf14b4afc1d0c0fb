import {
  type KnownCommitment,
  type PatternFamily,
  type PatternFinding,
  type PatternName,
  PatternName as PatternNames,
} from '../../model/pattern.ts'
import { SignalKind } from '../../model/signal.ts'
import { addDays, type Clock, daysSince, localDate } from '../../recommendations/calendar.ts'
import { line } from '../../recommendations/text.ts'
import { type AccountFacts, inOrder, isCustomer, isWatched, touches } from '../facts.ts'
import { renewalDue } from '../signals/renewal.ts'
import { DETECTORS } from '../signals/table.ts'
import { notDue, type PatternDetector, type Seen, type Verdict } from './pattern.ts'
import { sayingsOf } from './sayings.ts'
import { PATTERNS } from './table.ts'

/** A pattern less sure than this is not reported: a wrong alarm costs more the nearer it comes to a letter. */
const FLOORS: Readonly<Record<PatternFamily, number>> = { churn: 0.7, upsell: 0.6, renewal: 0.65 }
const REASON_LENGTH = 300

/** @param commitments null when nobody keeps them */
export function seenOf(
  facts: AccountFacts,
  { clock, commitments }: { clock: Clock; commitments: readonly KnownCommitment[] | null },
): Seen {
  // Newest first and no more than a snapshot carries, but with all the changes there are: half a year of them.
  const known = { ...inOrder(facts, clock.now), changes: facts.changes.filter(({ at }) => at <= clock.now) }
  const [renewal = null] = renewalDue(known, clock)
  const touched = touches(known, clock.now).map((touch) => ({
    ...touch,
    daysAgo: daysSince(touch.at, clock),
  }))
  return { facts: known, clock, touched, sayings: sayingsOf(known, clock), renewal, commitments }
}

/** Every pattern of the table, in its order: found, not found, or not measured and why. */
export function recognise(seen: Seen): PatternFinding[] {
  const findings = Object.values(PATTERNS).map((detector) => findingOf(detector, seen))
  return findings.map((finding) => {
    if (finding.state !== 'found') return finding
    const { yieldsTo } = PATTERNS[finding.pattern]
    return {
      ...finding,
      saidBy: yieldsTo.find((other) => saysTheSame(other, finding, { seen, findings })) ?? null,
    }
  })
}

function findingOf(detector: PatternDetector, seen: Seen): PatternFinding {
  const { pattern, family, windowDays } = detector
  const to = localDate(seen.clock.now, seen.clock.zone)
  const shared = { pattern, family, window: { from: addDays(to, 1 - windowDays), to } }
  const verdict = applies(family, seen) ?? detector.detect(seen)
  const reason = line(verdict.reason, REASON_LENGTH)
  if (verdict.state !== 'found') return { ...shared, ...verdict, reason }
  if (verdict.confidence < FLOORS[family] || verdict.evidence.length === 0) {
    return { ...shared, state: 'not found', reason: line(`Not sure enough to say: ${reason}`, REASON_LENGTH) }
  }
  return { ...shared, ...verdict, reason, saidBy: null }
}

/** Null when the family is looked for in such an account; else why it is not. */
function applies(family: PatternFamily, { facts, renewal }: Seen): Verdict | null {
  if (facts.account.status === 'closed') return notDue('The account is closed.')
  if (family === 'churn') {
    return isWatched(facts) ? null : notDue('Neither a customer nor an open deal: there is nothing to lose.')
  }
  if (!isCustomer(facts)) return notDue('Not a customer yet.')
  if (family === 'upsell' || renewal) return null
  return facts.account.renewalDate === null
    ? { state: 'not measured', missing: 'a renewal date', reason: 'Not measured: it needs a renewal date.' }
    : notDue('No renewal is due within 90 days.')
}

/**
 * A signal about the account says it; signals about deals say it when every deal cited has one. Among patterns the
 * one that is yielded to must be found.
 */
function saysTheSame(
  other: SignalKind | PatternName,
  finding: Extract<PatternFinding, { state: 'found' }>,
  { seen, findings }: { seen: Seen; findings: readonly PatternFinding[] },
): boolean {
  const isPattern = PatternNames.safeParse(other).success && other !== finding.pattern
  if (isPattern && findings.some(({ pattern, state }) => pattern === other && state === 'found')) return true
  const kind = SignalKind.safeParse(other).data
  const signals = kind ? DETECTORS[kind](seen.facts, seen.clock) : []
  if (signals.some(({ subject }) => subject.module === 'Accounts')) return true
  const deals = new Set(signals.map(({ subject }) => subject.recordId))
  return deals.size > 0 && finding.evidence.every(({ recordId }) => deals.has(recordId))
}
