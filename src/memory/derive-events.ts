import type { MemoryKind, MemorySource } from '../model/memory.ts'
import type { OnRecord } from '../store/memory-source.ts'
import type { EventRow } from '../store/memory-writes.ts'
import { fold, legible } from './fold.ts'

/** What happened to an account, one event per source. What is only planned has not happened. */

const LONGEST_TITLE = 300
const LONGEST_TEXT = 8_000

export function eventsOf(onRecord: OnRecord): EventRow[] {
  return [
    ...activityEvents(onRecord),
    ...dealEvents(onRecord),
    ...changeEvents(onRecord),
    ...decisionEvents(onRecord),
    ...outcomeEvents(onRecord),
  ]
}

type Told = {
  key: string
  kind: MemoryKind
  source: MemorySource
  recordId: string
  at: Date | null
  title: string
  text?: string | null
  contactId?: string | null
  dealId?: string | null
}

/** Without a date nothing can be placed in time, and is left to the CRM. */
export function eventRow(
  { id: accountId, ownerId }: { id: string; ownerId: string | null },
  { at, title, text, ...told }: Told,
): EventRow[] {
  if (at === null) return []
  const [shortTitle, body] = [legible(title, LONGEST_TITLE), legible(text ?? '', LONGEST_TEXT)]
  return [
    {
      contactId: null,
      dealId: null,
      url: null,
      by: null,
      mergedInto: null,
      ...told,
      accountId,
      ownerId,
      at,
      title: shortTitle,
      text: body,
      folded: fold(`${shortTitle} ${body}`),
    },
  ]
}

function activityEvents({ account, activities }: OnRecord): EventRow[] {
  return activities
    .filter(({ completed }) => completed !== false)
    .flatMap(({ id, module, type, at, createdAt, subject, body, contactId, dealId }) =>
      eventRow(account, {
        key: `${module}:${id}`,
        kind: type,
        source: module,
        recordId: id,
        at: at ?? createdAt,
        title: subject,
        text: body,
        contactId,
        dealId,
      }),
    )
}

function dealEvents({ account, deals }: OnRecord): EventRow[] {
  return deals.flatMap(({ id, name, createdAt, outcome, closingDate, contactId }) => {
    const deal = { kind: 'deal', source: 'Deals', recordId: id, dealId: id, contactId } as const
    const opened = eventRow(account, {
      ...deal,
      key: `Deals:${id}:opened`,
      at: createdAt,
      title: `Deal “${name}” was opened`,
    })
    if (outcome !== 'won' && outcome !== 'lost') return opened
    const closed = { ...deal, key: `Deals:${id}:${outcome}`, at: noonOf(closingDate) }
    return [...opened, ...eventRow(account, { ...closed, title: `Deal “${name}” was ${outcome}` })]
  })
}

/** Changes of records that are gone are left out with them, but for the going itself of a deal. */
function changeEvents({ account, contacts, deals, changes }: OnRecord): EventRow[] {
  const names = new Map<string, string>([
    [account.id, account.name],
    ...deals.map(({ id, name }) => [id, name] as const),
    ...contacts.map(({ id, name }) => [id, name] as const),
  ])
  return changes.flatMap(({ id, module, recordId, field, old, new: now, at }) => {
    if (module !== 'Accounts' && module !== 'Deals' && module !== 'Contacts') return []
    const name = names.get(recordId)
    const wentDeal = module === 'Deals' && field === 'record' && now === null
    if (name === undefined && !wentDeal) return []
    return eventRow(account, {
      key: `changes:${id}`,
      kind: 'change',
      source: module,
      recordId,
      at,
      title: changeInWords(RECORD[module], name ?? old ?? '', { field, old, new: now }),
      dealId: module === 'Deals' ? recordId : null,
      contactId: module === 'Contacts' ? recordId : null,
    })
  })
}

const RECORD = { Accounts: 'Account', Deals: 'Deal', Contacts: 'Contact' } as const

function changeInWords(
  record: string,
  name: string,
  { field, old, new: now }: { field: string; old: string | null; new: string | null },
): string {
  if (field === 'record') return `${record} “${name}” ${now === null ? 'went' : 'appeared'}`
  // An owner is recorded by id, which tells nobody anything.
  if (field === 'owner') return `${record} “${name}” changed its owner`
  return `${record} “${name}”: ${inWords(field)} ${old ?? 'empty'} → ${now ?? 'empty'}`
}

/** `annualRevenue` → `annual revenue`. */
export const inWords = (field: string): string =>
  field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

const DECIDED: Record<string, string> = {
  approved: 'Approved',
  rejected: 'Rejected',
  expired: 'Not decided in time',
}

function decisionEvents({ account, decisions }: OnRecord): EventRow[] {
  return decisions.flatMap(({ id, state, title, decidedBy, decidedAt, reason, edited }) => {
    const who = state === 'expired' || !decidedBy ? '' : ` by ${decidedBy}`
    const how = state === 'approved' && edited ? ' after editing' : ''
    return eventRow(account, {
      key: `approvals:${id}`,
      kind: 'decision',
      source: 'approvals',
      recordId: id,
      at: decidedAt,
      title: `${DECIDED[state] ?? state}${how}${who}: “${title}”`,
      text: state === 'rejected' ? reason : null,
    })
  })
}

const CAME_TO: Record<string, string> = {
  applied: 'Written to the CRM',
  conflict: 'Not written, because the record had changed meanwhile',
  failed: 'Could not be written',
}

function outcomeEvents({ account, outcomes }: OnRecord): EventRow[] {
  return outcomes.flatMap(({ id, state, title, isUndo, error, finishedAt }) => {
    const undone = isUndo && state === 'applied'
    const came = undone ? 'Taken back' : `${isUndo ? 'Taking back: ' : ''}${CAME_TO[state] ?? state}`
    return eventRow(account, {
      key: `operations:${id}:${state}`,
      kind: 'outcome',
      source: 'operations',
      recordId: id,
      at: finishedAt,
      title: `${came}: “${title}”`,
      text: state === 'applied' ? null : error,
    })
  })
}

/** A day as an instant that falls on that day in nearly every zone. */
function noonOf(day: string | null): Date | null {
  const at = day === null ? Number.NaN : Date.parse(`${day}T12:00:00Z`)
  return Number.isNaN(at) ? null : new Date(at)
}
