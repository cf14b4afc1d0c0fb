import { UpstreamError } from '../../errors.ts'
import type { FieldMap, Module } from '../../model/field.ts'
import type { CrmReader, CrmRecord, Cursor } from '../crm.ts'
import { both, COQL_LIMIT, type Condition, compare, either, notEmpty, oneOf } from './coql.ts'
import { fieldNames } from './fields.ts'
import type { Http } from './http.ts'
import { listDeleted, listPages, query, readRecord, readRecords, recordPath } from './queries.ts'
import { readFields, readUsers } from './rest-settings.ts'
import { registerWatch } from './rest-watch.ts'
import { zohoInstant } from './wire.ts'

const OLDEST_FIRST = [{ field: 'Modified_Time' }, { field: 'id' }]
const NEWEST_FIRST = [
  { field: 'Modified_Time', descending: true },
  { field: 'id', descending: true },
]
const OF_ACCOUNT = 200
/** An `in` list takes 50; one place is the account's own. */
const DEALS_PER_QUERY = 49

export function restReader(http: Http, fieldMap: () => FieldMap): CrmReader {
  async function* recordsByQuery(module: Module, after: Cursor | null): AsyncGenerator<CrmRecord[]> {
    let cursor = after
    for (;;) {
      const where = cursor ? later(cursor) : notEmpty('id')
      const { rows, more } = await query(http, { fields: fieldMap(), module, where, orderBy: OLDEST_FIRST })
      if (rows.length > 0) yield rows
      const last = rows.at(-1)
      if (!last || !(more || rows.length === COQL_LIMIT)) return
      // By position in the order, not by offset: a record that changes meanwhile moves to the end and is seen
      // again, and none is skipped.
      cursor = cursorOf(last)
    }
  }

  // Not every organisation can query notes, so they are listed; `If-Modified-Since` makes that a delta.
  function notes(after: Cursor | null): AsyncGenerator<CrmRecord[]> {
    return listPages(http, {
      path: '/Notes',
      endpoint: 'list',
      fields: fieldNames(fieldMap(), 'Notes'),
      what: 'the list of Notes',
      params: { sort_by: 'Modified_Time', sort_order: 'asc' },
      ...(after ? { headers: { 'if-modified-since': zohoInstant(after.modifiedAt) } } : {}),
    })
  }

  async function ofAccount(
    module: Exclude<Module, 'Accounts'>,
    accountId: string,
    dealIds: string[],
  ): Promise<CrmRecord[]> {
    const fields = fieldMap()
    if (module === 'Notes') return notesOfAccount(fields, accountId)
    const conditions =
      module === 'Contacts' || module === 'Deals'
        ? [compare('Account_Name', '=', accountId)]
        : relatedTo(accountId, dealIds).map((ids) => oneOf('What_Id', ids))
    const pages = await Promise.all(
      conditions.map((where) =>
        query(http, { fields, module, where, orderBy: NEWEST_FIRST, limit: OF_ACCOUNT }),
      ),
    )
    return newest(pages.flatMap((page) => page.rows))
  }

  async function notesOfAccount(fields: FieldMap, accountId: string): Promise<CrmRecord[]> {
    const pages = listPages(http, {
      path: `${recordPath('Accounts', accountId)}/Notes`,
      endpoint: 'related',
      fields: fieldNames(fields, 'Notes'),
      what: `the notes of account ${accountId}`,
      params: { sort_by: 'Modified_Time', sort_order: 'desc' },
    })
    for await (const rows of pages) return newest(rows)
    return []
  }

  async function deleted(module: Module, since: Date): Promise<string[]> {
    const ids: string[] = []
    for await (const { id } of listDeleted(http, module, since)) ids.push(id)
    return ids
  }

  return {
    users: () => readUsers(http),
    fields: (module) => readFields(http, module),
    deleted,
    ofAccount,
    records: (module, after) => (module === 'Notes' ? notes(after) : recordsByQuery(module, after)),
    record: (module, id) => readRecord(http, { fields: fieldMap(), module, id }),
    recordsById: (module, ids) => readRecords(http, { fields: fieldMap(), module, ids }),
    watch: (watch) => registerWatch(http, watch),
  }
}

function later({ modifiedAt, id }: Cursor): Condition {
  const at = zohoInstant(modifiedAt)
  return either(
    compare('Modified_Time', '>', at),
    both(compare('Modified_Time', '=', at), compare('id', '>', id)),
  )
}

function cursorOf(record: CrmRecord): Cursor {
  const modifiedAt = new Date(String(record.Modified_Time))
  if (Number.isNaN(modifiedAt.getTime())) {
    throw new UpstreamError(`Zoho gave record ${record.id} no Modified_Time to go on from`, {
      service: 'zoho',
      sent: true,
    })
  }
  return { modifiedAt, id: record.id }
}

function relatedTo(accountId: string, dealIds: string[]): string[][] {
  const lists = [[accountId, ...dealIds.slice(0, DEALS_PER_QUERY)]]
  for (let at = DEALS_PER_QUERY; at < dealIds.length; at += DEALS_PER_QUERY) {
    lists.push(dealIds.slice(at, at + DEALS_PER_QUERY))
  }
  return lists
}

function newest(records: CrmRecord[]): CrmRecord[] {
  const at = (record: CrmRecord) => Date.parse(String(record.Modified_Time)) || 0
  return records.toSorted((a, b) => at(b) - at(a)).slice(0, OF_ACCOUNT)
}
