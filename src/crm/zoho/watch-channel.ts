import { randomBytes } from 'node:crypto'
import { sha256 } from '../../access/crypto.ts'
import type { Log } from '../../log.ts'
import type { Module } from '../../model/field.ts'
import { activeChannels, keepChannel } from '../../store/crm-channels.ts'
import type { Db } from '../../store/db.ts'
import type { CrmReader } from '../crm.ts'

/** Zoho notifies about all our modules but notes. */
export const WATCHED: Module[] = ['Accounts', 'Contacts', 'Deals', 'Tasks', 'Events', 'Calls']

/** A week is the longest Zoho gives; asking for more silently gives an hour. */
const LIFETIME_MS = 7 * 86_400_000 - 60_000
/** Zoho takes 50 characters. */
const TOKEN_BYTES = 32

export type ChannelStatus = {
  channelId: string
  expiresAt: Date
  renewed: boolean
  /** How much earlier it ends than was asked for. */
  shortfallMs: number
}

/**
 * Keeps one notification channel alive: registers it when there is none, renews it with a new token past half its
 * life. Notifications with the old token that are still under way are lost; the next delta sees what they told.
 *
 * @param renew at start, whatever its age: where we are reached may have changed
 */
export async function ensureChannel({
  db,
  crm,
  notifyUrl,
  now,
  log,
  renew = false,
}: {
  db: Db
  crm: Pick<CrmReader, 'watch'>
  /** With the secret part of its path. */
  notifyUrl: string
  now: Date
  log: Log
  renew?: boolean
}): Promise<ChannelStatus> {
  const [known] = await activeChannels(db)
  if (known && !renew && !isPastHalfLife(known, now)) {
    return { channelId: known.channelId, expiresAt: known.expiresAt, renewed: false, shortfallMs: 0 }
  }
  const channelId = known?.channelId ?? newChannelId()
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const asked = new Date(now.getTime() + LIFETIME_MS)
  const { expiresAt } = await crm.watch({ channelId, token, expiresAt: asked, notifyUrl, modules: WATCHED })
  await keepChannel(db, { channelId, tokenHash: sha256(token), modules: WATCHED, expiresAt })

  const shortfallMs = Math.max(0, asked.getTime() - expiresAt.getTime())
  // Zoho answers in whole seconds.
  if (shortfallMs >= 1000)
    log.warn({ channelId, expiresAt, shortfallMs }, 'zoho channel ends earlier than asked for')
  else log.info({ channelId, expiresAt }, 'zoho channel registered')
  return { channelId, expiresAt, renewed: true, shortfallMs }
}

function isPastHalfLife({ createdAt, expiresAt }: { createdAt: Date; expiresAt: Date }, now: Date): boolean {
  return expiresAt.getTime() - now.getTime() < (expiresAt.getTime() - createdAt.getTime()) / 2
}

/** Zoho wants a long integer of our choice. */
function newChannelId(): string {
  return (randomBytes(8).readBigUInt64BE() >> 2n).toString()
}
