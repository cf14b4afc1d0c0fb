import type { ReviewTrigger } from '../model/review.ts'
import { BATCH, reviewAccounts } from '../pipeline/review.ts'
import { staleHomes } from '../store/owners.ts'
import { attempt } from './attempt.ts'
import type { JobTools } from './tools.ts'

/**
 * Reviews many accounts from the mirror and has the App Homes concerned published anew. An account that cannot be
 * reviewed does not hold up the others.
 *
 * @returns those that could not be reviewed
 */
export async function reviewMany(
  { db, review, log, enqueue }: Pick<JobTools, 'db' | 'review' | 'log' | 'enqueue'>,
  accountIds: readonly string[],
  trigger: ReviewTrigger,
): Promise<string[]> {
  const failed: string[] = []
  let found = 0
  const those = async (ids: readonly string[]) => {
    const reviewed = await reviewAccounts(review, ids, { trigger })
    found += reviewed.flatMap((one) => one.recommendationIds).length
  }
  for (let from = 0; from < accountIds.length; from += BATCH) {
    const batch = accountIds.slice(from, from + BATCH)
    try {
      await those(batch)
    } catch (cause) {
      const alone: string[] = []
      for (const accountId of batch) {
        if (!(await attempt(log, { part: 'review', accountId }, () => those([accountId]))))
          alone.push(accountId)
      }
      // Nothing to do with one account: the job is tried again.
      if (alone.length === batch.length && batch.length > 1) throw cause
      failed.push(...alone)
    }
  }
  const counts = { accounts: accountIds.length, failed: failed.length, recommendations: found }
  log.info({ trigger, ...counts }, 'accounts reviewed')
  for (const ownerId of await staleHomes(db, accountIds)) await enqueue('publish-home', { ownerId })
  return failed
}
