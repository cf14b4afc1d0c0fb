import type { Answer } from './delivery.ts'
import { MissingError, type Origin, requireChannel, requirePerson, type SlackParts } from './parts.ts'
import { interactionHead, messageObject } from './payloads.ts'

export type Shortcut = {
  user: string
  channel?: string | undefined
  ts: string
  callback_id: string
}

/** Chooses one of the app's shortcuts in a message's own menu. */
export async function chooseShortcut(
  parts: SlackParts,
  origin: Origin,
  { user, channel, ts, callback_id }: Shortcut,
): Promise<Answer> {
  requirePerson(parts, user)
  const { workspace, delivery, tickets } = parts
  const place = requireChannel(parts, user, channel)
  const message = workspace.message(place.id, ts)
  if (!message || (message.ephemeral_for && message.ephemeral_for !== user))
    throw new MissingError(`${user} sees no message ${ts} in ${place.id}`)
  const response = tickets.response({ channel: place.id, user, ts })
  return delivery.interaction({
    type: 'message_action',
    ...interactionHead(workspace, user),
    callback_id,
    trigger_id: tickets.trigger(user),
    action_ts: workspace.nextTs(),
    message_ts: ts,
    channel: { id: place.id, name: place.name },
    message: messageObject(workspace, message, true),
    response_url: `${origin}/api/response/${response}`,
  })
}
