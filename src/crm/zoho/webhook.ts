import { z } from 'zod'
import { sameSecret, sha256 } from '../../access/crypto.ts'
import { MODULES, type Module } from '../../model/field.ts'
import type { CrmChannel } from '../../store/crm-channels.ts'

/**
 * Zoho's notifications, verified as far as they can be: Zoho signs nothing. What passes is a hint about which
 * records to read again; nothing else in it is believed.
 */
export type Notification = {
  channelId: string
  module: Module
  operation: 'insert' | 'update' | 'delete'
  /** 1 to 100. */
  ids: string[]
  serverTime: Date
  /** The same for a repetition of the same notification. */
  dedupeKey: string
}

export type Verdict =
  | { kind: 'accepted'; notification: Notification }
  /** `reason` is for the log: a forger should learn nothing from the answer. */
  | { kind: 'refused'; status: 400 | 401 | 413; reason: string }

const MOST_IDS = 100
const SKEW_MS = 15 * 60_000

const Body = z.object({
  channel_id: z.union([z.string(), z.number()]).transform(String),
  token: z.string().min(1).max(256),
  module: z.string(),
  operation: z.string(),
  ids: z.array(z.unknown()),
  server_time: z.number(),
})
const RecordId = z.string().regex(/^\d{10,25}$/)
const Operation = z.enum(['insert', 'update', 'delete'])

/**
 * @param body the parsed JSON; its size is the receiver's to limit
 * @param channels the channels in force
 */
export function verifyNotification(
  body: unknown,
  { channels, now }: { channels: readonly CrmChannel[]; now: Date },
): Verdict {
  const parsed = Body.safeParse(body)
  if (!parsed.success) return refused(400, 'not the form of a notification')
  const { channel_id: channelId, token, ids, server_time } = parsed.data
  const channel = channels.find((each) => each.channelId === channelId)
  if (!channel || channel.expiresAt <= now) return refused(401, 'no channel of ours')
  if (!sameSecret(sha256(token), channel.tokenHash)) return refused(401, 'wrong token')

  const module = MODULES.find((name) => name === parsed.data.module)
  if (!module || !channel.modules.includes(module))
    return refused(400, 'a module this channel does not watch')
  const operation = Operation.safeParse(parsed.data.operation)
  if (!operation.success) return refused(400, 'an unknown operation')
  if (ids.length > MOST_IDS) return refused(413, `more than ${MOST_IDS} ids`)
  const recordIds = z.array(RecordId).min(1).safeParse(ids)
  if (!recordIds.success) return refused(400, 'ids that are no record ids')
  if (Math.abs(now.getTime() - server_time) > SKEW_MS)
    return refused(400, 'sent too long ago, or in the future')

  const sorted = [...new Set(recordIds.data)].sort()
  const key = [channelId, module, operation.data, sorted.join(','), server_time].join('|')
  return {
    kind: 'accepted',
    notification: {
      channelId,
      module,
      operation: operation.data,
      ids: sorted,
      serverTime: new Date(server_time),
      dedupeKey: sha256(key),
    },
  }
}

function refused(status: 400 | 401 | 413, reason: string): Verdict {
  return { kind: 'refused', status, reason }
}
