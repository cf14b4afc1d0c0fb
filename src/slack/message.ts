import type { KnownBlock } from '@slack/types'

/** A Slack message as we send it. `text` is a whole sentence of at most 80 characters: it is what is read aloud. */
export type Message = {
  text: string
  blocks: KnownBlock[]
  metadata?: {
    event_type: 'sergas_card' | 'sergas_digest'
    event_payload: Record<string, string | number | boolean | null | string[]>
  }
}
