import { DateTime } from 'luxon'
import { ownerById } from '../access/identity.ts'
import { isPaused, type Owner } from '../model/owner.ts'
import { plainMessage } from '../slack/blocks.ts'
import { date } from '../slack/dates.ts'
import { mrkdwn } from '../slack/mrkdwn.ts'
import { type ApprovalRow, markReminded } from '../store/approvals.ts'
import { transaction } from '../store/db.ts'
import { cardKey, enqueueMessage } from '../store/outbox.ts'
import { unremindedOf, unremindedOwners } from '../store/reminders.ts'
import { attempt } from './attempt.ts'
import type { JobTools } from './tools.ts'

/** A card is mentioned once more when a sixth of its time is left: at 60 of 72 hours. */
const REMIND_AT = 5 / 6
const AT_ONCE = 50

/** One reply in the card's thread, never more, and never while its owner wants quiet. */
export async function remind(tools: JobTools, now: Date): Promise<void> {
  const { db, approval, log } = tools
  const ageMs = approval.ttlMs * REMIND_AT
  const asked = await Promise.all((await unremindedOwners(db, ageMs)).map((id) => ownerById(db, id)))
  // Whoever wants quiet now takes nobody else's turn.
  const reachable = new Map(
    asked.flatMap((owner) =>
      owner?.slackUserId && !isQuiet(owner, now) ? [[owner.id, owner] as const] : [],
    ),
  )
  for (const row of await unremindedOf(db, [...reachable.keys()], { ageMs, limit: AT_ONCE })) {
    const owner = reachable.get(row.askedOwnerId)
    if (!owner) continue
    await attempt(log, { part: 'reminder', approvalId: row.id }, () => remindOf(tools, row, owner))
  }
}

async function remindOf({ db, enqueue }: JobTools, row: ApprovalRow, owner: Owner): Promise<void> {
  const channel = owner.slackUserId ?? ''
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

function reminder({ expiresAt }: ApprovalRow, { zone }: Owner) {
  return plainMessage(
    mrkdwn`This still waits for you and expires ${date(expiresAt, 'dayTime', zone)}. If you do nothing, nothing is written. I will not remind you again.`,
  )
}

/** Between the owner's quiet hours, on their days off, or while they have paused. */
export function isQuiet({ zone, preferences }: Pick<Owner, 'zone' | 'preferences'>, now: Date): boolean {
  const { quietFrom, quietUntil, digestDays } = preferences
  const local = DateTime.fromJSDate(now, { zone })
  if (isPaused({ preferences }, now)) return true
  if (!digestDays.includes(local.weekday)) return true
  const time = local.toFormat('HH:mm')
  // Quiet hours usually span midnight.
  return quietFrom <= quietUntil
    ? time >= quietFrom && time < quietUntil
    : time >= quietFrom || time < quietUntil
}
