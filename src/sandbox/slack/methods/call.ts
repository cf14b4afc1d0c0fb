import { z } from 'zod'
import { invalid } from '../block-kit.ts'
import { type Channel, type Json, SlackError } from '../objects.ts'
import type { Tickets } from '../tickets.ts'
import type { Workspace } from '../workspace.ts'

export type MethodParts = { workspace: Workspace; tickets: Tickets }

/** One Web API method: arguments as they came in, `{ ok: true, … }` out, SlackError when Slack says no. */
export type Method = (args: Json, parts: MethodParts, origin: string) => Json

/** Forms carry everything as strings; the structured ones hold JSON. */
export const json = z.preprocess((value, context) => {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    context.addIssue({ code: 'custom', message: 'is not JSON' })
    return z.NEVER
  }
}, z.unknown())

export const flag = z.preprocess(
  (value) => (typeof value === 'string' ? value === 'true' || value === '1' : value),
  z.boolean().default(false),
)

export const count = z.coerce.number().int().min(1).max(1000)

/** @throws SlackError `invalid_arguments` naming each argument */
export function parse<Shape extends z.ZodType>(shape: Shape, args: Json): z.output<Shape> {
  const parsed = shape.safeParse(args)
  if (parsed.success) return parsed.data
  throw invalid(
    'invalid_arguments',
    parsed.error.issues.map(({ message, path }) => `${message} [json-pointer:/${path.join('/')}]`),
  )
}

/** A channel by id, a person's direct message by the person's id, or a channel by `#name`. */
export function channelFor({ workspace }: MethodParts, id: string): Channel {
  const channel =
    workspace.channels.get(id) ??
    workspace.directMessageOf(id) ??
    [...workspace.channels.values()].find(({ name, is_im }) => !is_im && `#${name}` === id)
  if (!channel) throw new SlackError('channel_not_found')
  return channel
}
