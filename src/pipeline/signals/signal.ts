import type { Account, Deal } from '../../model/account.ts'
import type { Severity, Signal, SignalKind } from '../../model/signal.ts'
import type { Clock } from '../../recommendations/calendar.ts'
import type { AccountFacts } from '../facts.ts'

/** Looks for one thing in the facts. Pure; what it cannot measure it leaves out. */
export type Detector = (facts: AccountFacts, clock: Clock) => Signal[]

export function onAccount(
  kind: SignalKind,
  severity: Severity,
  account: Account,
  found: Pick<Signal, 'reason' | 'evidence' | 'value'>,
): Signal {
  return { kind, severity, ...found, subject: { module: 'Accounts', recordId: account.id } }
}

export function onDeal(
  kind: SignalKind,
  severity: Severity,
  deal: Deal,
  found: Pick<Signal, 'reason' | 'evidence' | 'value'>,
): Signal {
  return { kind, severity, ...found, subject: { module: 'Deals', recordId: deal.id } }
}
