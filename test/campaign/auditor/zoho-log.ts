import { linesOf } from './evidence.ts'

/** What really happened to the CRM's records, in order, from its own journal. */
export type Effect = {
  by: 'bot' | 'person'
  /** ISO 8601. */
  at: string
  kind: 'update' | 'create' | 'remove'
  module: string
  recordId: string
  /** The record before; null when it was made. */
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
  /** What the request said; null for what a person did. */
  asked: Record<string, unknown> | null
}

type Written = { method: string; at: string; body: { data?: Record<string, unknown>[] } | null }
type Entry =
  | { kind: 'record'; module: string; record: { id: string; Modified_Time?: string } }
  | { kind: 'removal'; removal: { module: string; id: string; at: string } }
  | { kind: 'write'; write: Written }
  | { kind: 'history' | 'person' | 'channel' | 'channel-removal' | 'token' }

export async function effectsOf(dir: string): Promise<Effect[]> {
  const records = new Map<string, Record<string, unknown>>()
  for await (const line of linesOf(`${dir}/zoho-snapshot.jsonl`)) {
    const entry = JSON.parse(line) as Entry
    if (entry.kind === 'record') records.set(`${entry.module} ${entry.record.id}`, entry.record)
  }
  const effects: Effect[] = []
  for await (const line of linesOf(`${dir}/zoho-journal.jsonl`)) {
    const entries = JSON.parse(line) as Entry[]
    // One commit of the CRM: what a request changed stands beside the request.
    const write = entries.find((entry) => entry.kind === 'write')?.write ?? null
    for (const entry of entries) {
      const effect = effectOf(entry, write, records)
      if (effect) effects.push(effect)
    }
  }
  return effects
}

function effectOf(
  entry: Entry,
  write: Written | null,
  records: Map<string, Record<string, unknown>>,
): Effect | null {
  const said = { by: write ? ('bot' as const) : ('person' as const), asked: write?.body?.data?.[0] ?? null }
  if (entry.kind === 'record') {
    const key = `${entry.module} ${entry.record.id}`
    const before = records.get(key) ?? null
    records.set(key, entry.record)
    // The parent of a task carries the time of its last activity: its other fields did not move.
    if (write && said.asked && before && !touches(said.asked, write, entry)) return null
    return {
      ...said,
      at: write?.at ?? String(entry.record.Modified_Time),
      kind: before ? 'update' : 'create',
      module: entry.module,
      recordId: entry.record.id,
      before,
      after: entry.record,
    }
  }
  if (entry.kind !== 'removal') return null
  const { module, id, at } = entry.removal
  const before = records.get(`${module} ${id}`) ?? null
  records.delete(`${module} ${id}`)
  return { ...said, at: write?.at ?? at, kind: 'remove', module, recordId: id, before, after: null }
}

function touches(
  asked: Record<string, unknown>,
  { method }: Written,
  entry: { module: string; record: object },
): boolean {
  if (method === 'DELETE') return false
  const record = entry.record as Record<string, unknown>
  return Object.keys(asked).some(
    (field) =>
      !field.startsWith('$') && field !== 'id' && field in record && same(record[field], asked[field]),
  )
}

export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
