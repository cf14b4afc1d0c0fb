import { z } from 'zod'
import { ownerById } from '../access/identity.ts'
import { accountIdsOf } from '../store/mirror.ts'
import { digestRecipients } from '../store/portfolio.ts'
import { setSetting } from '../store/settings.ts'
import { defineJob } from './define.ts'
import { reviewAccountsJob } from './review-accounts.ts'
import { digestTo } from './send-digest.ts'
import { sendTeamDigest } from './send-team-digest.ts'

/** The first hour with a new company: who they are, what they have, how it stands. */
export const onboard = defineJob({
  name: 'onboard',
  lane: 'work',
  /** `digests`: send the first ones at once, whatever the clock says. */
  payload: z.object({ digests: z.boolean() }),
  subject: () => 'company',
  whileRunning: 'once',
  attempts: 5,
  async run({ digests }, tools) {
    const { db, sync, log } = tools
    await sync.people()
    await sync.fields()
    await sync.full()
    const accountIds = await accountIdsOf(db, null)
    if (accountIds.length > 0) await reviewAccountsJob.run({ accountIds, trigger: 'onboarding' }, tools)
    if (digests) {
      for (const ownerId of await digestRecipients(db)) {
        const owner = await ownerById(db, ownerId)
        if (owner?.slackUserId) await digestTo(tools, { ...owner, slackUserId: owner.slackUserId })
      }
      await sendTeamDigest.run({}, tools)
    }
    await sync.watch?.()
    await setSetting(db, 'onboarded_at', new Date().toISOString(), 'system')
    log.info({ accounts: accountIds.length }, 'company onboarded')
  },
})
