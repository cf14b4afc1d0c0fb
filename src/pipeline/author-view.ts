import type { Activity } from '../model/account.ts'
import type { Draft, History, Snapshot } from '../model/review.ts'
import type { Evidence } from '../model/signal.ts'
import { localDate } from '../recommendations/calendar.ts'
import { line } from '../recommendations/text.ts'
import { accountEvidence, activityEvidence, contactEvidence, dealEvidence } from './evidence.ts'
import { zoneOf } from './facts.ts'

/**
 * An account as the model sees it: lines with marks of our own instead of the CRM's ids, so that it can name no record
 * that is not in front of it.
 */
export type View = {
  text: string
  /** What each mark stands for. */
  evidence: ReadonlyMap<string, Evidence>
  contacts: ReadonlyMap<string, string>
  deals: ReadonlyMap<string, string>
}

const ACTIVITIES = 30
const CHANGES = 20
const RECORDS = 25
const PAST = 10
const BODY = 400

/** @param hide makes text harmless to send: masks people and secrets, and marks what is data */
export function viewOf(
  { snapshot, history, proposed }: { snapshot: Snapshot; history: History; proposed: readonly Draft[] },
  now: Date,
  hide: (text: string) => string,
): View {
  const evidence = new Map<string, Evidence>()
  const contacts = new Map<string, string>()
  const deals = new Map<string, string>()
  const said = (text: string | null, limit = 120) =>
    text === null ? 'not given' : `"${hide(line(text, limit))}"`
  const mark = (letter: string, index: number, source: Evidence): string => {
    const name = `${letter}${index + 1}`
    evidence.set(name, source)
    return name
  }
  const { account } = snapshot
  const account1 = mark('R', 0, accountEvidence(account))
  const lines = [
    `Today: ${localDate(now, zoneOf(snapshot))}`,
    `${account1} account ${said(account.name)}; status ${said(account.statusText, 40)}; industry ${said(account.industry, 60)}; ${snapshot.isCustomer ? 'a customer' : 'not a customer yet'}; renewal date ${account.renewalDate ?? 'not given'}; payment ${account.paymentStatus}`,
    `Owner: ${said(snapshot.owner?.name ?? null, 80)}`,
    '',
    'Contacts',
    ...snapshot.contacts.slice(0, RECORDS).map((contact, index) => {
      const name = mark('C', index, contactEvidence(contact))
      contacts.set(name, contact.id)
      return `${name} ${said(contact.name, 80)}; ${said(contact.title, 80)}`
    }),
    '',
    'Deals',
    ...snapshot.deals.slice(0, RECORDS).map((deal, index) => {
      const name = mark('D', index, dealEvidence(deal))
      deals.set(name, deal.id)
      return `${name} ${said(deal.name)}; ${deal.outcome}; stage ${said(deal.stage, 60)}; amount ${deal.amount ?? 'not given'}; closes ${deal.closingDate ?? 'not given'}; next step ${said(deal.nextStep, 200)}`
    }),
    '',
    'What was measured',
    ...snapshot.signals.map((signal, index) => {
      const [first] = signal.evidence
      const name = first ? mark('S', index, first) : `S${index + 1}`
      return `${name} ${signal.severity}: ${hide(line(signal.reason, 300))}`
    }),
    '',
    'What happened, newest first',
    ...snapshot.activities.slice(0, ACTIVITIES).map((activity, index) =>
      activityLine(mark('A', index, activityEvidence(activity)), activity, {
        zone: zoneOf(snapshot),
        hide,
      }),
    ),
    '',
    'What changed in the CRM',
    ...snapshot.changes
      .slice(0, CHANGES)
      .map(
        ({ field, old, new: value, at }) =>
          `${localDate(at, zoneOf(snapshot))} ${field}: ${said(old, 60)} → ${said(value, 60)}`,
      ),
    '',
    `Looking back: ${hide(line(history.summary, 600))}`,
    'What was suggested before',
    ...history.past
      .slice(0, PAST)
      .map(
        ({ kind, title, state, reason }) =>
          `${kind} ${said(title)}: ${state}${reason ? `, ${said(reason)}` : ''}`,
      ),
    '',
    'What the rules would suggest',
    ...proposed.map(
      ({ kind, subject, priority, rationale }) =>
        `${kind} about ${[...deals].find(([, id]) => id === subject.recordId)?.[0] ?? account1}, ${priority}: ${hide(line(rationale[0]?.text ?? '', 300))}`,
    ),
  ]
  return { text: lines.join('\n'), evidence, contacts, deals }
}

function activityLine(
  name: string,
  { type, at, subject, body, completed }: Activity,
  { zone, hide }: { zone: string; hide: (text: string) => string },
): string {
  const when = at ? localDate(at, zone) : 'no date'
  const state = completed === false ? ' (planned)' : ''
  const text = body ? `: "${hide(line(body, BODY))}"` : ''
  return `${name} ${when} ${type}${state} "${hide(line(subject, 120))}"${text}`
}
