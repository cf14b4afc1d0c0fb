import { z } from 'zod'
import { setting } from '../store/settings.ts'
import { defineJob } from './define.ts'
import type { JobTools } from './tools.ts'

/** Brings memory up with what moved in the CRM and what was decided. What that is stands in rows, so it may be lost. */
export const remember = defineJob({
  name: 'remember',
  lane: 'work',
  payload: z.object({}),
  subject: () => 'company',
  whileRunning: 'again',
  attempts: 3,
  async run(_, { memory, log }) {
    const accounts = await memory.keepUp()
    log.debug({ accounts }, 'memory kept up')
  },
})

/** A company that is being taken in is half read. */
export async function isRememberDue({ db, memory }: Pick<JobTools, 'db' | 'memory'>): Promise<boolean> {
  if ((await setting(db, 'onboarded_at')) === null) return false
  return memory.isDue()
}
