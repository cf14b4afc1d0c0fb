import { z } from 'zod'
import type { FieldMap, Module } from '../../model/field.ts'
import type { CrmReader, CrmRecord, CrmTrace, CrmTraces } from '../crm.ts'
import { apiName } from './fields.ts'
import type { Http } from './http.ts'
import { unmarked } from './marker.ts'
import { listDeleted, recordPath } from './queries.ts'
import { accepted, parsed } from './wire.ts'

/**
 * What Zoho remembers of our writes: a record's timeline for what we changed, our mark for what we made, the bin for
 * what we took back. A person who edited the record since hides nothing of it, as `Modified_By` would.
 */

const CHANGED = ['Accounts', 'Deals'] as const
const MADE = ['Tasks', 'Events', 'Notes'] as const
const NAME = {
  Accounts: 'Account_Name',
  Deals: 'Deal_Name',
  Tasks: 'Subject',
  Events: 'Event_Title',
  Notes: 'Note_Title',
} as const
type Kept = keyof typeof NAME

export type TraceTools = {
  reader: Pick<CrmReader, 'records'>
  fields: () => FieldMap
  /** The id of the user who writes for us. */
  me: () => Promise<string>
}

export function restTraces(http: Http, { reader, fields, me }: TraceTools): CrmTraces {
  async function of(
    module: Kept,
    since: Date,
    trace: (record: CrmRecord) => Promise<CrmTrace[]> | CrmTrace[],
  ) {
    const traces: CrmTrace[] = []
    // The cursor's own second is looked at too.
    const after = { modifiedAt: new Date(since.getTime() - 1_000), id: '0' }
    for await (const records of reader.records(module, after))
      traces.push(...(await Promise.all(records.map(trace))).flat())
    return traces
  }

  async function updates(module: Kept, record: CrmRecord, since: Date, user: string): Promise<CrmTrace[]> {
    const answer = await http({
      endpoint: 'timeline',
      method: 'GET',
      path: `${recordPath(module, record.id)}/__timeline`,
      query: { per_page: '200' },
      read: true,
    })
    const what = `the timeline of ${module} ${record.id}`
    const body = accepted(answer, what)
    if (body === null) return []
    return parsed(TimelineBody, body, what).__timeline.flatMap((entry) => {
      const at = new Date(entry.audited_time)
      // Whoever lends us their name also works on Zoho's own pages.
      const isOurs = entry.done_by?.id === user && entry.source !== 'crm_ui'
      if (entry.action !== 'updated' || !isOurs || at < since) return []
      const changed = entry.field_history ?? []
      const values = Object.fromEntries(
        changed.flatMap(({ api_name, _value }) => {
          const told = _value?.new
          return told === undefined ? [] : [[api_name, told === null ? null : String(told)]]
        }),
      )
      const names = changed.map(({ api_name }) => api_name)
      return [{ ...traceOf('updated', module, record, at), fields: names, values }]
    })
  }

  function creations(module: Kept, record: CrmRecord, since: Date): CrmTrace[] {
    const at = new Date(String(record.Created_Time))
    const operationId = markOf(fields(), module, record)
    if (operationId === null || at < since) return []
    const parentId =
      z.object({ id: z.string() }).safeParse(record.What_Id ?? record.Parent_Id).data?.id ?? null
    return [{ ...traceOf('created', module, record, at), operationId, parentId }]
  }

  async function removals(module: Kept, since: Date, user: string): Promise<CrmTrace[]> {
    const traces: CrmTrace[] = []
    for await (const { id, display_name, deleted_time, deleted_by } of listDeleted(http, module, since)) {
      if (deleted_by?.id !== user || !deleted_time) continue
      const record = { id, [NAME[module]]: display_name }
      traces.push(traceOf('removed', module, record, new Date(deleted_time)))
    }
    return traces
  }

  return {
    async since(at) {
      const user = await me()
      const found = await Promise.all([
        ...CHANGED.map((module) => of(module, at, (record) => updates(module, record, at, user))),
        ...MADE.map((module) => of(module, at, (record) => creations(module, record, at))),
        ...MADE.map((module) => removals(module, at, user)),
      ])
      return found.flat().toSorted((a, b) => a.at.getTime() - b.at.getTime())
    },
  }
}

function traceOf(did: CrmTrace['did'], module: Kept, record: CrmRecord, at: Date): CrmTrace {
  const name = record[NAME[module]]
  return {
    did,
    module,
    recordId: record.id,
    name: typeof name === 'string' ? name : null,
    at,
    fields: [],
    values: {},
    parentId: null,
    operationId: null,
  }
}

/** Our id on a record we made: in a field of its own, or the last line of its text. */
function markOf(fields: FieldMap, module: Module, record: CrmRecord): string | null {
  const field = apiName(fields, module, 'operationId')
  const own = field === null ? null : record[field]
  if (typeof own === 'string' && own !== '') return own
  return unmarked(record[module === 'Notes' ? 'Note_Content' : 'Description']).operationId
}

const By = z.object({ id: z.string() }).nullish()
/** Of some kinds of field it is an object, or not there. */
const Told = z.object({ new: z.union([z.string(), z.number(), z.boolean()]).nullish() })
const TimelineBody = z.object({
  __timeline: z.array(
    z.object({
      audited_time: z.string(),
      action: z.string(),
      source: z.string().nullish(),
      done_by: By,
      field_history: z
        .array(z.object({ api_name: z.string(), _value: Told.nullish().catch(null) }))
        .nullish(),
    }),
  ),
})
