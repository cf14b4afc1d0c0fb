import { z } from 'zod'
import { staleApprovals } from '../approval/stale.ts'
import { defineJob } from './define.ts'
import type { JobTools } from './tools.ts'

/** Brings the mirror up to date, ends approvals that the CRM overtook, and has the changed accounts reviewed. */
export const syncCrm = defineJob({
  name: 'sync-crm',
  lane: 'work',
  payload: z.object({ mode: z.enum(['full', 'delta', 'deleted', 'people', 'watch']) }),
  subject: ({ mode }) => mode,
  whileRunning: 'once',
  attempts: 3,
  async run({ mode }, tools) {
    if (mode === 'watch') return tools.sync.watch?.()
    if (mode === 'people') return tools.sync.people()
    if (mode === 'full') await tools.sync.fields()
    const changed = await tools.sync[mode]()
    tools.log.info({ mode, changed: changed.length }, 'mirror synchronised')
    await followUp(tools, changed)
  },
})

/** What every change of the mirror leads to. */
export async function followUp(tools: JobTools, accountIds: readonly string[]): Promise<void> {
  if (accountIds.length === 0) return
  const ended = await staleApprovals(tools.approval, accountIds)
  if (ended.length > 0) tools.log.info({ approvals: ended.length }, 'approvals overtaken by the CRM')
  await tools.enqueue('review-accounts', { accountIds: [...accountIds], trigger: 'webhook' })
}
