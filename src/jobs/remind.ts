import { DateTime } from 'luxon'
import { ownerById } from '../access/identity.ts'
import type { Owner } from '../model/owner.ts'
import { plainMessage } from '../slack/blocks.ts'
import { date } from '../slack/dates.ts'
import { mrkdwn } from '../slack/mrkdwn.ts'
import { type ApprovalRow, markReminded, unremindedSince } from '../store/approvals.ts'
import { transaction } from '../store/db.ts'
import { cardKey, enqueueMessage } from '../store/outbox.ts'
import type { JobTools } from './tools.ts'

/** A card is mentioned once more when a sixth of its time is left: at 60 of 72 hours. */
const REMIND_AT = 5 / 6
const AT_ONCE = 50

/** One reply in the card's thread, never more, and never while its owner wants quiet. */
export async function remind(tools: JobTools, now: Date): Promise<void> {
  const { db, approval, enqueue } = tools
  for (const row of await unremindedSince(db, approval.ttlMs * REMIND_AT, AT_ONCE)) {
    const owner = await ownerById(db, row.askedOwnerId)
    if (!owner?.slackUserId || isQuiet(owner, now)) continue
    const channel = owner.slackUserId
    await transaction(db, async (tx) => {
      if (!(await markReminded(tx, row.id))) return
      const messageKey = `reminder:${row.id}`
      await enqueueMessage(tx, {
        teamId: row.teamId,
        channel,
        messageKey,
        action: 'post',
        threadKey: cardKey(row.id),
        dedupeKey: messageKey,
        body: reminder(row, owner),
      })
    })
    await enqueue('deliver-messages', { channel })
  }
}

function reminder({ expiresAt }: ApprovalRow, { zone }: Owner) {
  return plainMessage(
    mrkdwn`This still waits for you and expires ${date(expiresAt, 'dayTime', zone)}. If you do nothing, nothing is written. I will not remind you again.`,
  )
}

/** Between the owner's quiet hours, on their days off, or while they have paused. */
export function isQuiet({ zone, preferences }: Pick<Owner, 'zone' | 'preferences'>, now: Date): boolean {
  const { quietFrom, quietUntil, digestDays, pausedUntil } = preferences
  const local = DateTime.fromJSDate(now, { zone })
  if (pausedUntil && new Date(pausedUntil) > now) return true
  if (!digestDays.includes(local.weekday)) return true
  const time = local.toFormat('HH:mm')
  // Quiet hours usually span midnight.
  return quietFrom <= quietUntil
    ? time >= quietFrom && time < quietUntil
    : time >= quietFrom || time < quietUntil
}
