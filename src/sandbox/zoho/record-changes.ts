import type { HistoryEntry, ModuleName, ZohoRecord, ZohoValue } from '../data/crm-data.ts'
import { zohoTime } from '../data/crm-data.ts'
import { fieldValue, targetOf } from './projection.ts'
import type { Values } from './record-values.ts'
import { DEAL_STAGES, fieldOf } from './schema.ts'
import { lookupId, nameOf, type ZohoState } from './state.ts'

/** Who changes records, and by which door. */
export type Actor = { by: { id: string; name: string }; source: 'crm_ui' | 'crm_api' }

/** A record that came, changed or went, for those who watch. */
export type RecordEvent = {
  module: ModuleName
  operation: 'insert' | 'update' | 'delete'
  id: string
  /** What the change set, as sent. */
  values: Values
  /** The records it is related to, told to channels that asked for related changes. */
  related: { module: ModuleName; id: string }[]
}

export type Recorder = ReturnType<typeof createRecorder>

/** Changes records the way Zoho does: stamps, fields that follow from others, timeline, last activity. */
export function createRecorder(state: ZohoState, now: () => Date) {
  const stamp = () => zohoTime(now())

  function create(module: ModuleName, values: Values, { by, source }: Actor): ZohoRecord {
    const at = stamp()
    const record: ZohoRecord = {
      Owner: by,
      ...defaults(module),
      ...filled(values),
      id: state.nextId(),
      Created_Time: at,
      Modified_Time: at,
      Created_By: by,
      Modified_By: by,
    }
    followFields(module, record, { before: null, sent: values, at })
    state.apply({ kind: 'record', module, record })
    tell({ module, recordId: record.id, at, action: 'added', source, by, changes: [] })
    touchParents(module, record, at)
    return record
  }

  function update(module: ModuleName, before: ZohoRecord, change: { values: Values } & Actor): ZohoRecord {
    const { values, by, source } = change
    const at = stamp()
    const record: ZohoRecord = { ...before, ...values, Modified_Time: at, Modified_By: by }
    followFields(module, record, { before, sent: values, at })
    state.apply({ kind: 'record', module, record })
    const changes = differences(module, before, record)
    if (changes.length > 0) tell({ module, recordId: record.id, at, action: 'updated', source, by, changes })
    if (isActivity(module)) touchParents(module, record, at)
    return record
  }

  function remove(module: ModuleName, record: ZohoRecord, { by, source }: Actor) {
    const at = stamp()
    state.apply({
      kind: 'removal',
      removal: { module, id: record.id, name: nameOf(module, record), at, by },
    })
    tell({ module, recordId: record.id, at, action: 'deleted', source, by, changes: [] })
  }

  function tell(entry: Omit<HistoryEntry, 'id'>) {
    state.apply({ kind: 'history', entry: { id: state.nextId(), ...entry } })
  }

  /** As people read them: Zoho's timeline gives names and texts, never ids. */
  function differences(module: ModuleName, before: ZohoRecord, after: ZohoRecord): HistoryEntry['changes'] {
    const names = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...names].flatMap((api) => {
      if (UNTRACKED.has(api) || !fieldOf(module, api)) return []
      const old = inWords(fieldValue(module, before, { api, state }))
      const now = inWords(fieldValue(module, after, { api, state }))
      return old === now ? [] : [{ field: api, old, new: now }]
    })
  }

  /** An activity is also activity of the record it is about, and of its contact. It leaves Modified_Time alone. */
  function touchParents(module: ModuleName, record: ZohoRecord, at: string) {
    for (const { module: parentModule, id } of relatedRecords(module, record)) {
      const parent = state.get(parentModule, id)
      if (parent && fieldOf(parentModule, 'Last_Activity_Time')) {
        state.apply({
          kind: 'record',
          module: parentModule,
          record: { ...parent, Last_Activity_Time: at },
        })
      }
    }
  }

  return { create, update, remove }
}

const UNTRACKED = new Set([
  'Modified_Time',
  'Modified_By',
  'Created_Time',
  'Created_By',
  'Last_Activity_Time',
])

/** The records that a change of this one is news for. */
export function relatedRecords(module: ModuleName, record: ZohoRecord): { module: ModuleName; id: string }[] {
  const links = isActivity(module) ? ['What_Id', 'Who_Id', 'Parent_Id'] : ['Account_Name']
  return links.flatMap((api) => {
    const id = lookupId(record[api])
    const target = targetOf(module, record, api)
    return id === null || target === null ? [] : [{ module: target, id }]
  })
}

function isActivity(module: ModuleName): boolean {
  return module === 'Tasks' || module === 'Events' || module === 'Calls' || module === 'Notes'
}

function defaults(module: ModuleName): Values {
  return module === 'Tasks' ? { Status: 'Not Started', Priority: 'Normal' } : {}
}

function filled(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
}

/** Fields that Zoho, or a workflow of the sandbox company, sets when others change. */
function followFields(
  module: ModuleName,
  record: ZohoRecord,
  { before, sent, at }: { before: ZohoRecord | null; sent: Values; at: string },
) {
  if (module === 'Contacts') {
    record.Full_Name = [record.First_Name, record.Last_Name].filter(Boolean).join(' ')
  }
  if (module === 'Tasks' && record.Status !== before?.Status && sent.Closed_Time === undefined) {
    record.Closed_Time = record.Status === 'Completed' ? at : null
  }
  if (module === 'Deals') {
    if (record.Stage !== before?.Stage) {
      if (sent.Stage_Changed_Time === undefined) record.Stage_Changed_Time = at
      const stage = DEAL_STAGES.find((each) => each.name === record.Stage)
      if (sent.Probability === undefined && stage) record.Probability = stage.probability
    }
    record.Expected_Revenue =
      typeof record.Amount === 'number' && typeof record.Probability === 'number'
        ? Math.round(record.Amount * record.Probability) / 100
        : null
  }
}

function inWords(value: ZohoValue): string | null {
  if (value === null) return null
  if (Array.isArray(value)) return value.map((each) => each.name ?? each.participant).join(', ')
  if (typeof value === 'object') return value.name ?? value.id
  return String(value)
}
