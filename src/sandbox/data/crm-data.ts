import { IANAZone } from 'luxon'
import type { Person } from '../people.ts'

/** A company's CRM in Zoho's own words: API names, lookups as `{id, name}`, instants with an offset. */

export const MODULE_NAMES = ['Accounts', 'Contacts', 'Deals', 'Tasks', 'Events', 'Calls', 'Notes'] as const
export type ModuleName = (typeof MODULE_NAMES)[number]

export type Lookup = { id: string; name?: string; email?: string; module?: { api_name: string; id?: string } }
export type Participant = { type: 'contact' | 'user' | 'email'; participant: string; name?: string }
export type ZohoValue = string | number | boolean | null | Lookup | Participant[]

/** One record as the API shows it. A field that is absent is empty. Ids are digits, too long for a number. */
export type ZohoRecord = { id: string; [field: string]: ZohoValue | undefined }

/** One entry of a record's timeline. Values are in the words a person reads, as Zoho's timeline gives them. */
export type HistoryEntry = {
  id: string
  module: ModuleName
  recordId: string
  /** ISO 8601 with offset. */
  at: string
  action: 'added' | 'updated' | 'deleted'
  source: 'crm_ui' | 'crm_api' | 'import' | 'workflow'
  by: { id: string; name: string } | null
  changes: { field: string; old: string | null; new: string | null }[]
}

export type CrmData = {
  people: Person[]
  records: Record<ModuleName, ZohoRecord[]>
  history: HistoryEntry[]
}

/** The organisation's zone: Zoho writes every instant with this offset, not in UTC. */
export const ORG_ZONE = 'America/New_York'

const ZONE = IANAZone.create(ORG_ZONE)
const HOUR_MS = 3_600_000
// Offsets change on whole hours only; asking the zone anew for each of 100,000 records takes seconds.
const offsets = new Map<number, number>()

/** Minutes by which the organisation's clocks are ahead of UTC at an instant. */
export function orgOffset(ms: number): number {
  const hour = Math.floor(ms / HOUR_MS)
  const known = offsets.get(hour)
  if (known !== undefined) return known
  const offset = ZONE.offset(ms)
  offsets.set(hour, offset)
  return offset
}

/** An instant as Zoho writes it: whole seconds, the organisation's offset. */
export function zohoTime(instant: Date): string {
  const offset = orgOffset(instant.getTime())
  const local = new Date(instant.getTime() + offset * 60_000).toISOString().slice(0, 19)
  const away = Math.abs(offset)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${local}${offset < 0 ? '-' : '+'}${two(Math.floor(away / 60))}:${two(away % 60)}`
}

const MODULE_DIGIT = { Accounts: 1, Contacts: 2, Deals: 3, Tasks: 4, Events: 5, Calls: 6, Notes: 7 } as const
const ORG_PREFIX = '5725767'

/** A 19-digit id that the same record gets in every run. */
export function recordId(module: ModuleName, ordinal: number): string {
  return `${ORG_PREFIX}0000${MODULE_DIGIT[module]}${String(ordinal).padStart(7, '0')}`
}

export function userId(ordinal: number): string {
  return `${ORG_PREFIX}00009${String(ordinal).padStart(7, '0')}`
}

/** The first id that records created later get; above every `recordId` and `userId`. */
export const FIRST_NEW_ID = BigInt(`${ORG_PREFIX}000100000001`)

export function emptyRecords(): Record<ModuleName, ZohoRecord[]> {
  return { Accounts: [], Contacts: [], Deals: [], Tasks: [], Events: [], Calls: [], Notes: [] }
}
