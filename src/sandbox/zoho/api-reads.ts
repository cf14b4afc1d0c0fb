import type { ModuleName, ZohoRecord } from '../data/crm-data.ts'
import type { Answer, ApiTools, Call } from './api-call.ts'
import { ApiError } from './api-error.ts'
import { pageOf, readPaging } from './paging.ts'
import { project, projectAll } from './projection.ts'
import { SCHEMA } from './schema.ts'
import { parseCriteria } from './search.ts'

const MOST_FIELDS = 50

/** `GET /{module}` */
export function listRecords(module: ModuleName, call: Call, tools: ApiTools): Answer {
  const wanted = call.query.ids === undefined ? null : String(call.query.ids).split(',')
  const records = wanted
    ? wanted.flatMap((id) => tools.state.get(module, id) ?? [])
    : [...tools.state.all(module)]
  return page(module, records, { call, tools, list: module })
}

/** `GET /{module}/{id}`; nothing where nothing is. */
export function getRecord(module: ModuleName, id: string, call: Call, tools: ApiTools): Answer {
  if (!/^\d+$/.test(id)) throw new ApiError(400, 'INVALID_DATA', 'the id given seems to be invalid', { id })
  const record = tools.state.get(module, id)
  if (!record) return { status: 204 }
  const data =
    call.query.fields === undefined
      ? projectAll(module, record, tools.state)
      : project(module, record, { fields: readFields(call), state: tools.state })
  return { status: 200, body: { data: [data] } }
}

/** `GET /{module}/{id}/{related_list}` */
export function listRelated(
  module: ModuleName,
  id: string,
  related: string,
  call: Call,
  tools: ApiTools,
): Answer {
  const list = RELATED_LISTS[module]?.find((each) => each.name === related)
  if (!list) {
    throw new ApiError(400, 'INVALID_DATA', 'the relation name given seems to be invalid', {
      related_list: related,
    })
  }
  if (!tools.state.get(module, id)) {
    throw new ApiError(400, 'INVALID_DATA', 'the related id given seems to be invalid', { id })
  }
  const records = tools.state.childrenOf(list.module, list.by, id)
  return page(list.module, records, { call, tools, list: `${module}.${id}.${related}` })
}

/** The related lists of a module: which records, found by which of their lookups. */
export const RELATED_LISTS: Partial<Record<ModuleName, { name: string; module: ModuleName; by: string }[]>> =
  {
    Accounts: [
      { name: 'Contacts', module: 'Contacts', by: 'Account_Name' },
      { name: 'Deals', module: 'Deals', by: 'Account_Name' },
      ...activityLists('What_Id'),
    ],
    Contacts: [{ name: 'Deals', module: 'Deals', by: 'Contact_Name' }, ...activityLists('Who_Id')],
    Deals: activityLists('What_Id'),
    Tasks: [{ name: 'Notes', module: 'Notes', by: 'Parent_Id' }],
    Events: [{ name: 'Notes', module: 'Notes', by: 'Parent_Id' }],
    Calls: [{ name: 'Notes', module: 'Notes', by: 'Parent_Id' }],
  }

function activityLists(by: string): { name: string; module: ModuleName; by: string }[] {
  return [
    { name: 'Notes', module: 'Notes', by: 'Parent_Id' },
    { name: 'Tasks', module: 'Tasks', by },
    { name: 'Events', module: 'Events', by },
    { name: 'Calls', module: 'Calls', by },
  ]
}

/** `GET /{module}/deleted?type=`: everything here lies in the recycle bin. Costs two credits. */
export function listDeleted(module: ModuleName, call: Call, { state, now }: ApiTools): Answer {
  const since = call.modifiedSince
  const removals = state.removals.filter(
    (removal) => removal.module === module && (!since || Date.parse(removal.at) > since.getTime()),
  )
  const type = call.query.type ?? 'all'
  const { offset, perPage, page: number } = readPaging(call.query, `${module}.deleted`, now())
  const shown = type === 'permanent' ? [] : removals.toReversed().slice(offset, offset + perPage)
  if (shown.length === 0) return { status: since ? 304 : 204, credits: 2 }
  const data = shown.map((removal) => ({
    id: removal.id,
    display_name: removal.name,
    type: 'recycle',
    deleted_time: removal.at,
    deleted_by: removal.by,
    created_by: null,
  }))
  const info = {
    per_page: perPage,
    count: data.length,
    page: number,
    more_records: removals.length > offset + perPage,
  }
  return { status: 200, body: { data, info }, credits: 2 }
}

/** `GET /{module}/search?criteria= | email= | phone= | word=` */
export function searchRecords(module: ModuleName, call: Call, tools: ApiTools): Answer {
  const found = searchTest(module, call, tools)
  const records = [...tools.state.all(module)].filter(found)
  return page(module, records, { call, tools, list: `${module}.search`, allFields: true })
}

function searchTest(
  module: ModuleName,
  { query }: Call,
  { matcher }: ApiTools,
): (record: ZohoRecord) => boolean {
  if (query.criteria !== undefined) return matcher(module, parseCriteria(String(query.criteria)))
  const word = query.email ?? query.phone ?? query.word
  if (word === undefined) {
    throw new ApiError(400, 'REQUIRED_PARAM_MISSING', 'One of the expected parameter is missing', {
      param_names: ['criteria', 'email', 'phone', 'word'],
    })
  }
  const sought = String(word).toLowerCase()
  const types: string[] =
    query.email !== undefined ? ['email'] : query.phone !== undefined ? ['phone'] : TEXTUAL
  const apis = SCHEMA[module].filter((field) => types.includes(field.type)).map((field) => field.api)
  return (record) =>
    apis.some((api) => {
      const value = record[api]
      if (typeof value !== 'string') return false
      return query.word === undefined ? value.toLowerCase() === sought : value.toLowerCase().includes(sought)
    })
}
const TEXTUAL = ['text', 'email', 'phone', 'website']

/** `GET /{module}/actions/count` */
export function countRecords(module: ModuleName, call: Call, tools: ApiTools): Answer {
  const { criteria, email, phone, word } = call.query
  const searched = criteria ?? email ?? phone ?? word
  const count =
    searched === undefined
      ? tools.state.count(module)
      : [...tools.state.all(module)].filter(searchTest(module, call, tools)).length
  return { status: 200, body: { count } }
}

/** `POST /coql` */
export function runQuery(call: Call, tools: ApiTools): Answer {
  const text = (call.body as { select_query?: unknown } | null | undefined)?.select_query
  if (typeof text !== 'string') {
    throw new ApiError(400, 'MANDATORY_NOT_FOUND', 'required field not found', {
      api_name: 'select_query',
      json_path: '$.select_query',
    })
  }
  const { rows, more, credits } = tools.coql(text)
  if (rows.length === 0) return { status: 204, credits }
  return { status: 200, body: { data: rows, info: { count: rows.length, more_records: more } }, credits }
}

function page(
  module: ModuleName,
  records: ZohoRecord[],
  { call, tools, list, allFields }: { call: Call; tools: ApiTools; list: string; allFields?: true },
): Answer {
  const fields =
    allFields && call.query.fields === undefined ? SCHEMA[module].map((field) => field.api) : readFields(call)
  const now = tools.now()
  const bound = `${list}|${fields.join(',')}`
  const paging = readPaging(call.query, bound, now)
  const since = call.modifiedSince
  const fresh = since
    ? records.filter((record) => Date.parse(String(record.Modified_Time)) > since.getTime())
    : records
  if (since && fresh.length === 0) return { status: 304 }
  const { shown, info } = pageOf(fresh, paging, { list: bound, now })
  if (shown.length === 0) return { status: 204 }
  const data = shown.map((record) => project(module, record, { fields, state: tools.state }))
  return { status: 200, body: { data, info } }
}

function readFields(call: Call): string[] {
  const raw = call.query.fields
  if (typeof raw !== 'string' || raw.trim() === '') {
    throw new ApiError(400, 'REQUIRED_PARAM_MISSING', 'One of the expected parameter is missing', {
      param_name: 'fields',
    })
  }
  const fields = raw.split(',').map((field) => field.trim())
  if (fields.length > MOST_FIELDS) {
    throw new ApiError(400, 'LIMIT_EXCEEDED', 'at most 50 fields', {
      param_name: 'fields',
      limit: MOST_FIELDS,
    })
  }
  return fields
}
