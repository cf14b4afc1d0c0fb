import { expireApproval } from '../approval/approval.ts'
import { dueToExpire } from '../store/approvals.ts'
import { unprocessed } from '../store/inbox.ts'
import { dueOperations } from '../store/operations.ts'
import { channelsWithPending } from '../store/outbox.ts'
import { staleHomes } from '../store/owners.ts'
import { dueToResurface, expireOpen } from '../store/recommendations.ts'
import { failReview, unfinishedReviews } from '../store/reviews.ts'
import { ZOHO } from './process-inbox.ts'
import type { JobTools } from './tools.ts'

export const SWEEP_EVERY_MS = 5_000
const AT_ONCE = 200
/** By then a review is over, or its process is. */
const REVIEW_TAKES_MS = 60_000
const GIVE_UP_MS = 600_000

/**
 * Finds by query whatever should be under way and may not be, and hands it over. It is why nothing that was
 * acknowledged depends on a queue remembering it, and what ends approvals whose time has run out.
 *
 * @param atStart jobs of a killed process still count as running for some seconds: hand over beside them.
 */
export async function sweep(tools: JobTools, { atStart = false } = {}): Promise<void> {
  const { db, enqueue, approval, settings } = tools
  const anyway = atStart
  for (const id of await dueToExpire(db, AT_ONCE)) await expireApproval(approval, id)
  for (const operationId of await dueOperations(db, AT_ONCE))
    await enqueue('execute-operation', { operationId })
  for (const channel of await channelsWithPending(db))
    await enqueue('deliver-messages', { channel }, { anyway })
  const [waiting] = await unprocessed(db, ZOHO, settings.mergeWindowMs, 1)
  if (waiting) await enqueue('process-inbox', {})
  for (const { id } of await dueToResurface(db, AT_ONCE))
    await enqueue('look-again', { recommendationId: id })
  await expireOpen(db)
  for (const review of await unfinishedReviews(db, REVIEW_TAKES_MS)) {
    const age = Date.now() - review.startedAt.getTime()
    if (age > GIVE_UP_MS) await failReview(db, review.id, 'not finished within ten minutes')
    else await enqueue('account-brief', { reviewId: review.id })
  }
  for (const ownerId of await staleHomes(db)) await enqueue('publish-home', { ownerId }, { anyway })
}
