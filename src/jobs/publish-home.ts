import { z } from 'zod'
import { ownerById } from '../access/identity.ts'
import { homeFacts } from '../digest/gather.ts'
import { renderHome } from '../digest/home-view.ts'
import { markHomeStale, takeHomeMark } from '../store/owners.ts'
import { defineJob } from './define.ts'

/** Brings a person's App Home up to date. */
export const publishHome = defineJob({
  name: 'publish-home',
  lane: 'messages',
  payload: z.object({ ownerId: z.string() }),
  subject: ({ ownerId }) => ownerId,
  whileRunning: 'again',
  attempts: 3,
  async run({ ownerId }, { db, gather, messenger }) {
    const owner = await ownerById(db, ownerId)
    // Taken off first: whatever changes while this one is drawn puts the mark back.
    await takeHomeMark(db, ownerId)
    if (!owner?.slackUserId || !owner.active) return
    try {
      await messenger.publishHome(owner.slackUserId, renderHome(await homeFacts(gather, owner, new Date())))
    } catch (error) {
      // Not shown yet: the sweeper brings it again, however often this failed.
      await markHomeStale(db, [ownerId])
      throw error
    }
  },
})
