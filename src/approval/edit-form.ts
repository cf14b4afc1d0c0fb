import { DateTime } from 'luxon'
import type { CrmChange, Fields, FieldValue } from '../model/change.ts'
import type { FieldMap, FieldSpec } from '../model/field.ts'
import { fieldByApi } from '../model/field.ts'
import { line, paragraphs } from '../recommendations/text.ts'
import { type Choice, options } from '../slack/blocks.ts'
import { localDate } from '../slack/dates.ts'
import { LIMITS } from '../slack/limits.ts'
import { isLongText, isPlumbing } from './change-words.ts'
import { answerTo, type FormValues } from './form-values.ts'

/** The CRM's own choices by API name. */
export type Picklists = Readonly<Record<string, readonly string[]>>

export type EditableField = { api: string; spec: FieldSpec; value: FieldValue; long: boolean }

/** A field that stays as proposed, and why it cannot be edited here. */
export type FixedField = { api: string; spec: FieldSpec | null; value: FieldValue; why: string }

/** Sorts a change's fields into those a person may edit in Slack and those shown only. */
export function formOf(
  change: CrmChange,
  fields: FieldMap,
  picklists: Picklists,
): { editable: EditableField[]; fixed: FixedField[] } {
  const form = { editable: [] as EditableField[], fixed: [] as FixedField[] }
  if (change.action === 'remove') return form
  for (const [api, value] of Object.entries(change.fields)) {
    if (change.action === 'create' && isPlumbing(change, api, fields)) continue
    const spec = fieldByApi(fields, change.module, api)
    const why = spec ? whyFixed(change, spec, value, picklists[api]) : 'not a field we know'
    if (spec && why === null) form.editable.push({ api, spec, value, long: isLongText(change, api, fields) })
    else form.fixed.push({ api, spec, value, why: why ?? '' })
  }
  return form
}

function whyFixed(
  change: CrmChange,
  spec: FieldSpec,
  value: FieldValue,
  choices: readonly string[] | undefined,
): string | null {
  if (change.action === 'update' && !spec.writable) return 'not to be changed from here'
  if (spec.type === 'lookup') return 'change it in the CRM'
  if (spec.type === 'choice' && options(choicesOf(choices ?? [])).length === 0)
    return "the CRM's list of choices could not be read"
  if (typeof value === 'string' && value.length > LIMITS.inputValue) return 'too long to edit in Slack'
  return null
}

export function choicesOf(picklist: readonly string[]): Choice[] {
  return picklist.map((choice) => ({ text: choice, value: choice }))
}

/** When it is, and in whose zone: what is to be done is not to be done in the past. */
export type EditTime = { now: Date; zone: string }

export type EditResult = { change: CrmChange } | { errors: Record<string, string> }

/**
 * The change as edited, or what is wrong, by block id. Fields the form did not ask for stay as proposed.
 */
export function parseEdit(
  values: FormValues,
  change: CrmChange,
  fields: FieldMap,
  picklists: Picklists,
  time: EditTime,
): EditResult {
  if (change.action === 'remove') return { change }
  const edited: Fields = { ...change.fields }
  const errors: Record<string, string> = {}
  for (const field of formOf(change, fields, picklists).editable) {
    const answer = answerTo(values, field.api)
    if (!answer) continue
    const parsed = parseField(answer.text, field, fields, picklists)
    if ('error' in parsed) errors[answer.blockId] = parsed.error
    else edited[field.api] = parsed.value
  }
  for (const api of passedFields(edited, change, fields, time)) {
    errors[answerTo(values, api)?.blockId ?? api] ??= 'This date has passed.'
  }
  const order = endsBeforeItStarts(edited, change, fields)
  if (order) errors[answerTo(values, order)?.blockId ?? order] ??= 'The end is before the start.'
  return Object.keys(errors).length > 0 ? { errors } : { change: { ...change, fields: edited } }
}

type Parsed = { value: FieldValue } | { error: string }

function parseField(
  text: string | null,
  field: EditableField,
  fields: FieldMap,
  picklists: Picklists,
): Parsed {
  const { api, spec, value: proposed, long } = field
  if (text === null || text.trim() === '') {
    return proposed === null || long ? { value: null } : { error: `${spec.label} cannot be empty.` }
  }
  switch (spec.type) {
    case 'date':
      return DateTime.fromFormat(text, 'yyyy-MM-dd').isValid
        ? { value: text }
        : { error: 'Choose a date that exists.' }
    case 'datetime':
      return parseInstant(text, proposed)
    case 'number':
    case 'money':
      return parseNumber(text, spec, api === fields.Accounts.healthScore.api)
    case 'choice':
      return picklists[api]?.includes(text)
        ? { value: text }
        : { error: `${spec.label} has no such choice in the CRM.` }
    default:
      if (text.length > LIMITS.inputValue)
        return { error: `At most ${LIMITS.inputValue} characters, please.` }
      // Unchanged text stays byte for byte what was proposed.
      if (text === proposed) return { value: proposed }
      return { value: long ? paragraphs(text, LIMITS.inputValue) : line(text, LIMITS.inputValue) }
  }
}

/** Slack gives seconds; the offset stays that of the proposal, so that only the moment moves. */
function parseInstant(text: string, proposed: FieldValue): Parsed {
  const seconds = Number(text)
  if (!Number.isInteger(seconds) || seconds <= 0) return { error: 'Choose a date and time.' }
  const before = typeof proposed === 'string' ? DateTime.fromISO(proposed, { setZone: true }) : null
  if (before?.isValid && before.toSeconds() === seconds) return { value: proposed }
  const moment = DateTime.fromSeconds(seconds, { zone: before?.isValid ? before.zone : 'utc' })
  const iso = moment.toFormat("yyyy-MM-dd'T'HH:mm:ssZZ")
  return moment.isValid ? { value: iso } : { error: 'Choose a date and time.' }
}

function parseNumber(text: string, spec: FieldSpec, isHealthScore: boolean): Parsed {
  const number = Number(text.trim())
  if (!Number.isFinite(number)) return { error: 'Enter a number, such as 12500.' }
  if (isHealthScore && !(Number.isInteger(number) && number >= 0 && number <= 100)) {
    return { error: 'Enter a whole number from 0 to 100.' }
  }
  if (spec.type === 'money' && number < 0) return { error: 'An amount cannot be negative.' }
  if (Math.abs(number) > Number.MAX_SAFE_INTEGER) return { error: 'That number is too large for the CRM.' }
  return { value: number }
}

/** When a new task is due or a new meeting begins, where that lies behind us. Other dates may tell of the past. */
function passedFields(
  edited: Fields,
  change: CrmChange,
  { Tasks, Events }: FieldMap,
  { now, zone }: EditTime,
): string[] {
  const [due, start] = [Tasks.dueDate.api ?? '', Events.startAt.api ?? '']
  if (change.module === 'Tasks') return String(edited[due] ?? '9999') < localDate(now, zone) ? [due] : []
  if (change.module === 'Events') return Date.parse(String(edited[start])) < now.getTime() ? [start] : []
  return []
}

/** The API name of an event's end when it is before its start. */
function endsBeforeItStarts(edited: Fields, change: CrmChange, { Events }: FieldMap): string | null {
  if (change.module !== 'Events' || !Events.startAt.api || !Events.endAt.api) return null
  const [start, end] = [edited[Events.startAt.api], edited[Events.endAt.api]]
  if (typeof start !== 'string' || typeof end !== 'string') return null
  return Date.parse(end) <= Date.parse(start) ? Events.endAt.api : null
}
