import { zohoTime } from '../../data/crm-data.ts'
import type { WriteEntry } from '../journal.ts'
import { isObject } from '../record-values.ts'
import type { ZohoState } from '../state.ts'
import { type Html, html } from './html.ts'
import { moment, pill } from './values.ts'

const MOST_SHOWN = 200

/**
 * Every request to change records that came in by API, newest first: when, what, and what it was told.
 *
 * @param record the id of the record whose requests alone are shown; empty shows all
 */
export function writeLog(state: ZohoState, { base, record }: { base: string; record: string }): Html {
  const numbered = state.writes.map((write, index) => ({ write, number: index + 1 }))
  const writes = record === '' ? numbered : numbered.filter(({ write }) => isAbout(write, record))
  const shown = writes.slice(-MOST_SHOWN).toReversed()
  const about = subject(record, { state, base }) ?? record
  return html`
${record !== '' && html`<div class="crumb"><a href="${base}/writes">All requests</a></div>`}
<div class="head"><div><h1>Write log</h1><span class="quiet">${writes.length} ${
    writes.length === 1 ? 'request' : 'requests'
  } to change ${record === '' ? 'records' : about}, by API. What people edit on these pages is not listed here but in each record's history.</span></div></div>
<section class="card">${
    shown.length === 0
      ? html`<p class="empty">Nothing was written yet.</p>`
      : html`<ul class="list">${shown.map(({ write, number }) => entry(write, { state, base, number }))}</ul>`
  }</section>`
}

/** The requests that named this record or made it. */
export function writesTo({ writes }: ZohoState, id: string): WriteEntry[] {
  return writes.filter((write) => isAbout(write, id))
}

function isAbout(write: WriteEntry, record: string): boolean {
  return items(write).some(({ id }) => id === record)
}

/**
 * The fields of a record that hold what its last write by API put there; what a person changed since is not among
 * them.
 */
export function writtenFields(state: ZohoState, record: string): ReadonlySet<string> {
  const history = state.historyOf(record)
  const last = history.findLastIndex(({ source }) => source === 'crm_api')
  if (last === -1) return new Set()
  const applied = state.writes.flatMap(items).findLast(({ id, isApplied }) => id === record && isApplied)
  const since = history.slice(last + 1).flatMap((entry) => entry.changes.map(({ field }) => field))
  const sent = applied?.fields.map(([field]) => field) ?? []
  return new Set(sent.filter((field) => !since.includes(field)))
}

function entry(
  write: WriteEntry,
  { state, base, number }: { state: ZohoState; base: string; number: number },
): Html {
  return html`<li>
  <div class="row"><b>${write.method}</b> <code>${write.path}</code>
    <span>${statusPill(write)}</span>
    <span class="push quiet small">${moment(zohoTime(new Date(write.at)))}</span></div>
  ${items(write).map(
    (item) =>
      html`<div class="change">${subject(item.id, { state, base })}${item.fields.map(
        ([field, value]) => html`<span><span class="quiet">${field}</span> ${inShort(value)}</span>`,
      )}</div>`,
  )}
  <details id="write-${number}"><summary class="quiet small">Request and answer · ${who(write, state)}</summary><pre>${JSON.stringify(
    { headers: write.headers, body: write.body, status: write.status, answer: write.answer },
    null,
    2,
  )}</pre></details>
</li>`
}

function statusPill({ status, fault, answer }: WriteEntry): Html {
  if (fault === 'lost_answer')
    return html`${pill('answer lost')} <span class="quiet small">${status} was not heard</span>`
  if (status === null) return pill('no answer')
  const tone = status < 300 && status !== 207 ? 'good' : 'bad'
  return html`<span class="pill ${tone}">${status}${codes(answer)}</span>`
}

function codes(answer: unknown): string {
  const found = isObject(answer)
    ? Array.isArray(answer.data)
      ? answer.data.flatMap((item) => (isObject(item) && typeof item.code === 'string' ? [item.code] : []))
      : [String(answer.code ?? '')]
    : []
  return found.length === 0 ? '' : ` ${[...new Set(found)].join(', ')}`
}

type Item = { id: string | null; fields: [string, unknown][]; isApplied: boolean }

/** The records a request named or made, with what it set. */
function items(write: WriteEntry): Item[] {
  const fromPath = /\/(\d{10,})/.exec(write.path)?.[1] ?? null
  const sent = isObject(write.body) && Array.isArray(write.body.data) ? write.body.data.filter(isObject) : []
  const told = isObject(write.answer) && Array.isArray(write.answer.data) ? write.answer.data : []
  if (sent.length === 0) return fromPath === null ? [] : [{ id: fromPath, fields: [], isApplied: false }]
  return sent.map((item, index) => {
    const answered: unknown = told[index]
    const { code, details: about = {} } = isObject(answered) ? answered : {}
    const details = isObject(about) ? about : {}
    const id = details.id ?? item.id ?? fromPath
    return {
      id: typeof id === 'string' ? id : null,
      fields: Object.entries(item).filter(([field]) => field !== 'id'),
      isApplied: code === 'SUCCESS',
    }
  })
}

function subject(id: string | null, { state, base }: { state: ZohoState; base: string }): Html | null {
  const module = id === null ? null : state.moduleOf(id)
  if (id === null || module === null) return null
  return html`<a href="${base}/records/${module}/${id}">${state.nameOf(module, id) ?? id}</a>`
}

function inShort(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 120 ? `${text.slice(0, 120).trimEnd()}…` : text
}

function who({ headers }: WriteEntry, state: ZohoState): string {
  const token = String(headers.authorization ?? '').split(' ')[1] ?? ''
  const connection = state.tokens.get(token)?.connection
  return connection ? `${connection} connection` : 'unknown token'
}
