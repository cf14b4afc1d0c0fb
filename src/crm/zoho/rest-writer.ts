import type { CrmChange, Fields, FieldValue } from '../../model/change.ts'
import { type FieldMap, fieldByApi, type Module } from '../../model/field.ts'
import type { BeforeSending, CrmRecord, CrmWriter } from '../crm.ts'
import { compare } from './coql.ts'
import { apiName, fieldNames } from './fields.ts'
import type { Http } from './http.ts'
import { marked, unmarked } from './marker.ts'
import { listPages, query, readRecord, recordPath } from './queries.ts'
import { duplicateOf, writeOutcome, zohoInstant } from './wire.ts'

type Creation = Extract<CrmChange, { action: 'create' }>
/** Where we look for a record of ours that carries its mark in its text. */
const SEARCHED = 200

/**
 * All writes to Zoho, never repeated here: whether a lost answer was a write is for `execution/` to find out.
 *
 * @param automation sent with every write; absent, Zoho would run everything
 */
export function restWriter(http: Http, fieldMap: () => FieldMap, automation: readonly string[]): CrmWriter {
  const envelope = (record: Record<string, unknown>) => ({ data: [record], trigger: automation })

  async function createUnique(
    change: Creation,
    { field, operationId }: { field: string; operationId: string },
    beforeSending: BeforeSending,
  ) {
    const answer = await http({
      endpoint: 'upsert',
      method: 'POST',
      path: `/${change.module}/upsert`,
      body: {
        ...envelope({ ...wireFields(change.module, change.fields), ...link(change), [field]: operationId }),
        duplicate_check_fields: [field],
      },
      read: false,
      beforeSending,
    })
    // Two attempts at once: the other one made it.
    const made = duplicateOf(answer, field)
    if (made !== null) return { kind: 'written', recordId: made, modifiedAt: null } as const
    return writeOutcome(answer, null)
  }

  async function createMarked(change: Creation, operationId: string, beforeSending: BeforeSending) {
    const text = textField(change.module)
    const fields = { ...change.fields, [text]: marked(change.fields[text], operationId) }
    const answer = await http({
      endpoint: 'create',
      method: 'POST',
      path: `/${change.module}`,
      body: envelope({ ...wireFields(change.module, fields), ...link(change) }),
      read: false,
      beforeSending,
    })
    return writeOutcome(answer, null)
  }

  async function findMarked(change: Creation, operationId: string): Promise<CrmRecord | null> {
    const text = textField(change.module)
    for await (const rows of ofParent(change)) {
      const found = rows.find((row) => unmarked(row[text]).operationId === operationId)
      if (found) return found
    }
    return null
  }

  async function* ofParent({ module, parent }: Creation): AsyncGenerator<CrmRecord[]> {
    const fields = fieldMap()
    if (module === 'Notes') {
      yield* listPages(http, {
        path: `${recordPath(parent.module, parent.id)}/Notes`,
        endpoint: 'related',
        fields: fieldNames(fields, 'Notes'),
        what: `the notes of ${parent.module} ${parent.id}`,
      })
      return
    }
    const { rows } = await query(http, {
      fields,
      module,
      where: compare('What_Id', '=', parent.id),
      orderBy: [{ field: 'Created_Time', descending: true }],
      limit: SEARCHED,
    })
    yield rows
  }

  /** A value as Zoho takes it: a lookup by its id alone, an instant in whole seconds. */
  function wireFields(module: Module, fields: Fields): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(fields).map(([api, value]) => {
        if (typeof value === 'object' && value !== null) return [api, { id: value.id }]
        const isInstant =
          typeof value === 'string' && fieldByApi(fieldMap(), module, api)?.type === 'datetime'
        return [api, isInstant ? zohoInstant(value) : value]
      }),
    )
  }

  return {
    read: (module, id) => readRecord(http, { fields: fieldMap(), module, id }),

    async update(change, unmodifiedSince, beforeSending) {
      const answer = await http({
        endpoint: 'update',
        method: 'PUT',
        path: recordPath(change.module, change.recordId),
        headers: { 'if-unmodified-since': zohoInstant(unmodifiedSince) },
        body: envelope(wireFields(change.module, change.fields)),
        read: false,
        beforeSending,
      })
      return writeOutcome(answer, change.recordId)
    },

    create(change, operationId, beforeSending) {
      const field = operationField(fieldMap(), change.module)
      return field === null
        ? createMarked(change, operationId, beforeSending)
        : createUnique(change, { field, operationId }, beforeSending)
    },

    async findCreated(change, operationId) {
      const fields = fieldMap()
      const { module } = change
      const field = operationField(fields, module)
      const record =
        field === null
          ? await findMarked(change, operationId)
          : ((await query(http, { fields, module, where: compare(field, '=', operationId), limit: 1 }))
              .rows[0] ?? null)
      return record && { record, fields: fieldsOf(record, Object.keys(change.fields)) }
    },

    async remove(change, beforeSending) {
      const { unmodifiedSince } = change
      // Zoho promises the precondition for updates only, so it is also checked here, as near to the write as can be.
      const live = await readRecord(http, { fields: fieldMap(), module: change.module, id: change.recordId })
      if (live && Date.parse(String(live.Modified_Time)) > Date.parse(unmodifiedSince))
        return { kind: 'moved' }
      const answer = await http({
        endpoint: 'remove',
        method: 'DELETE',
        path: recordPath(change.module, change.recordId),
        headers: { 'if-unmodified-since': zohoInstant(unmodifiedSince) },
        read: false,
        beforeSending,
      })
      return writeOutcome(answer, change.recordId)
    },

    fieldsOf,
  }
}

function operationField(fields: FieldMap, module: Creation['module']): string | null {
  return apiName(fields, module, 'operationId')
}

function textField(module: Creation['module']): 'Description' | 'Note_Content' {
  return module === 'Notes' ? 'Note_Content' : 'Description'
}

/** What ties a new record to its parent; an id alone does not tell Zoho of which module it is. */
function link({ module, parent }: Creation): Record<string, unknown> {
  return module === 'Notes'
    ? { Parent_Id: { id: parent.id, module: { api_name: parent.module } } }
    : { What_Id: { id: parent.id }, $se_module: parent.module }
}

function fieldsOf(record: CrmRecord, names: readonly string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, fieldValue(record[name])]))
}

/** A value in the form a change holds it; our own mark is no part of the text a person approved. */
function fieldValue(value: unknown): FieldValue {
  if (typeof value === 'string') return unmarked(value).text
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value !== 'object' || value === null || !('id' in value)) return null
  const name = 'name' in value && typeof value.name === 'string' ? value.name : undefined
  return { id: String(value.id), ...(name === undefined ? {} : { name }) }
}
