import { entityId } from '../model/memory.ts'
import type { OnRecord } from '../store/memory-source.ts'
import type { FactRow } from '../store/memory-writes.ts'
import { inWords } from './derive-events.ts'
import { fold, legible } from './fold.ts'

/** What was so from when to when: the values of the followed fields, as their changes tell it, up to what they are now. */

type Subject = {
  module: 'Accounts' | 'Contacts' | 'Deals'
  kind: 'account' | 'contact' | 'deal'
  id: string
  name: string
  createdAt: Date | null
  contactId: string | null
  now: Record<string, string | number | null>
}

export function factsOf(onRecord: OnRecord): FactRow[] {
  const { account, changes } = onRecord
  const moved = new Map<string, OnRecord['changes']>()
  for (const change of changes) {
    const place = `${change.module}:${change.recordId}:${change.field}`
    moved.set(place, [...(moved.get(place) ?? []), change])
  }
  return subjectsOf(onRecord).flatMap((subject) =>
    Object.entries(subject.now).flatMap(([field, now]) => {
      const history = moved.get(`${subject.module}:${subject.id}:${field}`) ?? []
      return spans(subject, field, { now: now === null ? null : String(now), history, accountId: account.id })
    }),
  )
}

function subjectsOf({ account, contacts, deals }: OnRecord): Subject[] {
  const { id, name, createdAt, statusText: status, industry, annualRevenue, renewalDate } = account
  return [
    {
      module: 'Accounts',
      kind: 'account',
      id,
      name,
      createdAt,
      contactId: null,
      now: { status, industry, annualRevenue, renewalDate },
    },
    ...deals.map(({ id, name, createdAt, stage, amount, closingDate, nextStep }) => ({
      module: 'Deals' as const,
      kind: 'deal' as const,
      id,
      name,
      createdAt,
      contactId: null,
      now: { stage, amount, closingDate, nextStep },
    })),
    ...contacts.map(({ id, name, createdAt, title }) => ({
      module: 'Contacts' as const,
      kind: 'contact' as const,
      id,
      name,
      createdAt,
      contactId: id,
      now: { title },
    })),
  ]
}

type Values = { now: string | null; history: OnRecord['changes']; accountId: string }

/** Each change ends what was so before; the last value still holds. Of an empty field there is nothing to say. */
function spans(subject: Subject, field: string, { now, history, accountId }: Values): FactRow[] {
  let from = subject.createdAt
  const facts: FactRow[] = []
  const add = (value: string | null, validTo: Date | null) => {
    if (value === null || value === '') return
    const statement = legible(`${subject.name}: ${inWords(field)} ${value}`, 500)
    facts.push({
      key: `${subject.module}:${subject.id}:${field}:${facts.length}`,
      accountId,
      contactId: subject.contactId,
      entityId: entityId(subject.kind, subject.id),
      statement,
      source: subject.module,
      recordId: subject.id,
      validFrom: from,
      validTo,
      folded: fold(statement),
    })
  }
  for (const { old, at } of history) {
    add(old, at)
    from = at
  }
  add(now, null)
  return facts
}
