import type { Module } from '../../model/field.ts'
import { markDeleted } from '../../store/mirror-deletions.ts'
import { syncStateOf } from '../../store/sync-state.ts'
import { createProgress, type SyncResult, type SyncTools } from './progress.ts'
import { takeInPage } from './walk.ts'

const AROUND = ['Contacts', 'Tasks', 'Events', 'Calls', 'Notes'] as const satisfies readonly Module[]

/**
 * Reads one account with everything around it from the CRM into the mirror, in seven calls: for someone who looks
 * at it now. Notes that hang on its deals, and what was deleted around it, come with the next sync.
 *
 * @returns null when the CRM has no such account (any more)
 */
export async function refreshAccount(tools: SyncTools, accountId: string): Promise<SyncResult | null> {
  const { db, crm } = tools
  const account = await crm.record('Accounts', accountId)
  if (!account) {
    await markDeleted(db, { module: 'Accounts', ids: [accountId], at: tools.now, source: 'request' })
    return null
  }
  const progress = createProgress()
  const take = async (module: Module, records: Parameters<typeof takeInPage>[1]) => {
    const first = (await syncStateOf(db, module))?.fullAt == null
    await takeInPage(module, records, { ...tools, progress, first, source: 'request' })
  }

  const deals = await crm.ofAccount('Deals', accountId, [])
  const dealIds = deals.map((deal) => deal.id)
  const around = await Promise.all(
    AROUND.map(async (module) => ({ module, records: await crm.ofAccount(module, accountId, dealIds) })),
  )
  await take('Accounts', [account])
  await take('Deals', deals)
  for (const { module, records } of around) await take(module, records)
  return progress.result()
}
