import type { ModuleName, ZohoRecord, ZohoValue } from '../data/crm-data.ts'
import { fieldOf, isModuleName, SCHEMA } from './schema.ts'
import { lookupId, nameOf, type ZohoState } from './state.ts'

/** The fields of a record as a list or a query shows them: what is empty is null, what a lookup leads to has its present name. */
export function project(
  module: ModuleName,
  record: ZohoRecord,
  { fields, state }: { fields: readonly string[]; state: ZohoState },
): ZohoRecord {
  const shown: ZohoRecord = { id: record.id }
  for (const api of fields) {
    if (fieldOf(module, api)) shown[api] = fieldValue(module, record, { api, state })
  }
  return shown
}

/** Every field of the module. */
export function projectAll(module: ModuleName, record: ZohoRecord, state: ZohoState): ZohoRecord {
  return project(module, record, { fields: SCHEMA[module].map((field) => field.api), state })
}

export function fieldValue(
  module: ModuleName,
  record: ZohoRecord,
  { api, state }: { api: string; state: ZohoState },
): ZohoValue {
  const value = record[api] ?? null
  const field = fieldOf(module, api)
  if (value === null || !field) return value
  if (field.type === 'ownerlookup') return ownerValue(value, state)
  if (field.type !== 'lookup') return value

  const id = lookupId(value)
  const target = targetOf(module, record, api)
  if (id === null || target === null) return null
  const found = state.get(target, id)
  if (!found) return null
  const shown = { id, name: nameOf(target, found) ?? '' }
  return module === 'Notes' ? { ...shown, module: { api_name: target } } : shown
}

function ownerValue(value: ZohoValue, state: ZohoState): ZohoValue {
  const id = lookupId(value)
  const person = id === null ? null : state.personOf(id)
  return person && id !== null ? { id, name: person.name, email: person.email } : value
}

/** The module a lookup of this record leads to; null when nothing tells. */
export function targetOf(module: ModuleName, record: ZohoRecord, api: string): ModuleName | null {
  const field = fieldOf(module, api)
  if (field?.target === undefined) return null
  if (field.target !== 'any') return field.target
  const told = record.$se_module
  return typeof told === 'string' && isModuleName(told) ? told : null
}
