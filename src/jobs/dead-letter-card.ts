import { type LettersView, renderDeadLetters, renderLettersMoved } from '../digest/dead-letters-view.ts'
import { newId } from '../store/clock.ts'
import { type Tx, transaction } from '../store/db.ts'
import { countDeadLetters, deadLetters, LETTERS_KEY } from '../store/dead-letters.ts'
import { enqueueMessage, postChannel } from '../store/outbox.ts'
import { adminsInSlack, type OwnerRow } from '../store/owners.ts'
import { ownerOf } from '../store/people.ts'
import { lockSetting, type Setting, setSetting, setting } from '../store/settings.ts'
import type { JobTools } from './tools.ts'

/**
 * Tells admins of dead letters: one message each, kept up to date while there are any, so that an outage is one message
 * and not a hundred. An edit notifies nobody; so what comes in a day after the message was posted is a new one.
 */

const SHOWN = 5
const NEWS_AFTER_MS = 24 * 3_600_000

type Card = Setting<'dead_letter_card'>
const NONE: Card = { burst: '', postedAt: new Date(0).toISOString(), shown: '', revision: 0 }

export async function tellAdmins({
  db,
  enqueue,
  teamId,
}: Pick<JobTools, 'db' | 'enqueue' | 'teamId'>): Promise<void> {
  const total = Object.values(await countDeadLetters(db)).reduce((sum, n) => sum + n, 0)
  if (total === 0 && !(await setting(db, 'dead_letter_card'))?.burst) return
  const channels = await transaction(db, async (tx) => {
    const card = await lockSetting(tx, 'dead_letter_card', NONE)
    return bringUpToDate(tx, { card, teamId, admins: await adminsInSlack(tx) })
  })
  for (const channel of channels) await enqueue('deliver-messages', { channel })
}

type Telling = { card: Card; teamId: string; admins: OwnerRow[] }

/** @returns the channels to deliver to */
async function bringUpToDate(tx: Tx, { card, teamId, admins }: Telling): Promise<string[]> {
  const counts = await countDeadLetters(tx)
  const letters = await deadLetters(tx, SHOWN)
  const [newest] = letters
  const now = new Date()
  const shown = JSON.stringify([
    counts,
    letters.map(({ id, error }) => [id, error]),
    admins.map(({ id }) => id),
  ])
  if (admins.length === 0 || shown === card.shown) return []
  const revision = card.revision + 1
  const isNews =
    newest !== undefined &&
    (card.burst === '' ||
      Math.min(now.getTime(), newest.since.getTime()) - Date.parse(card.postedAt) > NEWS_AFTER_MS)
  const burst = isNews ? newId() : card.burst
  const told = admins.map(async (admin) => {
    const to = { teamId, channel: admin.slackUserId ?? '', revision }
    const view = { counts, letters, zone: ownerOf(admin).zone, now }
    if (isNews && card.burst) await say(tx, { ...to, key: keyOf(card.burst, admin) }, null)
    await say(tx, { ...to, key: keyOf(burst, admin) }, view)
    return to.channel
  })
  const channels = await Promise.all(told)
  const postedAt = isNews ? now.toISOString() : card.postedAt
  // With nothing left the message has said so, and what comes next is a new one.
  await setSetting(
    tx,
    'dead_letter_card',
    { burst: newest ? burst : '', postedAt, shown, revision },
    'system',
  )
  return channels
}

const keyOf = (burst: string, admin: OwnerRow) => `${LETTERS_KEY}${burst}:${admin.id}`

/** @param view null: another message took its place. */
async function say(
  tx: Tx,
  { teamId, channel, key, revision }: { teamId: string; channel: string; key: string; revision: number },
  view: LettersView | null,
): Promise<void> {
  const isPosted = (await postChannel(tx, key)) !== null
  if (!isPosted && !view) return
  await enqueueMessage(tx, {
    teamId,
    channel,
    messageKey: key,
    action: isPosted ? 'update' : 'post',
    dedupeKey: isPosted ? `${key}:${revision}` : key,
    body: view ? renderDeadLetters(view) : renderLettersMoved(),
  })
}
