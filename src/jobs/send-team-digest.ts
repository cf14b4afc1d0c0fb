import { DateTime } from 'luxon'
import { z } from 'zod'
import { teamFacts } from '../digest/gather.ts'
import { renderTeamDigest } from '../digest/team-view.ts'
import { newId } from '../store/clock.ts'
import { transaction } from '../store/db.ts'
import { takeDigest } from '../store/digests.ts'
import { enqueueMessage } from '../store/outbox.ts'
import { ownersWithAccounts } from '../store/owners.ts'
import { defineJob } from './define.ts'
import { digestKey } from './send-digest.ts'

/** The team's day in its channel: no amounts, nothing to approve, nobody called out by mention. */
export const sendTeamDigest = defineJob({
  name: 'send-team-digest',
  lane: 'work',
  payload: z.object({}),
  subject: () => 'team',
  whileRunning: 'once',
  attempts: 3,
  async run(_, { db, gather, teamId, settings, enqueue }) {
    const channel = settings.teamChannel
    if (!channel) return
    const now = new Date()
    const id = newId()
    const team = { id, name: 'The team', owners: await ownersWithAccounts(db) }
    const message = renderTeamDigest(await teamFacts(gather, team, { zone: settings.zone, now }))
    const localDate = DateTime.fromJSDate(now, { zone: settings.zone }).toISODate() ?? ''
    const sent = await transaction(db, async (tx) => {
      const state = message ? 'sent' : 'empty'
      const row = {
        id,
        teamId,
        recipient: channel,
        kind: 'team',
        localDate,
        state,
        recommendationIds: [],
      } as const
      if (!(await takeDigest(tx, { ...row, recommendationIds: [] })) || !message) return false
      const messageKey = digestKey(id)
      await enqueueMessage(tx, {
        teamId,
        channel,
        messageKey,
        action: 'post',
        dedupeKey: messageKey,
        body: message,
      })
      return true
    })
    if (sent) await enqueue('deliver-messages', { channel })
  },
})
