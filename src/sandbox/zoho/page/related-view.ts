import type { ModuleName, ZohoRecord } from '../../data/crm-data.ts'
import { nameOf, type ZohoState } from '../state.ts'
import { type Html, html } from './html.ts'
import { date, moment, money, pill } from './values.ts'

const MOST_SHOWN = 12
const ACTIVITIES = ['Tasks', 'Events', 'Calls'] as const

/** What hangs on a record. An account also shows the activities and notes of its deals. */
export function relatedLists(
  state: ZohoState,
  { base, module, record }: { base: string; module: ModuleName; record: ZohoRecord },
): Html[] {
  const { id } = record
  if (module === 'Contacts') {
    return [
      dealList(state.childrenOf('Deals', 'Contact_Name', id), base),
      activityList(state, { base, parents: [id], by: 'Who_Id' }),
    ]
  }
  if (module === 'Deals') {
    return [
      activityList(state, { base, parents: [id], by: 'What_Id' }),
      noteList(state, { base, parents: [id] }),
    ]
  }
  if (module !== 'Accounts') return []
  const deals = state.childrenOf('Deals', 'Account_Name', id)
  const parents = [id, ...deals.map((deal) => deal.id)]
  return [
    dealList(deals, base),
    activityList(state, { base, parents, by: 'What_Id' }),
    noteList(state, { base, parents }),
    contactList(state.childrenOf('Contacts', 'Account_Name', id), base),
  ]
}

function card(title: string, count: number, items: Html[]): Html {
  return html`<section class="card"><header><h2>${title}</h2><span class="count">${count}${
    count > items.length ? `, the latest ${items.length} shown` : ''
  }</span></header>${
    items.length === 0 ? html`<p class="empty">None.</p>` : html`<ul class="list">${items}</ul>`
  }</section>`
}

function dealList(deals: readonly ZohoRecord[], base: string): Html {
  const items = deals.toReversed().map(
    (deal) => html`<li>
  <div class="row"><a href="${base}/records/Deals/${deal.id}">${String(deal.Deal_Name)}</a>
    <span class="push">${typeof deal.Amount === 'number' && money(deal.Amount)}</span></div>
  <div class="row small">${pill(String(deal.Stage ?? 'No stage'))}<span class="quiet">${
    typeof deal.Closing_Date === 'string'
      ? `${isClosed(deal) ? 'closed' : 'closes'} ${date(deal.Closing_Date)}`
      : 'no closing date'
  }</span></div>
</li>`,
  )
  return card('Deals', deals.length, items.slice(0, MOST_SHOWN))
}

function isClosed({ Stage }: ZohoRecord): boolean {
  return Stage === 'Closed Won' || Stage === 'Closed Lost'
}

function contactList(contacts: readonly ZohoRecord[], base: string): Html {
  const items = contacts.map(
    (contact) => html`<li>
  <div class="row"><a href="${base}/records/Contacts/${contact.id}">${String(contact.Full_Name ?? contact.id)}</a>
    <span class="push quiet small">${String(contact.Title ?? '')}</span></div>
  <div class="quiet small">${String(contact.Email ?? '')}</div>
</li>`,
  )
  return card('Contacts', contacts.length, items.slice(0, MOST_SHOWN))
}

function activityList(
  state: ZohoState,
  { base, parents, by }: { base: string; parents: readonly string[]; by: 'What_Id' | 'Who_Id' },
): Html {
  const found = parents
    .flatMap((parent) =>
      ACTIVITIES.flatMap((module) =>
        state.childrenOf(module, by, parent).map((record) => ({ module, record })),
      ),
    )
    .map((each) => ({ ...each, at: happenedAt(each.record) }))
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
  const items = found.slice(0, MOST_SHOWN).map(({ module, record, at }) => {
    const text = typeof record.Description === 'string' ? record.Description.replace(/\s+/g, ' ') : ''
    return html`<li>
  <div class="row"><a href="${base}/records/${module}/${record.id}">${nameOf(module, record) ?? record.id}</a>
    <span class="push quiet small">${moment(at)}</span></div>
  <div class="row small"><span class="quiet">${module.slice(0, -1)}</span>${
    module === 'Tasks' && record.Status !== 'Completed' && pill(String(record.Status ?? 'Not Started'))
  }</div>
  ${text !== '' && html`<p class="body brief">${text.slice(0, 400)}</p>`}
</li>`
  })
  return card('Activities', found.length, items)
}

function happenedAt(record: ZohoRecord): string {
  const at = record.Closed_Time ?? record.Start_DateTime ?? record.Call_Start_Time ?? record.Created_Time
  return typeof at === 'string' ? at : ''
}

function noteList(state: ZohoState, { base, parents }: { base: string; parents: readonly string[] }): Html {
  const notes = parents
    .flatMap((parent) => state.childrenOf('Notes', 'Parent_Id', parent))
    .sort((a, b) => Date.parse(String(b.Created_Time)) - Date.parse(String(a.Created_Time)))
  const items = notes.slice(0, MOST_SHOWN).map(
    (note) => html`<li>
  <div class="row"><a href="${base}/records/Notes/${note.id}">${String(note.Note_Title ?? 'Note')}</a>
    <span class="push quiet small">${moment(String(note.Created_Time))}</span></div>
  <p class="body">${String(note.Note_Content)}</p>
</li>`,
  )
  return card('Notes', notes.length, items)
}
