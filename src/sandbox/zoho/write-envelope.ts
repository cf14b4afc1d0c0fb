import type { ZohoRecord } from '../data/crm-data.ts'
import { ApiError } from './api-error.ts'
import type { RecordEvent } from './record-changes.ts'
import { type Input, isObject } from './record-values.ts'
import { lookupId } from './state.ts'

/** The shape of writes: `data` in, one result per item out, in the same order. */

export type Written = {
  status: number
  body: { data: unknown[] }
  events: RecordEvent[]
  credits: number
}

type Item = { ok: true; result: unknown; event: RecordEvent } | { ok: false; error: ApiError }

export const MAX_ITEMS = 100

export function readItems(body: unknown): Input[] {
  const data = isObject(body) ? body.data : undefined
  if (data === undefined) {
    throw new ApiError(400, 'MANDATORY_NOT_FOUND', 'required field not found', {
      api_name: 'data',
      json_path: '$.data',
    })
  }
  if (!Array.isArray(data) || data.length === 0 || !data.every(isObject)) {
    throw new ApiError(400, 'INVALID_DATA', 'invalid data', {
      expected_data_type: 'jsonarray',
      api_name: 'data',
      json_path: '$.data',
    })
  }
  if (data.length > MAX_ITEMS) throw tooManyItems()
  return data
}

export function tooManyItems(): ApiError {
  return new ApiError(400, 'LIMIT_EXCEEDED', 'more than 100 records in one call', { limit: MAX_ITEMS })
}

export function attempt(work: () => { result: unknown; event: RecordEvent }): Item {
  try {
    return { ok: true, ...work() }
  } catch (error) {
    if (error instanceof ApiError) return { ok: false, error }
    throw error
  }
}

export function summary(items: Item[], success: number): Written {
  const failed = items.filter((item) => !item.ok)
  const firstFailure = failed[0]
  return {
    status:
      failed.length === 0
        ? success
        : failed.length < items.length
          ? 207
          : (firstFailure?.error.httpStatus ?? 400),
    body: { data: items.map((item) => (item.ok ? item.result : item.error.body)) },
    events: items.flatMap((item) => (item.ok ? [item.event] : [])),
    credits: Math.ceil(items.length / 10),
  }
}

export function success(message: string, record: ZohoRecord) {
  return { code: 'SUCCESS', details: stamps(record), message, status: 'success' }
}

export function stamps(record: ZohoRecord) {
  const { Modified_Time, Created_Time, id } = record
  return {
    Modified_Time,
    Modified_By: user(record.Modified_By),
    Created_Time,
    id,
    Created_By: user(record.Created_By),
    $approval_state: 'approved',
  }
}

/** A user without the address, as write answers show them. */
function user(value: ZohoRecord[string]) {
  const id = lookupId(value)
  return id === null || !isObject(value) ? null : { name: value.name ?? '', id }
}
