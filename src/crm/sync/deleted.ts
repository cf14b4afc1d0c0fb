import { UpstreamError } from '../../errors.ts'
import { MODULES, type Module } from '../../model/field.ts'
import { markDeleted } from '../../store/mirror-deletions.ts'
import { noteSync, syncStateOf } from '../../store/sync-state.ts'
import { isMissingModule } from './fields-check.ts'
import { createProgress, type SyncResult, type SyncTools } from './progress.ts'

const OVERLAP_MS = 2 * 60_000

/** Marks what was deleted since the last look: reads of what exists cannot tell. */
export async function deletedSync(
  { db, crm, now }: Pick<SyncTools, 'db' | 'crm' | 'now'>,
  modules: readonly Module[] = MODULES,
): Promise<SyncResult> {
  const progress = createProgress()
  for (const module of modules) {
    const state = await syncStateOf(db, module)
    const last = state?.deletedAt ?? state?.fullAt
    // Never read: the mirror holds nothing that could have gone.
    if (!last) continue
    try {
      const ids = await crm.deleted(module, new Date(last.getTime() - OVERLAP_MS))
      progress.lost(await markDeleted(db, { module, ids, at: now, source: 'sync' }))
      await noteSync(db, module, { deletedAt: now })
    } catch (error) {
      if (!(error instanceof UpstreamError) || !isMissingModule(error)) throw error
      progress.problem(`Deleted ${module} cannot be seen: ${error.message}`)
    }
  }
  return progress.result()
}
