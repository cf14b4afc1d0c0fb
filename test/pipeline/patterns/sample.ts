import type { Activity } from '../../../src/model/account.ts'
import type { KnownCommitment, PatternFinding, PatternName } from '../../../src/model/pattern.ts'
import type { AccountFacts } from '../../../src/pipeline/facts.ts'
import { recognise, seenOf } from '../../../src/pipeline/patterns/recognise.ts'
import { ACCOUNT_ID, account, dateIn, facts, NOW, touch } from '../sample-account.ts'

/** What the patterns of an account come to, and the letters and notes they are read from. */

let made = 0

/** Something they said so many days ago: a letter of theirs unless told otherwise. */
export function said(days: number, body: string, change: Partial<Activity> = {}): Activity {
  made += 1
  return touch(days, {
    id: `5900000${String(made).padStart(6, '0')}`,
    module: 'Tasks',
    type: 'email',
    subject: 'Your message',
    body,
    direction: 'inbound',
    ...change,
  })
}

export function meeting(days: number, change: Partial<Activity> = {}): Activity {
  return said(days, '', { module: 'Events', type: 'meeting', subject: 'Review', direction: null, ...change })
}

export function note(days: number, body: string): Activity {
  return said(days, body, { module: 'Notes', type: 'note', subject: 'Note', direction: null })
}

/** A customer whose renewal is so many days away. */
export function renewing(change: Partial<AccountFacts> = {}, days = 40): AccountFacts {
  return facts({ account: account({ renewalDate: dateIn(days) }), ...change })
}

export function promise(change: Partial<KnownCommitment> & { due: number }): KnownCommitment {
  const { due, ...more } = change
  const evidence = [{ module: 'Accounts' as const, recordId: ACCOUNT_ID, label: 'Account', at: null }]
  return { madeAt: daysBefore(60), dueAt: daysBefore(due), keptAt: null, evidence, ...more }
}

export function daysBefore(days: number): Date {
  return new Date(NOW.getTime() - days * 86_400_000)
}

export function findingsOf(
  of: AccountFacts,
  { commitments = null, now = NOW }: { commitments?: readonly KnownCommitment[] | null; now?: Date } = {},
): Record<PatternName, PatternFinding> {
  const clock = { now, zone: of.owner?.zone ?? 'UTC' }
  const found = recognise(seenOf(of, { clock, commitments }))
  return Object.fromEntries(found.map((each) => [each.pattern, each])) as Record<PatternName, PatternFinding>
}
