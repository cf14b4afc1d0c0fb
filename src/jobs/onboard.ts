import { z } from 'zod'
import { ownerById } from '../access/identity.ts'
import { accountIdsOf } from '../store/account-ids.ts'
import { digestRecipients } from '../store/portfolio.ts'
import { clearReviewDue, reviewsDue } from '../store/review-due.ts'
import { setSetting } from '../store/settings.ts'
import { reviewMany } from './account-reviews.ts'
import { attempt } from './attempt.ts'
import { defineJob } from './define.ts'
import { digestTo } from './send-digest.ts'
import { sendTeamDigest } from './send-team-digest.ts'

const ALL = 1_000_000
const WATCH_AGAIN_MS = 60_000

/** The first hour with a new company: who they are, what they have, how it stands. Derived anew until it is done. */
export const onboard = defineJob({
  name: 'onboard',
  lane: 'work',
  payload: z.object({}),
  subject: () => 'company',
  whileRunning: 'once',
  attempts: 3,
  async run(_, tools) {
    const { db, sync, log, settings, enqueue } = tools
    await sync.people()
    await sync.fields()
    await sync.full()
    // Taken before the review reads: what moves during it is followed up afterwards.
    const due = await reviewsDue(db, ALL)
    const accountIds = await accountIdsOf(db, null)
    const failed = new Set(await reviewMany(tools, accountIds, 'onboarding'))
    await clearReviewDue(
      db,
      due.filter(({ accountId }) => !failed.has(accountId)),
    )
    if (settings.firstDigests) {
      for (const ownerId of await digestRecipients(db)) {
        const owner = await ownerById(db, ownerId)
        if (owner?.slackUserId) await digestTo(tools, { ...owner, slackUserId: owner.slackUserId })
      }
      await sendTeamDigest.run({}, tools)
    }
    // Zoho may not reach us yet; that is no reason to take everything in again.
    const watched = await attempt(log, { part: 'zoho channel' }, async () => sync.watch?.())
    if (!watched) await enqueue('sync-crm', { mode: 'watch' }, { delayMs: WATCH_AGAIN_MS })
    await setSetting(db, 'onboarded_at', new Date().toISOString(), 'system')
    log.info({ accounts: accountIds.length }, 'company onboarded')
  },
})
