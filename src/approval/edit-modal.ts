import type { KnownBlock, ModalView } from '@slack/types'
import type { CrmChange, Fields, FieldValue } from '../model/change.ts'
import type { FieldMap } from '../model/field.ts'
import { context, fieldsSection, section } from '../slack/blocks.ts'
import { date } from '../slack/dates.ts'
import { type InputElement, input, modal, select, textInput } from '../slack/inputs.ts'
import { type Mrkdwn, mrkdwn } from '../slack/mrkdwn.ts'
import { type CardRef, encodeRef } from './card-ref.ts'
import { asClause, RECORD_WORDS, type Vocabulary, valueInWords } from './change-words.ts'
import { choicesOf, type EditableField, formOf, type Picklists } from './edit-form.ts'

export type EditFacts = CardRef & {
  account: { name: string }
  /** The recommendation's title. */
  title: string
  change: CrmChange
  /** What the record holds now; null when it could not be read, then as of the proposal. */
  inCrm: Fields | null
  fields: FieldMap
  names: Readonly<Record<string, string>>
  picklists: Picklists
  expiresAt: Date
  zone: string
  now: Date
  /** The record moved while the form was open, and this shows the new values. */
  refreshed: boolean
}

/**
 * One typed input per field, filled with the proposal. Each input's action id is the field's API name, and
 * its block id names the version: Slack keeps what was typed under a block id it has seen before.
 */
export function editModal(facts: EditFacts): ModalView {
  const { editable, fixed } = formOf(facts.change, facts.fields, facts.picklists)
  const shownOnly = fixed.map(({ spec, api, value, why }) => ({
    label: spec?.label ?? api.replaceAll('_', ' '),
    value: mrkdwn`${valueInWords(value, spec, facts)} _(${why})_`,
  }))
  const blocks: KnownBlock[] = [
    ...(facts.refreshed
      ? [
          section(
            mrkdwn`*The record changed in Zoho while you were editing.* Here are the values as they are now; please look again.`,
          ),
        ]
      : []),
    section(lead(facts)),
    ...editable.map((field) =>
      input({
        blockId: `${field.api}:v${facts.version}`,
        label: field.spec.label,
        element: elementFor(field, facts.picklists),
        ...(facts.change.action === 'update' && { hint: `In Zoho now: ${inZohoNow(field, facts)}` }),
        optional: field.value === null || field.long,
      }),
    ),
    ...(shownOnly.length > 0 ? [fieldsSection(shownOnly)] : []),
    context([
      mrkdwn`Approving writes exactly these values to Zoho. Nothing is written if you close this. Expires ${date(facts.expiresAt, 'dayTime', facts.zone)}.`,
    ]),
  ]
  return modal({
    title: 'Edit suggestion',
    callback: 'approval.edit',
    metadata: encodeRef(facts),
    submit: 'Approve edit',
    blocks,
  })
}

function lead({ account, title, change }: EditFacts): Mrkdwn {
  const proposal = mrkdwn`*${account.name}* – ${asClause(title)}`
  return change.action === 'create'
    ? mrkdwn`${proposal}\nThis creates a ${RECORD_WORDS[change.module]} in Zoho.`
    : proposal
}

function inZohoNow({ api, spec }: EditableField, { inCrm, change, ...words }: EditFacts): string {
  const before = change.action === 'update' ? change.before : {}
  return valueInWords((inCrm ?? before)[api], spec, words satisfies Vocabulary)
}

function elementFor({ api, spec, value, long }: EditableField, picklists: Picklists): InputElement {
  switch (spec.type) {
    case 'date':
      return {
        type: 'datepicker',
        action_id: api,
        ...(typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && { initial_date: value }),
      }
    case 'datetime': {
      const instant = typeof value === 'string' ? Date.parse(value) : Number.NaN
      return {
        type: 'datetimepicker',
        action_id: api,
        ...(Number.isFinite(instant) && { initial_date_time: Math.floor(instant / 1000) }),
      }
    }
    case 'number':
    case 'money':
      return {
        type: 'number_input',
        action_id: api,
        is_decimal_allowed: spec.type === 'money',
        ...(typeof value === 'number' && { initial_value: String(value) }),
      }
    case 'choice':
      return select(api, choicesOf(picklists[api] ?? []), {
        initial: plainText(value),
        placeholder: 'Choose one',
      })
    default:
      return textInput(api, plainText(value), { multiline: long })
  }
}

function plainText(value: FieldValue): string {
  return typeof value === 'string' ? value : ''
}

/** Opened at once, while the record is read: Slack waits three seconds for a modal, Zoho may take longer. */
export function loadingModal(ref: CardRef): ModalView {
  return modal({
    title: 'Edit suggestion',
    callback: 'approval.edit.loading',
    metadata: encodeRef(ref),
    close: 'Close',
    blocks: [section('Reading the record in Zoho…')],
  })
}
