import type { Log } from '../../log.ts'
import type { Delivery } from './delivery.ts'
import type { Channel } from './objects.ts'
import type { Tickets } from './tickets.ts'
import type { Workspace } from './workspace.ts'

/** A slash command as the app's manifest registers it; the page suggests it. */
export type SlashCommand = { command: string; hint: string; description: string }

export type SlackParts = {
  workspace: Workspace
  delivery: Delivery
  tickets: Tickets
  commands: SlashCommand[]
  log: Log
}

/** Where the local Slack itself can be reached, for `response_url`. */
export type Origin = string

/** Asked to act on something that is not there; the message says what is. */
export class MissingError extends Error {
  override name = 'MissingError'
}

export function requirePerson({ workspace }: SlackParts, user: string) {
  const person = workspace.people.get(user)
  if (!person) throw new MissingError(`There is no person ${user} in this workspace`)
  return person
}

/** The channel, if this person is in it; without an id, their conversation with the bot. */
export function requireChannel(parts: SlackParts, user: string, id: string | undefined): Channel {
  requirePerson(parts, user)
  const { workspace } = parts
  const channel = id ? workspace.channels.get(id) : workspace.directMessageOf(user)
  if (!channel?.members.includes(user)) throw new MissingError(`${user} is in no channel ${id}`)
  return channel
}
