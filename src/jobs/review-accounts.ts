import { z } from 'zod'
import { ReviewTrigger } from '../model/review.ts'
import { reviewAccounts } from '../pipeline/review.ts'
import { staleHomes } from '../store/owners.ts'
import { defineJob } from './define.ts'

/** Reviews these accounts from the mirror and has the App Homes concerned published anew. */
export const reviewAccountsJob = defineJob({
  name: 'review-accounts',
  lane: 'work',
  payload: z.object({ accountIds: z.array(z.string()).min(1), trigger: ReviewTrigger }),
  subject: ({ accountIds }) => `${accountIds.length}-${accountIds[0]}-${accountIds.at(-1)}`,
  whileRunning: 'again',
  attempts: 3,
  async run({ accountIds, trigger }, { db, review, log, enqueue }) {
    const reviewed = await reviewAccounts(review, accountIds, { trigger })
    const found = reviewed.flatMap((one) => one.recommendationIds).length
    log.info({ trigger, accounts: reviewed.length, recommendations: found }, 'accounts reviewed')
    for (const ownerId of await staleHomes(db)) await enqueue('publish-home', { ownerId })
  },
})
