import type { HistoryEntry, ModuleName, ZohoRecord } from '../../data/crm-data.ts'
import { projectAll } from '../projection.ts'
import { type Field, fieldOf, SCHEMA } from '../schema.ts'
import { lookupId, nameOf, type ZohoState } from '../state.ts'
import { type Html, html } from './html.ts'
import { relatedLists } from './related-view.ts'
import { moment, showValue } from './values.ts'
import { writesTo, writtenFields } from './write-log.ts'

const STAMPS = new Set([
  'Owner',
  'Created_Time',
  'Modified_Time',
  'Created_By',
  'Modified_By',
  'Last_Activity_Time',
])

/** A record: its fields in groups, what is related to it, and how it came to be as it is. */
export function recordView(
  state: ZohoState,
  { base, module, record }: { base: string; module: ModuleName; record: ZohoRecord },
): Html {
  const shown = projectAll(module, record, state)
  const account = accountOf(shown, state)
  const count = writesTo(state, record.id).length
  const requests =
    count > 0 &&
    html`<a class="push small" href="${base}/writes?record=${record.id}">Requests by API (${count})</a>`
  const view = { base, module, record: shown, written: writtenFields(state, record.id) }
  const custom = { title: 'Custom fields', fields: SCHEMA[module].filter((field) => field.custom) }
  const details = {
    title: 'Details',
    fields: SCHEMA[module].filter((field) => !field.custom && !STAMPS.has(field.api)),
  }
  const stamps = { title: 'Record', fields: SCHEMA[module].filter((field) => STAMPS.has(field.api)) }
  // What an account manager looks at first is what the company added itself.
  const groups = module === 'Accounts' ? [custom, details, stamps] : [details, custom, stamps]
  return html`
<div class="crumb"><a href="${base}/accounts">Accounts</a>${
    account &&
    html` <span class="quiet">/</span> <a href="${base}/records/Accounts/${account.id}">${account.name}</a>`
  }${module !== 'Accounts' && html` <span class="quiet">/ ${module}</span>`}</div>
<div class="head">
  <div>
    <h1>${nameOf(module, record) ?? record.id}</h1>
    <span class="quiet small">${module.slice(0, -1)} <code>${record.id}</code></span>
  </div>
  <button class="push primary" type="button" data-open>Edit</button>
</div>
<div class="columns">
  <div>
    ${groups.map(({ title, fields }) => fieldGroup(title, fields, view))}
    ${fieldHistory(module, state.historyOf(record.id), requests)}
  </div>
  <div>${relatedLists(state, { base, module, record })}</div>
</div>`
}

/** The account that a record of another module belongs to, through its deal if need be. */
function accountOf(record: ZohoRecord, state: ZohoState): { id: string; name: string } | null {
  for (const api of ['Account_Name', 'What_Id', 'Parent_Id']) {
    const id = lookupId(record[api] ?? null)
    const module = id && state.moduleOf(id)
    if (id && module === 'Accounts') return { id, name: state.nameOf('Accounts', id) ?? id }
    const deal = id && module === 'Deals' ? state.get('Deals', id) : undefined
    if (deal) return accountOf({ id: deal.id, Account_Name: deal.Account_Name ?? null }, state)
  }
  return null
}

function fieldGroup(
  title: string,
  fields: readonly Field[],
  shown: { base: string; module: ModuleName; record: ZohoRecord; written: ReadonlySet<string> },
): Html | null {
  if (fields.length === 0) return null
  return html`<section class="card"><header><h2>${title}</h2></header><dl>${fields.map(
    (field) =>
      html`<dt>${field.label}</dt><dd data-field="${field.api}">${showValue(field, shown.record[field.api], shown)}${
        shown.written.has(field.api) && html` <span class="by-api">written by Sergas</span>`
      }</dd>`,
  )}</dl></section>`
}

const SOURCES = { crm_ui: 'on this page', crm_api: 'by API', import: 'by import', workflow: 'by a workflow' }
const ACTIONS = { added: 'created the record', updated: 'changed', deleted: 'deleted the record' }

function fieldHistory(module: ModuleName, history: readonly HistoryEntry[], link: Html | false): Html {
  const entries = history.toReversed()
  return html`<section class="card" id="history">
<header><h2>Field history</h2><span class="count">${entries.length}</span>${link}</header>
${
  entries.length === 0
    ? html`<p class="empty">Nothing has changed yet.</p>`
    : html`<ul class="list">${entries.map(
        (entry) => html`<li>
  <div class="row"><span>${entry.by?.name ?? 'Someone'} <span class="quiet">${ACTIONS[entry.action]} ${SOURCES[entry.source]}</span></span>
    <span class="push quiet small">${moment(entry.at)}</span></div>
  ${entry.changes.map(
    (
      change,
    ) => html`<div class="change"><span class="quiet">${fieldOf(module, change.field)?.label ?? change.field}</span>
      <s>${change.old ?? 'empty'}</s> <span aria-label="became">→</span> <b>${change.new ?? 'empty'}</b></div>`,
  )}
</li>`,
      )}</ul>`
}
</section>`
}
