import { z } from 'zod'
import { accountIdsOf } from '../store/mirror.ts'
import { defineJob } from './define.ts'
import { reviewAccountsJob } from './review-accounts.ts'

/** The daily review of everything these people own. */
export const reviewPortfolio = defineJob({
  name: 'review-portfolio',
  lane: 'work',
  payload: z.object({ ownerIds: z.array(z.string()).min(1) }),
  subject: ({ ownerIds }) => `${ownerIds.length}-${ownerIds[0]}`,
  whileRunning: 'once',
  attempts: 3,
  async run({ ownerIds }, tools) {
    const accountIds = await accountIdsOf(tools.db, ownerIds)
    if (accountIds.length > 0) await reviewAccountsJob.run({ accountIds, trigger: 'schedule' }, tools)
  },
})
