import type { CrmRecord, CrmWriter, WriteOutcome } from '../../src/crm/crm.ts'
import { UpstreamError } from '../../src/errors.ts'
import type { Fields, FieldValue } from '../../src/model/change.ts'

/**
 * A CRM that keeps its promises and no more: times in whole seconds, conditional writes, one record per operation.
 * What goes wrong with a request is said beforehand; whatever took effect is in its log.
 */
export type Fault =
  /** The request is lost on its way, or its answer is. */
  | 'lost-before'
  | 'lost-after'
  /** It arrives only after the sender has given up. */
  | 'late'
  | 'fails'
  | 'busy'
  | 'refuses'
  | 'cannot-be-read'

export type Effect = {
  operationId: string
  kind: 'update' | 'create' | 'remove'
  recordId: string
  fields: Fields
  /** What the touched fields held until then. */
  before: Fields
  at: number
  late: boolean
}

type Stored = { fields: Fields; modifiedAt: number; operationId: string | null }

export type MemoryCrm = {
  writer: CrmWriter
  effects: Effect[]
  edits: { recordId: string; field: string; value: FieldValue; at: number }[]
  records: Map<string, Stored>
  /** What a person does in the CRM's own screens. */
  edit(recordId: string, field: string, value: FieldValue): void
  /** Lets in what was sent late. */
  arrive(): void
}

type Sender = { operationId: string; fault: (request: 'read' | 'write') => Fault | null }

const GRAIN_MS = 1_000
const LATENCY_MS = 40
const LATE_MS = 5_000

/**
 * @param clock the CRM's; it moves on with each call.
 * @param sender whose request this is, and what goes wrong with it.
 */
export function memoryCrm(clock: { now: number }, sender: () => Sender): MemoryCrm {
  const records = new Map<string, Stored>()
  const effects: Effect[] = []
  const edits: MemoryCrm['edits'] = []
  let late: { at: number; take: () => void }[] = []
  let made = 0

  const upstream = (message: string, details: { status?: number; sent: boolean }) =>
    new UpstreamError(message, { service: 'zoho', ...details })
  const inSeconds = (at: number) => Math.floor(at / GRAIN_MS) * GRAIN_MS
  const zohoTime = (at: number) => new Date(inSeconds(at)).toISOString().replace('.000Z', '+00:00')
  const moved = (record: Stored, since: string) => inSeconds(record.modifiedAt) > Date.parse(since)

  function toRecord(id: string, { fields, modifiedAt }: Stored): CrmRecord {
    return { ...fields, id, Modified_Time: zohoTime(modifiedAt) }
  }

  function read(id: string): CrmRecord | null {
    clock.now += LATENCY_MS
    if (sender().fault('read')) throw upstream('nobody answers', { sent: true })
    const record = records.get(id)
    return record ? toRecord(id, record) : null
  }

  function send(take: (isLate: boolean) => WriteOutcome): WriteOutcome {
    clock.now += LATENCY_MS
    switch (sender().fault('write')) {
      case 'lost-before':
        throw upstream('the connection broke', { sent: true })
      case 'lost-after':
        take(false)
        throw upstream('the connection broke', { sent: true })
      case 'late':
        late.push({ at: clock.now + LATE_MS, take: () => void take(true) })
        throw upstream('no answer in time', { sent: true })
      case 'fails':
        throw upstream('failed with 503', { status: 503, sent: true })
      case 'busy':
        throw upstream('slow down', { status: 429, sent: false })
      case 'refuses':
        return { kind: 'refused', code: 'INVALID_DATA', message: 'a rule says no' }
      default:
        return take(false)
    }
  }

  function happened(
    kind: Effect['kind'],
    recordId: string,
    details: Omit<Effect, 'kind' | 'recordId' | 'at'>,
  ) {
    effects.push({ kind, recordId, at: clock.now, ...details })
    return { kind: 'written', recordId, modifiedAt: zohoTime(clock.now) } as const
  }

  const writer: CrmWriter = {
    read: async (_, id) => read(id),
    async update(change, unmodifiedSince, beforeSending) {
      const { operationId } = sender()
      await beforeSending()
      return send((isLate) => {
        const record = records.get(change.recordId)
        if (!record) return { kind: 'refused', code: 'INVALID_DATA', message: 'there is no such record' }
        if (moved(record, unmodifiedSince)) return { kind: 'moved' }
        const before = fieldsOf(toRecord(change.recordId, record), Object.keys(change.fields))
        Object.assign(record, { fields: { ...record.fields, ...change.fields }, modifiedAt: clock.now })
        const { fields } = change
        return happened('update', change.recordId, { operationId, fields, before, late: isLate })
      })
    },
    async create(change, operationId, beforeSending) {
      await beforeSending()
      return send((isLate) => {
        const twin = createdBy(operationId)
        if (twin) return { kind: 'written', recordId: twin[0], modifiedAt: null }
        made += 1
        const id = String(900_000 + made)
        records.set(id, { fields: change.fields, modifiedAt: clock.now, operationId })
        return happened('create', id, { operationId, fields: change.fields, before: {}, late: isLate })
      })
    },
    async findCreated(change, operationId) {
      clock.now += LATENCY_MS
      const [id, record] = createdBy(operationId) ?? []
      if (!id || !record) return null
      const found = toRecord(id, record)
      return { record: found, fields: fieldsOf(found, Object.keys(change.fields)) }
    },
    async remove(change, beforeSending) {
      const { operationId } = sender()
      await beforeSending()
      return send((isLate) => {
        const record = records.get(change.recordId)
        if (!record) return { kind: 'refused', code: 'INVALID_DATA', message: 'there is no such record' }
        if (moved(record, change.unmodifiedSince)) return { kind: 'moved' }
        records.delete(change.recordId)
        const { fields } = record
        return happened('remove', change.recordId, { operationId, fields: {}, before: fields, late: isLate })
      })
    },
    fieldsOf,
  }

  const createdBy = (operationId: string) =>
    [...records].find(([, record]) => record.operationId === operationId)

  return {
    writer,
    effects,
    edits,
    records,
    edit(recordId, field, value) {
      const record = records.get(recordId)
      if (!record) return
      Object.assign(record, { fields: { ...record.fields, [field]: value }, modifiedAt: clock.now })
      edits.push({ recordId, field, value, at: clock.now })
    },
    arrive() {
      const due = late.filter(({ at }) => at <= clock.now)
      late = late.filter(({ at }) => at > clock.now)
      for (const { take } of due) take()
    },
  }
}

function fieldsOf(record: CrmRecord, names: readonly string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, (record[name] ?? null) as FieldValue]))
}
