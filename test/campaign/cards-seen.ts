import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'

/** What people see: the cards that stand in Slack by now, read from the local Slack's own log as it grows. */
export type SeenCard = { channel: string; ts: string; state: string; version: number }

export type CardsSeen = {
  /** Resolves as soon as the card says one of these; at once if it does. Null when it does not while anybody would wait. */
  when(approvalId: string, states: readonly string[]): Promise<SeenCard | null>
  close(): void
}

const LOOK_EVERY_MS = 100
const CHUNK = 1 << 20
const MESSAGE = '{"kind":"message"'
const CARD = '"event_type":"sergas_card"'

type Waiting = { states: readonly string[]; seen: (card: SeenCard) => void }

export function watchCards(companyDir: string, patienceMs: number): CardsSeen {
  const file = openSync(join(companyDir, 'slack', 'slack.jsonl'), 'r')
  const cards = new Map<string, SeenCard>()
  const waiting = new Map<string, Waiting[]>()
  const buffer = Buffer.alloc(CHUNK)
  let at = 0
  let rest = ''

  function look(): void {
    for (;;) {
      const bytes = readSync(file, buffer, 0, CHUNK, at)
      if (bytes === 0) return
      at += bytes
      const lines = (rest + buffer.toString('latin1', 0, bytes)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (line.startsWith(MESSAGE) && line.includes(CARD)) take(line)
    }
  }

  function take(line: string): void {
    const { channel, ts, metadata } = JSON.parse(line).message
    const { approval_id, state, version } = metadata.event_payload
    const card = { channel, ts, state, version }
    cards.set(approval_id, card)
    const others = (waiting.get(approval_id) ?? []).filter(({ states, seen }) => {
      if (!states.includes(state)) return true
      seen(card)
      return false
    })
    if (others.length > 0) waiting.set(approval_id, others)
    else waiting.delete(approval_id)
  }

  const looking = setInterval(look, LOOK_EVERY_MS)
  return {
    when(approvalId, states) {
      const card = cards.get(approvalId)
      if (card && states.includes(card.state)) return Promise.resolve(card)
      return new Promise((resolve) => {
        const tired = setTimeout(resolve, patienceMs, null)
        const seen = (found: SeenCard) => {
          clearTimeout(tired)
          resolve(found)
        }
        waiting.set(approvalId, [...(waiting.get(approvalId) ?? []), { states, seen }])
      })
    },
    close() {
      clearInterval(looking)
      closeSync(file)
    },
  }
}
