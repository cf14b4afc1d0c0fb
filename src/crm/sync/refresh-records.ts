import type { Module } from '../../model/field.ts'
import { markDeleted } from '../../store/mirror-deletions.ts'
import type { MergeOptions } from '../../store/mirror-writes.ts'
import { syncStateOf } from '../../store/sync-state.ts'
import { createProgress, type SyncResult, type SyncTools } from './progress.ts'
import { takeInPage } from './walk.ts'

/**
 * Reads these records again, as they are now: what a notification leads to. It may name what is long gone or never
 * was; what cannot be read is marked as gone.
 */
export async function refreshRecords(
  tools: SyncTools,
  {
    module,
    ids,
    source = 'webhook',
  }: { module: Module; ids: readonly string[]; source?: MergeOptions['source'] },
): Promise<SyncResult> {
  const { db, crm, now } = tools
  const progress = createProgress()
  const wanted = [...new Set(ids)]
  const found = await crm.recordsById(module, wanted)
  const foundIds = new Set(found.map((record) => record.id))
  const gone = wanted.filter((id) => !foundIds.has(id))
  const first = (await syncStateOf(db, module))?.fullAt == null
  if (found.length > 0) await takeInPage(module, found, { ...tools, progress, first, source })
  if (gone.length > 0) progress.lost(await markDeleted(db, { module, ids: gone, at: now, source }))
  return progress.result()
}
