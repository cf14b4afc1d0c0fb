import { zohoTime } from '../../data/crm-data.ts'
import type { WriteEntry } from '../journal.ts'
import { isObject } from '../record-values.ts'
import type { ZohoState } from '../state.ts'
import { type Html, html } from './html.ts'
import { moment, pill } from './values.ts'

const MOST_SHOWN = 200

/** Every request to change records that came in by API, newest first: when, what, and what it was told. */
export function writeLog(state: ZohoState, { base }: { base: string }): Html {
  const { writes } = state
  const shown = writes.slice(-MOST_SHOWN).toReversed()
  return html`
<div class="head"><div><h1>Write log</h1><span class="quiet">${writes.length} ${
    writes.length === 1 ? 'request' : 'requests'
  } to change records, by API. What people edit on these pages is not listed here but in each record's history.</span></div></div>
<section class="card">${
    shown.length === 0
      ? html`<p class="empty">Nothing was written yet.</p>`
      : html`<ul class="list">${shown.map((write, index) => entry(write, { state, base, number: writes.length - index }))}</ul>`
  }</section>`
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

/** The records a request named or made, with what it set. */
function items(write: WriteEntry): { id: string | null; fields: [string, unknown][] }[] {
  const fromPath = /\/(\d{10,})/.exec(write.path)?.[1] ?? null
  const sent = isObject(write.body) && Array.isArray(write.body.data) ? write.body.data.filter(isObject) : []
  const told = isObject(write.answer) && Array.isArray(write.answer.data) ? write.answer.data : []
  if (sent.length === 0) return fromPath === null ? [] : [{ id: fromPath, fields: [] }]
  return sent.map((item, index) => {
    const answered: unknown = told[index]
    const details = isObject(answered) && isObject(answered.details) ? answered.details : {}
    const id = details.id ?? item.id ?? fromPath
    return {
      id: typeof id === 'string' ? id : null,
      fields: Object.entries(item).filter(([field]) => field !== 'id'),
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
