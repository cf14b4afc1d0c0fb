import { z } from 'zod'
import { InvalidInputError } from '../errors.ts'

/** One request from Slack, verified: who did what, and the key under which it counts once. */
export type Receipt = {
  /** The person's own: somebody from another workspace in a shared channel is nobody of ours. */
  teamId: string
  userId: string
  /** Where it was done; null for App Home and modals. */
  channelId: string | null
  /** e.g. `action:approval.approve`, `command:/account`, `view:approval.edit`, `event:app_mention`. */
  kind: string
  signature: string
  /** An event about a bot's own message, most often ours: it asks for nothing. */
  fromBot: boolean
  body: Record<string, unknown>
}

/** What one delivery carries beside its body: HTTP a signature, a socket an envelope. */
export type DeliveryKey = { signature: string } | { envelopeId: string }

const text = z.string().nullish()
const Named = z.looseObject({ id: z.string(), team_id: text })
const Incoming = z.looseObject({
  type: text,
  command: text,
  callback_id: text,
  trigger_id: text,
  team_id: text,
  user_id: text,
  channel_id: text,
  team: z.looseObject({ id: z.string() }).nullish(),
  user: Named.nullish(),
  channel: z.looseObject({ id: z.string() }).nullish(),
  actions: z.array(z.looseObject({ action_id: text })).nullish(),
  view: z.looseObject({ callback_id: text }).nullish(),
  event_id: text,
  event: z
    .looseObject({
      type: z.string(),
      user: z.union([z.string(), Named]).nullish(),
      user_team: text,
      team: text,
      channel: z.union([z.string(), z.looseObject({ id: z.string() })]).nullish(),
      bot_id: text,
      message: z.looseObject({ bot_id: text }).nullish(),
    })
    .nullish(),
})
type Incoming = z.infer<typeof Incoming>

/** @throws InvalidInputError when the body is nothing Slack sends */
export function receiptOf(body: Record<string, unknown>, key: DeliveryKey): Receipt {
  const parsed = Incoming.safeParse(body)
  if (!parsed.success) throw new InvalidInputError(`Not a Slack request: ${z.prettifyError(parsed.error)}`)
  const incoming = parsed.data
  // Slack's old shared verification token has no use here and no place in a table.
  const { token: _token, ...kept } = body
  return {
    teamId: teamOf(incoming) ?? '',
    userId: incoming.user?.id ?? incoming.user_id ?? idOf(incoming.event?.user) ?? '',
    channelId: incoming.channel?.id ?? incoming.channel_id ?? idOf(incoming.event?.channel) ?? null,
    kind: kindOf(incoming),
    signature: signatureOf(incoming, key),
    fromBot: Boolean(incoming.event?.bot_id ?? incoming.event?.message?.bot_id),
    body: kept,
  }
}

/** A menu asking for its options changes nothing, so asking twice is no replay. */
export function isOnlyAsking(body: Record<string, unknown>): boolean {
  return body.type === 'block_suggestion'
}

function teamOf({ user, event, team, team_id }: Incoming): string | undefined {
  return user?.team_id ?? event?.user_team ?? event?.team ?? team?.id ?? team_id ?? undefined
}

function idOf(named: string | { id: string } | null | undefined): string | undefined {
  return typeof named === 'object' ? named?.id : named
}

function kindOf({ command, event, type, actions, view, callback_id }: Incoming): string {
  if (command) return `command:${command}`
  if (event) return `event:${event.type}`
  if (actions) return `action:${actions[0]?.action_id ?? 'unknown'}`
  if (type === 'view_submission') return `view:${view?.callback_id ?? 'unknown'}`
  return `${type ?? 'unknown'}:${callback_id ?? view?.callback_id ?? ''}`
}

/** Slack signs each retry of an event anew, so an event counts by its id; everything else comes once. */
function signatureOf({ event_id, trigger_id }: Incoming, key: DeliveryKey): string {
  if (event_id) return `event:${event_id}`
  if ('signature' in key) return key.signature
  return trigger_id ? `trigger:${trigger_id}` : `envelope:${key.envelopeId}`
}
