import type { ModuleName } from '../data/crm-data.ts'
import type { Answer, ApiTools, Call } from './api-call.ts'
import { fieldId, moduleId } from './metadata-ids.ts'
import { readPaging } from './paging.ts'
import { type Field, fieldOf } from './schema.ts'

/** `GET /{module}/{id}/__timeline`, newest first. */
export function timeline(module: ModuleName, id: string, call: Call, { state, now }: ApiTools): Answer {
  if (!state.get(module, id)) return { status: 204 }
  const { offset, perPage, page: number } = readPaging(call.query, `${id}.timeline`, now())
  const entries = state.historyOf(id).toReversed()
  const shown = entries.slice(offset, offset + perPage)
  if (shown.length === 0) return { status: 204 }
  const __timeline = shown.map((entry) => ({
    id: entry.id,
    audited_time: entry.at,
    action: entry.action,
    source: entry.source,
    type: 'timeline',
    done_by: entry.by,
    related_record: null,
    automation_details: null,
    extension: null,
    record: { id, name: state.nameOf(module, id), module: { api_name: module, id: moduleId(module) } },
    field_history:
      entry.changes.length === 0
        ? null
        : entry.changes.map((change) => timelineField(module, change, fieldOf(module, change.field))),
  }))
  const info = {
    per_page: perPage,
    count: shown.length,
    page: number,
    more_records: entries.length > offset + perPage,
    next_page_token: null,
    previous_page_token: null,
  }
  return { status: 200, body: { __timeline, info } }
}

function timelineField(
  module: ModuleName,
  change: { field: string; old: string | null; new: string | null },
  field: Field | undefined,
) {
  return {
    api_name: change.field,
    field_label: field?.label ?? change.field,
    data_type: field?.type ?? 'text',
    id: fieldId(module, change.field),
    enable_colour_code: false,
    pick_list_values: [],
    _value: { old: change.old, new: change.new },
  }
}
