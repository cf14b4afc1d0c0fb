import { z } from 'zod'
import { defineJob } from './define.ts'
import { isFollowUpDue } from './follow-up.ts'

/** Brings the mirror up to date; the accounts that moved are marked with it, and followed up by a job of its own. */
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
    const accounts = await tools.sync[mode]()
    tools.log.info({ mode, accounts }, 'mirror synchronised')
    if (await isFollowUpDue(tools)) await tools.enqueue('follow-up', {})
  },
})
