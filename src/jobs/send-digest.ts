import { DateTime } from 'luxon'
import { z } from 'zod'
import { ownerById } from '../access/identity.ts'
import { openApprovalsIn, roomForCards } from '../approval/opening.ts'
import { composeDigest, TOP } from '../digest/compose.ts'
import { digestFacts } from '../digest/gather.ts'
import { renderDigest } from '../digest/view.ts'
import type { Owner } from '../model/owner.ts'
import { pickForDigest } from '../pipeline/rank.ts'
import { newId } from '../store/clock.ts'
import { transaction } from '../store/db.ts'
import { takeDigest } from '../store/digests.ts'
import { enqueueMessage } from '../store/outbox.ts'
import { markHomeStale } from '../store/owners.ts'
import { coveredBy, waitingFor } from '../store/portfolio.ts'
import { openRecommendations } from '../store/recommendations.ts'
import { defineJob } from './define.ts'
import type { JobTools } from './tools.ts'

/** One digest to one owner: what needs them today, with up to three cards in its thread. */
export const sendDigest = defineJob({
  name: 'send-digest',
  lane: 'work',
  /** `again`: they ask for it now, so one that had nothing to say or came too late is made anew. */
  payload: z.object({ ownerId: z.string(), again: z.boolean().optional() }),
  subject: ({ ownerId, again }) => (again ? `${ownerId}-again` : ownerId),
  whileRunning: 'once',
  attempts: 3,
  async run({ ownerId, again = false }, tools) {
    const owner = await ownerById(tools.db, ownerId)
    if (owner?.slackUserId) await digestTo(tools, { ...owner, slackUserId: owner.slackUserId }, { again })
  },
})

export type DigestResult = 'sent' | 'empty' | 'had today'

/** The digest row, the message and the opening of its approvals are one transaction: all of it, once, or nothing. */
export async function digestTo(
  tools: JobTools,
  owner: Owner & { slackUserId: string },
  { again = false } = {},
): Promise<DigestResult> {
  const { db, approval, gather, log, enqueue } = tools
  const now = new Date()
  const id = newId()
  const muted = new Set(owner.preferences.mutedAccountIds)
  const open = (await openRecommendations(db, { ownerIds: await coveredBy(db, owner) })).filter(
    (row) => !muted.has(row.accountId),
  )
  const room = await roomForCards(db, owner.id)
  const picked = pickForDigest(open, Math.min(TOP, room))
  const others = open.length - picked.length
  const stillWaiting = (await waitingFor(db, [owner.id])).length
  const digest = composeDigest(await digestFacts(gather, owner, { id, picked, others, stillWaiting, now }))
  const localDate = DateTime.fromJSDate(now, { zone: owner.zone }).toISODate() ?? ''
  const place = { channel: owner.slackUserId, threadKey: digestKey(id) }

  const result = await transaction(db, async (tx): Promise<DigestResult> => {
    const row = { id, teamId: owner.teamId, recipient: owner.id, kind: 'owner', localDate } as const
    const state = digest ? 'sent' : 'empty'
    const recommendationIds = digest?.recommendationIds ?? []
    if (!(await takeDigest(tx, { ...row, state, recommendationIds }, { again }))) return 'had today'
    await markHomeStale(tx, [owner.id])
    if (!digest) return 'empty'
    await enqueueMessage(tx, {
      teamId: owner.teamId,
      channel: owner.slackUserId,
      messageKey: digestKey(id),
      action: 'post',
      dedupeKey: digestKey(id),
      body: renderDigest(digest),
    })
    await openApprovalsIn(tx, approval, digest.recommendationIds, { ownerId: owner.id, place })
    return 'sent'
  })
  log.info({ ownerId: owner.id, localDate, result }, 'digest composed')
  if (result === 'sent') await enqueue('deliver-messages', { channel: owner.slackUserId })
  await enqueue('publish-home', { ownerId: owner.id })
  return result
}

export const digestKey = (id: string) => `digest:${id}`
