import { DEFAULT_FIELDS, type FieldSpec, type Module } from '../model/field.ts'
import type { Evidence } from '../model/signal.ts'
import { dayAndDistance } from './dates.ts'
import { link, type Mrkdwn, mrkdwn, oneLine, truncate } from './mrkdwn.ts'

/** The record a statement rests on, as people read it. */

export type Citing = {
  /** The page of a record in the CRM; null where it has none. */
  recordUrl: (module: Module, id: string) => string | null
  zone: string
  now: Date
}

// Their date is when they happened. That of an account or a deal is when somebody last touched it, which says
// nothing about "a payment is overdue".
const HAPPENS: ReadonlySet<Module> = new Set(['Tasks', 'Events', 'Calls', 'Notes', 'Contacts'])

/** `Call “Planning”, 12 Nov (8 days ago)`, `Deal “Expansion”, close date 30 Nov (in 10 days)`, `Account Acme, status`. */
export function citation(
  { module, recordId, label, at, field }: Evidence,
  { recordUrl, zone, now }: Citing,
): Mrkdwn {
  const source = link(recordUrl(module, recordId), quotes(truncate(oneLine(label), 100)))
  const spec = specOf(module, field)
  const name = spec ? spec.label.toLowerCase() : null
  if (!HAPPENS.has(module) && spec?.type !== 'date' && spec?.type !== 'datetime') {
    return name ? mrkdwn`${source}, ${name}` : source
  }
  const when = (at === null ? null : dayAndDistance(at, now, zone)) ?? 'no date on record'
  return mrkdwn`${source}, ${name && !HAPPENS.has(module) ? `${name} ` : ''}${when}`
}

/** `field` is our name of it. */
function specOf(module: Module, field: string | undefined): FieldSpec | null {
  const specs: Record<string, FieldSpec> = DEFAULT_FIELDS[module]
  return field !== undefined && Object.hasOwn(specs, field) ? (specs[field] ?? null) : null
}

function quotes(text: string): string {
  return text.replaceAll(/"([^"]*)"/g, '“$1”')
}
