import { z } from 'zod'
import type { FieldMap, Module } from '../../model/field.ts'
import type { CrmRecord } from '../crm.ts'
import { COQL_LIMIT, type Condition, selectQuery } from './coql.ts'
import { fieldNames } from './fields.ts'
import type { Http } from './http.ts'
import { accepted, type Page, pageOf, parsed, zohoInstant } from './wire.ts'

/** Reads that both connections make. */

const ID = /^\d{5,25}$/

/** @throws RangeError for what can be no record id, before it gets into a path. */
export function recordPath(module: Module, id: string): string {
  return `/${module}/${checkedId(id)}`
}

function checkedId(id: string): string {
  if (!ID.test(id)) throw new RangeError(`${JSON.stringify(id)} is no record id`)
  return id
}

export async function query(
  http: Http,
  {
    fields,
    module,
    where,
    orderBy = [],
    limit = COQL_LIMIT,
  }: {
    fields: FieldMap
    module: Module
    where: Condition
    orderBy?: readonly { field: string; descending?: boolean }[]
    limit?: number
  },
): Promise<Page> {
  const select_query = selectQuery({
    fields: ['id', ...fieldNames(fields, module)],
    module,
    where,
    orderBy,
    limit,
  })
  const answer = await http({
    endpoint: 'coql',
    method: 'POST',
    path: '/coql',
    body: { select_query },
    read: true,
    credits: limit <= 200 ? 1 : limit <= 1000 ? 2 : 3,
  })
  return pageOf(answer, `the query of ${module}`)
}

/** Null when Zoho does not have it, or has it in the bin. */
export async function readRecord(
  http: Http,
  { fields, module, id }: { fields: FieldMap; module: Module; id: string },
): Promise<CrmRecord | null> {
  const answer = await http({
    endpoint: 'record',
    method: 'GET',
    path: recordPath(module, id),
    query: { fields: fieldNames(fields, module).join(',') },
    read: true,
  })
  // An unknown id is no content at one time and a complaint about the id at another.
  if (answer.status === 404 || isUnknownId(answer.body)) return null
  return pageOf(answer, `${module} ${id}`).rows[0] ?? null
}

/** Zoho takes this many ids in one call. */
const MOST_IDS = 100

export async function readRecords(
  http: Http,
  { fields, module, ids }: { fields: FieldMap; module: Module; ids: readonly string[] },
): Promise<CrmRecord[]> {
  const found: CrmRecord[] = []
  for (let at = 0; at < ids.length; at += MOST_IDS) {
    const part = ids.slice(at, at + MOST_IDS).map(checkedId)
    const answer = await http({
      endpoint: 'list',
      method: 'GET',
      path: `/${module}`,
      query: { ids: part.join(','), fields: fieldNames(fields, module).join(','), per_page: '200' },
      read: true,
    })
    found.push(...pageOf(answer, `${part.length} ${module}`).rows)
  }
  return found
}

function isUnknownId(body: unknown): boolean {
  const { code, details } = (body ?? {}) as { code?: unknown; details?: { api_name?: unknown; id?: unknown } }
  return code === 'INVALID_DATA' && (details?.api_name === 'id' || typeof details?.id === 'string')
}

/** All pages of a list endpoint, by page token: page numbers end at 2000 records. */
export async function* listPages(
  http: Http,
  {
    path,
    endpoint,
    fields,
    what,
    headers,
    params = {},
  }: {
    path: string
    endpoint: string
    fields: readonly string[]
    what: string
    headers?: Record<string, string>
    params?: Record<string, string>
  },
): AsyncGenerator<CrmRecord[]> {
  let token: string | null = null
  do {
    const answer = await http({
      endpoint,
      method: 'GET',
      path,
      query: {
        fields: fields.join(','),
        per_page: '200',
        ...params,
        ...(token === null ? {} : { page_token: token }),
      },
      ...(headers ? { headers } : {}),
      read: true,
    })
    const page: Page = pageOf(answer, what)
    if (page.rows.length > 0) yield page.rows
    token = page.more ? page.nextToken : null
  } while (token !== null)
}

/** What was deleted since then, by whomever. */
export async function* listDeleted(http: Http, module: Module, since: Date): AsyncGenerator<Deleted> {
  const what = `the deleted ${module}`
  for (let page = 1; ; page += 1) {
    const answer = await http({
      endpoint: 'deleted',
      method: 'GET',
      path: `/${module}/deleted`,
      query: { type: 'all', per_page: '200', page: String(page) },
      headers: { 'if-modified-since': zohoInstant(since) },
      read: true,
      credits: 2,
    })
    const body = accepted(answer, what)
    if (body === null) return
    const { data, info } = parsed(DeletedBody, body, what)
    yield* data
    if (!info?.more_records) return
  }
}

const Deleted = z.object({
  id: z.string(),
  display_name: z.string().nullish(),
  deleted_time: z.string().nullish(),
  deleted_by: z.object({ id: z.string() }).nullish(),
})
export type Deleted = z.infer<typeof Deleted>
const DeletedBody = z.object({
  data: z.array(Deleted),
  info: z.object({ more_records: z.boolean() }).optional(),
})
