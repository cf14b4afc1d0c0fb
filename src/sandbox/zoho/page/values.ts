import type { ModuleName, ZohoRecord, ZohoValue } from '../../data/crm-data.ts'
import { targetOf } from '../projection.ts'
import type { Field } from '../schema.ts'
import { type Html, html } from './html.ts'

const NOTHING = html`<span class="quiet">–</span>`

/** A field's value as a person reads it. `value` is as the API shows it. */
export function showValue(
  field: Field,
  value: ZohoValue | undefined,
  { base, module, record }: { base: string; module: ModuleName; record: ZohoRecord },
): Html {
  if (value === null || value === undefined || value === '') return NOTHING
  if (Array.isArray(value)) return html`${value.map((each) => each.name ?? each.participant).join(', ')}`
  if (typeof value === 'object') {
    const target = targetOf(module, record, field.api)
    const name = value.name || value.id
    return target === null ? html`${name}` : html`<a href="${base}/records/${target}/${value.id}">${name}</a>`
  }
  if (field.api === 'Health_Score' && typeof value === 'number') return meter(value)
  if (field.type === 'currency' && typeof value === 'number') return html`${money(value)}`
  if (field.type === 'datetime') return html`${moment(String(value))}`
  if (field.type === 'date') return html`${date(String(value))}`
  if (field.type === 'picklist') return pill(String(value))
  if (field.type === 'boolean') return html`${value === true ? 'Yes' : 'No'}`
  return html`${String(value)}`
}

const GOOD = new Set(['Active', 'Paid', 'Closed Won', 'Completed', 'Customer'])
const WARN = new Set(['Pending', 'Onboarding', 'In Progress', 'High', 'Negotiation'])
const BAD = new Set(['At Risk', 'Overdue', 'Closed Lost', 'Closed', 'Highest'])

export function pill(text: string): Html {
  const tone = GOOD.has(text) ? ' good' : WARN.has(text) ? ' warn' : BAD.has(text) ? ' bad' : ''
  return html`<span class="pill${tone}">${text}</span>`
}

export function meter(score: number): Html {
  const tone = score < 40 ? ' bad' : score < 70 ? ' warn' : ''
  const width = Math.max(0, Math.min(100, score))
  return html`<span class="meter${tone}"><i><b style="width:${width}%"></b></i>${score}</span>`
}

export function money(amount: number): string {
  return amount.toLocaleString('en-US', { style: 'currency', currency: 'USD', maximumFractionDigits: 0 })
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `2026-11-30` → `30 Nov 2026` */
export function date(iso: string): string {
  const [year = '', month = '', day = ''] = iso.slice(0, 10).split('-')
  return `${Number(day)} ${MONTHS[Number(month) - 1] ?? month} ${year}`
}

/** An instant as the organisation's clocks showed it; it is written with their offset. */
export function moment(iso: string): string {
  return `${date(iso)}, ${iso.slice(11, 16)}`
}
