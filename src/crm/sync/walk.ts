import type { Module } from '../../model/field.ts'
import { type MergeOptions, mergeRecords } from '../../store/mirror-writes.ts'
import type { CrmRecord, Cursor } from '../crm.ts'
import { mapRecords } from './mapping.ts'
import type { Progress, SyncTools } from './progress.ts'

/** `ids`: what was seen, only when asked for. `newest`: where the next delta goes on. */
export type Walk = { ids: Set<string>; newest: Cursor | null }

/** Brings the pages of a module into the mirror as they arrive; no more than one is held at a time. */
export async function takeIn(
  module: Module,
  { after, first, source }: { after: Cursor | null } & Pick<MergeOptions, 'first' | 'source'>,
  tools: SyncTools & { progress: Progress; keepIds?: boolean },
): Promise<Walk> {
  const walk: Walk = { ids: new Set(), newest: null }
  for await (const records of tools.crm.records(module, after)) {
    await takeInPage(module, records, { ...tools, first, source })
    for (const record of records) {
      if (tools.keepIds) walk.ids.add(record.id)
      walk.newest = later(walk.newest, record)
    }
  }
  return walk
}

export async function takeInPage(
  module: Module,
  records: readonly CrmRecord[],
  {
    db,
    fields,
    choices,
    now,
    progress,
    first,
    source,
  }: SyncTools & { progress: Progress } & Pick<MergeOptions, 'first' | 'source'>,
): Promise<void> {
  const batch = mapRecords(module, records, { fields, choices, problem: progress.problem })
  progress.saw(records.length, await mergeRecords(db, batch, { source, first, readAt: now }))
}

function later(newest: Cursor | null, record: CrmRecord): Cursor | null {
  const modifiedAt = new Date(String(record.Modified_Time))
  if (Number.isNaN(modifiedAt.getTime())) return newest
  if (newest && modifiedAt < newest.modifiedAt) return newest
  return { modifiedAt, id: record.id }
}
