import type { Contact, Deal } from '../model/account.ts'
import type { PatternName } from '../model/pattern.ts'
import type { History, Priority, Rationale, Snapshot } from '../model/review.ts'
import type { Signal, SignalKind } from '../model/signal.ts'
import { addDays, addWorkingDays, localDate, workingDay } from '../recommendations/calendar.ts'
import { dealTopic } from '../recommendations/deal-topic.ts'
import type { TaskPriority } from '../recommendations/define.ts'
import { line } from '../recommendations/text.ts'
import { accountEvidence, dealEvidence, quoted } from './evidence.ts'
import { zoneOf } from './facts.ts'

/** What a suggestion is made because of: a signal, or a pattern put the same way. */
export type Reason = Omit<Signal, 'kind'> & { kind: SignalKind | PatternName }

/** One reason of one account in the author's hands, with what its words are made of. */
export type Case = {
  snapshot: Snapshot
  history: History
  signal: Reason
  /** The deal the signal is about. */
  deal: Deal | null
  priority: Priority
  now: Date
  /** The owner's date. */
  today: string
  zone: string
}

/** A filled form, and what justifies it besides the signal itself. */
export type Proposal = { form: object; also?: Rationale[] }

export const BY_SEVERITY: Record<Signal['severity'], Priority> = {
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  low: 'low',
  info: 'low',
}

export function caseOf(snapshot: Snapshot, history: History, signal: Reason, now: Date): Case {
  const zone = zoneOf(snapshot)
  const deal = snapshot.deals.find(({ id }) => id === signal.subject.recordId) ?? null
  return {
    snapshot,
    history,
    signal,
    deal,
    priority: BY_SEVERITY[signal.severity],
    now,
    today: localDate(now, zone),
    zone,
  }
}

const DUE_WORKING_DAYS: Record<Priority, number> = { critical: 1, high: 2, medium: 5, low: 10 }

export function dueDate({ today, priority }: Case): string {
  return addWorkingDays(today, DUE_WORKING_DAYS[priority])
}

/** Half way to the renewal, and never later than in ten days. */
export function renewalTalkDate({ today, signal }: Case): string {
  const days = Math.min(10, Math.max(2, Math.floor((signal.value ?? 0) / 2)))
  return workingDay(addDays(today, days))
}

const TASK_PRIORITY: Record<Priority, TaskPriority> = {
  critical: 'highest',
  high: 'high',
  medium: 'normal',
  low: 'low',
}

export function taskPriority({ priority }: Case): TaskPriority {
  return TASK_PRIORITY[priority]
}

/** Who to write to: the deal's contact, else whoever was last in contact, else the first we know. */
export function contactFor({ snapshot, deal }: Case): Contact | null {
  const wanted = [deal?.contactId, snapshot.lastTouch?.activity.contactId]
  const known = wanted.map((id) => snapshot.contacts.find((contact) => contact.id === id))
  return known.find((contact) => contact !== undefined) ?? snapshot.contacts[0] ?? null
}

const EXECUTIVE = /\b(chief|c[efiot]o|president|vp|vice president|founder|managing director|head of)\b/i

export function executiveFor({ snapshot }: Case): Contact | null {
  return snapshot.contacts.find(({ title }) => EXECUTIVE.test(title ?? '')) ?? null
}

const FORM_OF_ADDRESS = /^(mr|mrs|ms|miss|mx|dr|prof|sir)\.?$/i

export function firstName(contact: Contact | null): string | null {
  const first = line(contact?.name ?? '', 60)
    .split(' ')
    .find((word) => !FORM_OF_ADDRESS.test(word))
  return first || null
}

/** Names as they stand in a letter: signed by the account's owner, by nobody once they have left. */
export function letterNames({ snapshot: { account, owner } }: Case, contact: Contact | null) {
  return {
    accountName: line(account.name, 80) || 'your company',
    contactName: firstName(contact),
    senderName: owner?.active ? line(owner.name, 80) || null : null,
  }
}

export function has(
  { snapshot }: Case,
  kind: SignalKind,
  severities?: readonly Signal['severity'][],
): boolean {
  return snapshot.signals.some(
    (signal) => signal.kind === kind && (!severities || severities.includes(signal.severity)),
  )
}

/** What else was found about the same record, as sentences for the card. */
export function alsoFound({ snapshot, signal }: Case, kinds: readonly SignalKind[]): Rationale[] {
  return snapshot.signals
    .filter(({ kind, subject }) => kinds.includes(kind) && subject.recordId === signal.subject.recordId)
    .map(({ reason, evidence }) => ({ text: reason, evidence }))
}

export function dealName(deal: Deal | null): string {
  return line(deal?.name ?? '', 80) || 'the deal'
}

/** The deal in a title, which has the account's name already. */
export function titleName({ snapshot, deal }: Case): string {
  if (!deal) return 'the deal'
  const topic = dealTopic(deal.name, snapshot.account.name)
  return topic === null ? quoted(deal.name) : quoted(topic)
}

/** A sentence about the account or deal itself, resting on one of its fields. */
export function said(
  text: string,
  record: { account: Snapshot['account'] } | { deal: Deal },
  field: string,
): Rationale {
  const evidence = 'deal' in record ? dealEvidence(record.deal) : accountEvidence(record.account)
  return { text, evidence: [{ ...evidence, field }] }
}
