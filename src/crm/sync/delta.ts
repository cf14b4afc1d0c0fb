import { UpstreamError } from '../../errors.ts'
import { MODULES, type Module } from '../../model/field.ts'
import { noteSync, syncStateOf } from '../../store/sync-state.ts'
import { isMissingModule } from './fields-check.ts'
import { syncModule } from './full.ts'
import { createProgress, type SyncResult, type SyncTools } from './progress.ts'
import { takeIn } from './walk.ts'

/** Zoho's stamps have whole seconds and are given before a record can be read: a little is read twice. */
const OVERLAP_MS = 2 * 60_000

/**
 * Reads what was modified since the last time. A module that was never read is read in full.
 *
 * @throws UpstreamError when the CRM stops answering; the next delta begins where this one got to.
 */
export async function deltaSync(tools: SyncTools, modules: readonly Module[] = MODULES): Promise<SyncResult> {
  const { db, now } = tools
  const progress = createProgress()
  for (const module of modules) {
    const state = await syncStateOf(db, module)
    if (!state?.fullAt) {
      await syncModule(module, tools, progress)
      continue
    }
    // A module that was empty so far has nothing to go on from but the time it was read.
    const since = state.modifiedAt ?? state.fullAt
    const after = { modifiedAt: new Date(since.getTime() - OVERLAP_MS), id: '0' }
    try {
      const { newest } = await takeIn(module, { after, first: false, source: 'sync' }, { ...tools, progress })
      const cursor =
        newest && newest.modifiedAt >= since ? { modifiedAt: newest.modifiedAt, lastId: newest.id } : {}
      await noteSync(db, module, { ...cursor, deltaAt: now, error: null })
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error
      await noteSync(db, module, { error: error.message })
      if (!isMissingModule(error)) throw error
      progress.problem(`${module} was left out: ${error.message}`)
    }
  }
  return progress.result()
}
