/** Slack's own objects, as far as the local Slack keeps them. Names are Slack's, so that they go out as they are. */

export type Json = Record<string, unknown>

export type Block = Json & { type: string; block_id: string }

export type Metadata = { event_type: string; event_payload: Json }

export type Message = {
  type: 'message'
  subtype?: 'tombstone'
  channel: string
  /** Seconds and microseconds, unique in the workspace: a message's name within its channel. */
  ts: string
  /** The parent's `ts`; on the parent itself too once it has replies. */
  thread_ts?: string
  user: string
  text: string
  blocks?: Block[]
  metadata?: Metadata
  bot_id?: string
  app_id?: string
  edited?: { user: string; ts: string }
  reactions?: { name: string; users: string[]; count: number }[]
  /** Only this person sees the message ("Only visible to you"). */
  ephemeral_for?: string
}

export type Channel = {
  id: string
  name: string
  is_im: boolean
  /** Whose conversation with the bot this is; null for a channel. */
  user: string | null
  members: string[]
}

export type View = {
  id: string
  type: 'modal' | 'home'
  team_id: string
  app_id: string
  bot_id: string
  callback_id: string
  external_id: string
  private_metadata: string
  /** Changes with every version of the view. */
  hash: string
  root_view_id: string
  previous_view_id: string | null
  clear_on_close: boolean
  notify_on_close: boolean
  title?: Json
  submit?: Json | null
  close?: Json | null
  blocks: Block[]
  state: { values: StateValues }
}

/** What a person chose or typed, by block and action. */
export type StateValues = Record<string, Record<string, Json>>

/** What Slack answers instead of a result: `{ ok: false, error }`. */
export class SlackError extends Error {
  override name = 'SlackError'
  readonly code: string
  readonly details: Json
  constructor(code: string, details: Json = {}) {
    super(code)
    this.code = code
    this.details = details
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
