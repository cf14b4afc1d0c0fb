import type { ModuleName, Participant, ZohoRecord, ZohoValue } from '../data/crm-data.ts'
import { ApiError } from './api-error.ts'
import { type DataType, type Field, fieldOf, isModuleName, SCHEMA } from './schema.ts'
import type { ZohoState } from './state.ts'

export type Input = Record<string, unknown>
export type Values = { [field: string]: ZohoValue }

/**
 * Fields of a record as sent, checked against the module and brought into the form records keep. Unknown fields
 * and fields kept by Zoho are dropped without a word, as Zoho does.
 *
 * @param index position in the request, for `json_path`
 * @param permit `all`: also the fields kept by Zoho, for tests that set a scene
 * @throws ApiError INVALID_DATA, MANDATORY_NOT_FOUND or DEPENDENT_FIELD_MISSING
 */
export function readValues(
  module: ModuleName,
  input: Input,
  {
    state,
    index,
    existing,
    permit,
  }: {
    state: ZohoState
    index: number
    /** The record being changed; absent when one is created. */
    existing?: ZohoRecord
    permit?: 'all'
  },
): Values {
  const values: Values = {}
  const parentModule = relatedModule(module, input, existing)
  for (const field of SCHEMA[module]) {
    const raw = input[field.api]
    if (raw === undefined || (field.readOnly && permit !== 'all')) continue
    if (raw === null || raw === '') {
      if (field.mandatory) throw missing(field, index)
      values[field.api] = null
      continue
    }
    values[field.api] = readValue(field, raw, { state, index, parentModule })
  }
  if (module === 'Notes' && values.Parent_Id && parentModule) values.$se_module = parentModule
  if (!existing) {
    for (const field of SCHEMA[module]) {
      if (field.mandatory && values[field.api] === undefined) throw missing(field, index)
    }
  }
  return values
}

/** The module that an activity or a note is about: an id alone does not tell. */
function relatedModule(module: ModuleName, input: Input, existing?: ZohoRecord): ModuleName | null {
  const told =
    module === 'Notes' ? parentModuleOf(input.Parent_Id) : (input.$se_module ?? existing?.$se_module)
  return typeof told === 'string' && isModuleName(told) ? told : null
}

function parentModuleOf(parent: unknown): unknown {
  const module = isObject(parent) ? parent.module : undefined
  return isObject(module) ? module.api_name : undefined
}

function readValue(
  field: Field,
  raw: unknown,
  { state, index, parentModule }: { state: ZohoState; index: number; parentModule: ModuleName | null },
): ZohoValue {
  const invalid = (expected: string = field.type) =>
    new ApiError(400, 'INVALID_DATA', 'invalid data', {
      expected_data_type: expected,
      api_name: field.api,
      json_path: `$.data[${index}].${field.api}`,
    })

  switch (field.type) {
    case 'picklist':
      if (typeof raw !== 'string' || !field.choices?.includes(raw)) throw invalid()
      return raw
    case 'integer':
      if (typeof raw !== 'number' || !Number.isSafeInteger(raw)) throw invalid()
      return raw
    case 'double':
    case 'currency':
      if (typeof raw !== 'number' || !Number.isFinite(raw)) throw invalid()
      return raw
    case 'boolean':
      if (typeof raw !== 'boolean') throw invalid()
      return raw
    case 'ownerlookup': {
      const id = idOf(raw)
      const person = id === null ? null : state.personOf(id)
      if (id === null || !person) throw invalid()
      return { id, name: person.name, email: person.email }
    }
    case 'lookup': {
      const id = idOf(raw)
      const target = field.target === 'any' ? parentModule : (field.target ?? null)
      if (target === null) throw dependent(field, index)
      if (id === null || !state.get(target, id)) throw invalid('lookup')
      return { id }
    }
    case 'participants':
      if (!Array.isArray(raw) || !raw.every(isParticipant)) throw invalid('jsonarray')
      return raw
    default:
      if (typeof raw !== 'string' || !TEXT_FORM[field.type](raw)) throw invalid()
      if (raw.length > (field.length ?? 255)) {
        throw new ApiError(400, 'INVALID_DATA', 'invalid data', {
          maximum_length: field.length ?? 255,
          api_name: field.api,
          json_path: `$.data[${index}].${field.api}`,
        })
      }
      return raw
  }
}

type TextType = Exclude<
  DataType,
  'picklist' | 'integer' | 'double' | 'currency' | 'boolean' | 'ownerlookup' | 'lookup' | 'participants'
>
const TEXT_FORM: Record<TextType, (text: string) => boolean> = {
  text: () => true,
  textarea: () => true,
  phone: (text) => /^[\d\s()+./#x-]{1,30}$/i.test(text),
  website: (text) => /^\S+\.\S+$/.test(text),
  email: (text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text),
  date: isDate,
  // Zoho refuses fractions of a second.
  datetime: (text) =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/.test(text) &&
    isDate(text.slice(0, 10)) &&
    !Number.isNaN(Date.parse(text)),
}

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`)
  return (
    /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
  )
}

function idOf(raw: unknown): string | null {
  const id = isObject(raw) ? raw.id : raw
  return typeof id === 'string' && /^\d+$/.test(id) ? id : null
}

function isParticipant(value: unknown): value is Participant {
  return isObject(value) && typeof value.participant === 'string' && typeof value.type === 'string'
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function missing(field: Field, index: number): ApiError {
  return new ApiError(400, 'MANDATORY_NOT_FOUND', 'required field not found', {
    api_name: field.api,
    json_path: `$.data[${index}].${field.api}`,
  })
}

function dependent(field: Field, index: number): ApiError {
  const needed = field.api === 'Parent_Id' ? 'module' : '$se_module'
  return new ApiError(400, 'DEPENDENT_FIELD_MISSING', `${needed} is needed with ${field.api}`, {
    api_name: needed,
    json_path: `$.data[${index}].${needed}`,
    dependee: { api_name: field.api, json_path: `$.data[${index}].${field.api}` },
  })
}

/** @throws ApiError DUPLICATE_DATA when another record already holds a value that must be unique. */
export function refuseDuplicates(
  module: ModuleName,
  values: Values,
  { state, index, id }: { state: ZohoState; index: number; id: string | null },
) {
  for (const [api, value] of Object.entries(values)) {
    if (!fieldOf(module, api)?.unique || typeof value !== 'string') continue
    const holder = state.findUnique(module, api, value)
    if (holder === undefined || holder === id) continue
    throw new ApiError(400, 'DUPLICATE_DATA', 'duplicate data', {
      api_name: api,
      json_path: `$.data[${index}].${api}`,
      duplicate_record: { id: holder, module: { api_name: module }, Owner: state.get(module, holder)?.Owner },
    })
  }
}
