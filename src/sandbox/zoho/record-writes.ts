import type { ModuleName, ZohoRecord } from '../data/crm-data.ts'
import { ApiError } from './api-error.ts'
import type { Actor, RecordEvent, Recorder } from './record-changes.ts'
import { relatedRecords } from './record-changes.ts'
import { type Input, isObject, readValues, refuseDuplicates } from './record-values.ts'
import { fieldOf } from './schema.ts'
import type { ZohoState } from './state.ts'
import {
  attempt,
  MAX_ITEMS,
  readItems,
  stamps,
  success,
  summary,
  tooManyItems,
  type Written,
} from './write-envelope.ts'

export type WriteTools = { state: ZohoState; recorder: Recorder }

/** `POST /{module}` */
export function createRecords(module: ModuleName, body: unknown, actor: Actor, tools: WriteTools): Written {
  const items = readItems(body).map((input, index) =>
    attempt(() => {
      const { record, event } = createOne(module, input, { index, actor, tools })
      return { result: success('record added', record), event }
    }),
  )
  return summary(items, 201)
}

/** `PUT /{module}` (each item names its id) and `PUT /{module}/{id}`. */
export function updateRecords(
  module: ModuleName,
  body: unknown,
  {
    id,
    unmodifiedSince,
    actor,
    tools,
  }: {
    id?: string
    unmodifiedSince: Date | null
    actor: Actor
    tools: WriteTools
  },
): Written {
  const items = readItems(body).map((input, index) =>
    attempt(() => {
      const target = id ?? input.id
      const { record, event } = updateOne(
        module,
        { ...input, id: target },
        { index, unmodifiedSince, actor, tools },
      )
      return { result: success('record updated', record), event }
    }),
  )
  return summary(items, 200)
}

/** `POST /{module}/upsert`: an item whose check field finds a record updates it, else creates one. */
export function upsertRecords(
  module: ModuleName,
  body: unknown,
  { unmodifiedSince, actor, tools }: { unmodifiedSince: Date | null; actor: Actor; tools: WriteTools },
): Written {
  const checks = checkFields(module, body)
  const items = readItems(body).map((input, index) =>
    attempt(() => {
      const found = findDuplicate(module, input, { checks, tools })
      if (!found) {
        const { record, event } = createOne(module, input, { index, actor, tools })
        const result = { ...success('record added', record), action: 'insert', duplicate_field: null }
        return { result, event }
      }
      const change = { ...input, id: found.id }
      const { record, event } = updateOne(module, change, { index, unmodifiedSince, actor, tools })
      const result = { ...success('record updated', record), action: 'update', duplicate_field: found.field }
      return { result, event }
    }),
  )
  return summary(items, 200)
}

/** `DELETE /{module}?ids=` and `DELETE /{module}/{id}` */
export function deleteRecords(
  module: ModuleName,
  ids: string[],
  { actor, tools }: { actor: Actor; tools: WriteTools },
): Written {
  if (ids.length === 0) {
    throw new ApiError(400, 'REQUIRED_PARAM_MISSING', 'One of the expected parameter is missing', {
      param_name: 'ids',
    })
  }
  if (ids.length > MAX_ITEMS) throw tooManyItems()
  const items = ids.map((id) =>
    attempt(() => {
      const record = existing(module, id, tools.state)
      const related = relatedRecords(module, record)
      tools.recorder.remove(module, record, actor)
      return {
        result: { code: 'SUCCESS', details: { id }, message: 'record deleted', status: 'success' },
        event: { module, operation: 'delete' as const, id, values: {}, related },
      }
    }),
  )
  return summary(items, 200)
}

function createOne(
  module: ModuleName,
  input: Input,
  { index, actor, tools }: { index: number; actor: Actor; tools: WriteTools },
): { record: ZohoRecord; event: RecordEvent } {
  const { state, recorder } = tools
  const values = readValues(module, input, { state, index })
  refuseDuplicates(module, values, { state, index, id: null })
  const record = recorder.create(module, values, actor)
  const event = {
    module,
    operation: 'insert' as const,
    id: record.id,
    values,
    related: relatedRecords(module, record),
  }
  return { record, event }
}

/** @param permit `all`: fields kept by Zoho may be set too */
export function updateOne(
  module: ModuleName,
  input: Input,
  {
    index,
    unmodifiedSince,
    actor,
    tools,
    permit,
  }: {
    index: number
    unmodifiedSince: Date | null
    actor: Actor
    tools: WriteTools
    permit?: 'all'
  },
): { record: ZohoRecord; event: RecordEvent } {
  const { state, recorder } = tools
  const before = existing(module, input.id, state)
  if (unmodifiedSince && Date.parse(String(before.Modified_Time)) > unmodifiedSince.getTime()) {
    throw new ApiError(412, 'ALREADY_MODIFIED', 'record has already been modified', stamps(before))
  }
  const values = readValues(module, input, {
    state,
    index,
    existing: before,
    ...(permit ? { permit } : {}),
  })
  refuseDuplicates(module, values, { state, index, id: before.id })
  const record = recorder.update(module, before, { values, ...actor })
  const event = {
    module,
    operation: 'update' as const,
    id: record.id,
    values,
    related: relatedRecords(module, record),
  }
  return { record, event }
}

function existing(module: ModuleName, id: unknown, state: ZohoState): ZohoRecord {
  const record = typeof id === 'string' ? state.get(module, id) : undefined
  if (!record) {
    throw new ApiError(400, 'INVALID_DATA', 'the id given seems to be invalid', { id, api_name: 'id' })
  }
  return record
}

function checkFields(module: ModuleName, body: unknown): string[] {
  const asked = isObject(body) ? body.duplicate_check_fields : undefined
  if (asked === undefined) return []
  const known =
    Array.isArray(asked) && asked.every((api) => typeof api === 'string' && fieldOf(module, api)?.unique)
  if (!known) {
    throw new ApiError(400, 'INVALID_DATA', 'only unique fields can be checked', {
      api_name: 'duplicate_check_fields',
      json_path: '$.duplicate_check_fields',
    })
  }
  return asked
}

function findDuplicate(
  module: ModuleName,
  input: Input,
  { checks, tools }: { checks: string[]; tools: WriteTools },
): { id: string; field: string } | null {
  for (const field of checks) {
    const value = input[field]
    const id = typeof value === 'string' ? tools.state.findUnique(module, field, value) : undefined
    if (id !== undefined) return { id, field }
  }
  return null
}
