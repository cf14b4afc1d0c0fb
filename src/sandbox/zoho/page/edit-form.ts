import type { ModuleName, ZohoRecord, ZohoValue } from '../../data/crm-data.ts'
import { at } from '../../data/days.ts'
import { type Field, SCHEMA } from '../schema.ts'
import { lookupId, type ZohoState } from '../state.ts'
import { type Html, html } from './html.ts'

/** What was sent and refused, shown again with the reason. */
export type Refused = { sent: Record<string, string>; reason: string }

/** The form that changes a record as a person would. It knows what it began with, and sends back only what differs. */
export function editForm(
  state: ZohoState,
  {
    base,
    module,
    record,
    refused,
  }: { base: string; module: ModuleName; record: ZohoRecord; refused?: Refused },
): Html {
  const owner = lookupId(record.Owner)
  return html`<dialog id="edit"${refused ? html` data-show` : null} aria-label="Edit">
<form method="post" action="${base}/records/${module}/${record.id}">
  <header><h2>Edit ${module.slice(0, -1).toLowerCase()}</h2></header>
  ${refused && html`<p class="alert" role="alert">${refused.reason}</p>`}
  <p class="alert note" id="moved" role="status" hidden>This record was changed while the form was open. Saving writes only the fields you touch.</p>
  <div class="fields">${editable(module).map((field) => {
    const was = formValue(field, record[field.api])
    const wide = field.type === 'textarea' ? 'wide' : ''
    return html`<label class="${wide}">${field.label}
      <input type="hidden" name="was.${field.api}" value="${was}">
      ${input(field, refused?.sent[field.api] ?? was, state)}</label>`
  })}</div>
  <footer>
    <label>Editing as <select name="by">${state.people.flatMap((person) =>
      person.crmId === null
        ? []
        : [
            html`<option value="${person.crmId}"${person.crmId === owner ? html` selected` : null}>${person.name}</option>`,
          ],
    )}</select></label>
    <button type="button" class="push" data-close>Cancel</button>
    <button class="primary">Save</button>
  </footer>
</form>
</dialog>`
}

function editable(module: ModuleName): Field[] {
  return SCHEMA[module].filter(
    (field) =>
      !field.readOnly &&
      field.type !== 'lookup' &&
      field.type !== 'participants' &&
      !field.api.startsWith('$'),
  )
}

function input(field: Field, value: string, state: ZohoState): Html {
  const { api } = field
  if (field.type === 'picklist' || field.type === 'boolean') {
    const choices = field.type === 'boolean' ? ['true', 'false'] : (field.choices ?? [])
    return select(
      api,
      value,
      choices.map((choice) => ({ value: choice, label: choice })),
      field.mandatory ?? false,
    )
  }
  if (field.type === 'ownerlookup') {
    const people = state.people.flatMap((person) =>
      person.crmId === null ? [] : [{ value: person.crmId, label: person.name }],
    )
    return select(api, value, people, true)
  }
  if (field.type === 'textarea') return html`<textarea name="${api}">${value}</textarea>`
  const required = field.mandatory ? html` required` : null
  return html`<input name="${api}" type="${INPUT_TYPES[field.type] ?? 'text'}" value="${value}"${required}${
    field.type === 'currency' || field.type === 'double' ? html` step="any"` : null
  }>`
}

const INPUT_TYPES: Partial<Record<Field['type'], string>> = {
  date: 'date',
  datetime: 'datetime-local',
  integer: 'number',
  currency: 'number',
  double: 'number',
  email: 'email',
  phone: 'tel',
}

function select(
  name: string,
  value: string,
  choices: { value: string; label: string }[],
  always: boolean,
): Html {
  return html`<select name="${name}">${!always || value === '' ? html`<option value=""></option>` : null}${choices.map(
    (choice) =>
      html`<option value="${choice.value}"${choice.value === value ? html` selected` : null}>${choice.label}</option>`,
  )}</select>`
}

/** A value as an input holds it: instants in the organisation's time, to the minute. */
function formValue(field: Field, value: ZohoValue | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'object') return lookupId(value) ?? ''
  return field.type === 'datetime' ? String(value).slice(0, 16) : String(value)
}

/** The fields a submitted form changes, in the form the API takes. */
export function changedFields(module: ModuleName, sent: Record<string, string>): Record<string, unknown> {
  const changed: Record<string, unknown> = {}
  for (const field of editable(module)) {
    // Browsers send line ends as CR LF whatever the text had.
    const value = sent[field.api]?.replaceAll('\r\n', '\n')
    if (value === undefined || value === sent[`was.${field.api}`]?.replaceAll('\r\n', '\n')) continue
    changed[field.api] = value === '' ? null : readInput(field, value)
  }
  return changed
}

function readInput(field: Field, text: string): unknown {
  switch (field.type) {
    case 'integer':
    case 'double':
    case 'currency':
      return Number(text)
    case 'boolean':
      return text === 'true'
    case 'datetime': {
      const [day = '', hour = '0', minute = '0'] = text.split(/[T:]/)
      const instant = at(day, Number(hour) * 60 + Number(minute))
      return Number.isNaN(instant.getTime()) ? text : `${instant.toISOString().slice(0, 19)}+00:00`
    }
    default:
      return text
  }
}
