import { UpstreamError } from '../../errors.ts'
import { MODULES, type Module } from '../../model/field.ts'
import { liveIds, markDeleted } from '../../store/mirror-deletions.ts'
import { noteSync, syncStateOf } from '../../store/sync-state.ts'
import { isMissingModule } from './fields-check.ts'
import { createProgress, type Progress, type SyncResult, type SyncTools } from './progress.ts'
import { takeIn, type Walk } from './walk.ts'

/**
 * Reads everything: what deltas cannot see (formula fields, records that lost their date) comes in, and what is no
 * longer there is marked as gone. Accounts come first: activities find their account through them.
 *
 * @throws UpstreamError when the CRM stops answering; what was read by then is kept.
 */
export async function fullSync(tools: SyncTools, modules: readonly Module[] = MODULES): Promise<SyncResult> {
  const progress = createProgress()
  for (const module of modules) await syncModule(module, tools, progress)
  return progress.result()
}

/** One module, as part of a full sync or because a delta found it was never read. */
export async function syncModule(module: Module, tools: SyncTools, progress: Progress): Promise<void> {
  const { db, now } = tools
  const first = (await syncStateOf(db, module))?.fullAt == null
  let walk: Walk
  try {
    walk = await takeIn(module, { after: null, first, source: 'sync' }, { ...tools, progress, keepIds: true })
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    if (!isMissingModule(error)) {
      await noteSync(db, module, { error: error.message })
      throw error
    }
    progress.problem(`${module} was left out: ${error.message}`)
    await noteSync(db, module, { error: error.message, fullAt: now, deltaAt: now })
    return
  }
  await markMissing(module, walk, { ...tools, progress })
  const cursor = walk.newest && { modifiedAt: walk.newest.modifiedAt, lastId: walk.newest.id }
  await noteSync(db, module, { ...cursor, fullAt: now, deltaAt: now, error: null })
}

async function markMissing(
  module: Module,
  { ids }: Walk,
  { db, now, progress }: SyncTools & { progress: Progress },
): Promise<void> {
  for await (const known of liveIds(db, module, now)) {
    // Far more often a permission that was taken away than a company that deleted everything.
    if (ids.size === 0) {
      progress.problem(`${module}: Zoho showed none of the records it had; they are kept as they were`)
      return
    }
    const missing = known.filter((id) => !ids.has(id))
    if (missing.length > 0)
      progress.lost(await markDeleted(db, { module, ids: missing, at: now, source: 'sync' }))
  }
}
