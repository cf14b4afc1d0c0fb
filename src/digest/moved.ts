import { DEFAULT_FIELDS, type FieldSpec, type Module } from '../model/field.ts'
import { calendarDay } from '../slack/dates.ts'
import { figure, oneLine, truncate } from '../slack/mrkdwn.ts'
import type { changes } from '../store/schema.ts'

/** One thing that changed in the CRM, ready to be told. */
export type Moved = {
  accountId: string
  accountName: string
  recordId: string
  /** Our name of the field; `record` for a record that appeared or went. */
  field: string
  /** E.g. `Close date 30 Nov → 15 Jan`, `New deal`. */
  text: string
  /** The same without a figure in it, for places where amounts are not shown. */
  discreet: string
  at: Date
}

type ChangeRow = Pick<
  typeof changes.$inferSelect,
  'module' | 'recordId' | 'accountId' | 'field' | 'old' | 'new' | 'at'
>

// They move with everything else and say nothing of their own, or are too long to tell in a line.
const UNINTERESTING = new Set([
  'createdAt',
  'modifiedAt',
  'lastActivityAt',
  'stageChangedAt',
  'description',
  'website',
])
const TOLD: ReadonlySet<Module> = new Set(['Accounts', 'Deals', 'Contacts'])
const RECORD: Partial<Record<Module, string>> = { Accounts: 'account', Deals: 'deal', Contacts: 'contact' }

/** What of the mirror's changes is worth telling a person; changes without a known account are left out. */
export function movedItems(
  rows: readonly ChangeRow[],
  accountNames: ReadonlyMap<string, string>,
  { zone, now }: { zone: string; now: Date },
): Moved[] {
  return rows.flatMap((row) => {
    const accountName = row.accountId === null ? undefined : accountNames.get(row.accountId)
    if (row.accountId === null || accountName === undefined) return []
    if (!TOLD.has(row.module) || UNINTERESTING.has(row.field)) return []
    const { text, discreet } = words(row, { zone, now })
    return [
      {
        accountId: row.accountId,
        accountName,
        recordId: row.recordId,
        field: row.field,
        text,
        discreet,
        at: row.at,
      },
    ]
  })
}

/** What is left of several changes of one field: from the first value to the last, nothing when those are the same. */
export function netChanges<Row extends ChangeRow>(rows: readonly Row[]): Row[] {
  const fields = new Map<string, Row[]>()
  for (const row of rows) {
    const key = `${row.recordId} ${row.field}`
    fields.set(key, [...(fields.get(key) ?? []), row])
  }
  return [...fields.values()].flatMap((moves) => {
    const inOrder = moves.toSorted((a, b) => a.at.getTime() - b.at.getTime())
    const [first, last] = [inOrder[0], inOrder.at(-1)]
    if (!first || !last || (first.old ?? '') === (last.new ?? '')) return []
    return [{ ...last, old: first.old }]
  })
}

function words(row: ChangeRow, reader: { zone: string; now: Date }): { text: string; discreet: string } {
  const record = RECORD[row.module] ?? 'record'
  if (row.field === 'record') {
    const text = row.new === null ? `A ${record} was removed` : `New ${record}`
    return { text: `${text}${named(row.new ?? row.old)}`, discreet: text }
  }
  const spec = specOf(row)
  const label = spec?.label ?? row.field
  const shown = `${label} ${value(row.old, spec, reader)} → ${value(row.new, spec, reader)}`
  const isDate = spec?.type === 'date' || spec?.type === 'choice'
  return { text: shown, discreet: isDate ? shown : `${label} changed` }
}

function named(name: string | null): string {
  return name ? `: ${truncate(oneLine(name), 60)}` : ''
}

function specOf({ module, field }: ChangeRow): FieldSpec | undefined {
  const specs: Record<string, FieldSpec> = DEFAULT_FIELDS[module]
  return Object.hasOwn(specs, field) ? specs[field] : undefined
}

function value(
  text: string | null,
  spec: FieldSpec | undefined,
  { zone, now }: { zone: string; now: Date },
): string {
  if (text === null || text === '') return 'empty'
  if (spec?.type === 'date' || spec?.type === 'datetime') return calendarDay(text, now, zone)
  const number = Number(text)
  if ((spec?.type === 'money' || spec?.type === 'number') && Number.isFinite(number)) return figure(number)
  return truncate(oneLine(text), 60)
}
