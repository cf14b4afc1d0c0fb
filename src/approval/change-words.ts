import type { CrmChange, FieldValue } from '../model/change.ts'
import { differences, sameValue } from '../model/change.ts'
import { type FieldMap, type FieldSpec, fieldByApi } from '../model/field.ts'
import { calendarDay, moment } from '../slack/dates.ts'
import { figure, oneLine, truncate } from '../slack/mrkdwn.ts'

/** A CRM change in a person's words: what moves from what to what, and what will be created. */

export type Vocabulary = {
  fields: FieldMap
  /** Names of CRM users and contacts by id; an id without a name is shown as the id. */
  names: Readonly<Record<string, string>>
  zone: string
  now: Date
}

export type ShownField = {
  api: string
  label: string
  spec: FieldSpec | null
  from: string
  to: string
}

const EMPTY = 'empty'
// Zoho's plumbing: which record it hangs on is said in the lead, and our id means nothing to a person.
const PLUMBING = new Set(['parent', 'parentModule', 'operationId'])
const LONG = new Set(['description', 'content'])

/** Every field the change touches that means something to a person, in the change's order, long texts apart. */
export function shownFields(change: CrmChange, words: Vocabulary): ShownField[] {
  return differences(change)
    .filter(({ field }) => {
      if (change.action === 'update') return true
      const name = nameOf(change, field, words.fields)
      return !(
        PLUMBING.has(name) ||
        LONG.has(name) ||
        (name === 'status' && isNotStarted(change, words.fields))
      )
    })
    .map(({ field, from, to }) => {
      const spec = fieldByApi(words.fields, change.module, field)
      return {
        api: field,
        label: spec?.label ?? field.replaceAll('_', ' '),
        spec,
        from: valueInWords(from, spec, words),
        to: valueInWords(to, spec, words),
      }
    })
}

/** The text a creation carries, such as a task's drafted e-mail; null when it has none. */
export function carriedText(change: CrmChange, fields: FieldMap): { api: string; text: string } | null {
  if (change.action !== 'create') return null
  for (const [api, value] of Object.entries(change.fields)) {
    if (isLongText(change, api, fields) && typeof value === 'string' && value.trim() !== '')
      return { api, text: value }
  }
  return null
}

const NOT_STARTED = 'Not Started'

/** As every new task is: said in the lead, where it takes no field's place. */
export function isNotStarted(change: CrmChange, { Tasks }: FieldMap): boolean {
  return (
    change.action === 'create' &&
    change.module === 'Tasks' &&
    Tasks.status.api !== null &&
    change.fields[Tasks.status.api] === NOT_STARTED
  )
}

export function isLongText(change: CrmChange, api: string, fields: FieldMap): boolean {
  return LONG.has(nameOf(change, api, fields))
}

export function isPlumbing(change: CrmChange, api: string, fields: FieldMap): boolean {
  return PLUMBING.has(nameOf(change, api, fields))
}

/** Our name of a field; its API name when we have none. */
function nameOf(change: CrmChange, api: string, fields: FieldMap): string {
  const found = Object.entries(fields[change.module]).find(
    ([, spec]: [string, FieldSpec]) => spec.api === api,
  )
  return found?.[0] ?? api
}

export function valueInWords(
  value: FieldValue | undefined,
  spec: FieldSpec | null,
  words: Vocabulary,
): string {
  if (value === null || value === undefined || value === '') return EMPTY
  if (typeof value === 'object') return value.name ?? words.names[value.id] ?? value.id
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return figure(value)
  if (spec?.type === 'date') return calendarDay(value, words.now, words.zone)
  if (spec?.type === 'datetime') return instantInWords(value, words.zone)
  return truncate(oneLine(value), 200)
}

function instantInWords(value: string, zone: string): string {
  const instant = new Date(value)
  return Number.isNaN(instant.getTime()) ? value : moment(instant, 'dayTime', zone)
}

/** What an editor changed of the first proposal, e.g. `15 Jan → 31 Jan`; null when nothing. */
export function editsInWords(first: CrmChange, current: CrmChange, words: Vocabulary): string | null {
  if (first.action === 'remove' || current.action === 'remove') return null
  const edited = Object.keys(current.fields).filter(
    (api) => !sameValue(first.fields[api], current.fields[api]),
  )
  if (edited.length === 0) return null
  const parts = edited.map((api) => {
    const spec = fieldByApi(words.fields, current.module, api)
    if (isLongText(current, api, words.fields)) return `${spec?.label ?? api} rewritten`
    const move = `${valueInWords(first.fields[api], spec, words)} → ${valueInWords(current.fields[api], spec, words)}`
    return edited.length === 1 ? move : `${spec?.label ?? api} ${move}`
  })
  return parts.length > 3 ? `${parts.slice(0, 3).join(', ')} and ${parts.length - 3} more` : parts.join(', ')
}

/** A title in the middle of a sentence: "Move close date" → "move close date", but "E-mail", "CRM" stay. */
export function asClause(title: string): string {
  const text = oneLine(title)
  return /^\p{Lu}\p{Ll}/u.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text
}

export const RECORD_WORDS = {
  Accounts: 'account',
  Contacts: 'contact',
  Deals: 'deal',
  Tasks: 'task',
  Events: 'meeting',
  Calls: 'call',
  Notes: 'note',
} as const
