import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { freePort } from '../free-port.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const READY_WITHIN_MS = 90_000

const Channel = z.object({ id: z.string(), is_im: z.boolean(), user: z.string().nullable() })
const CardPayload = z.object({
  approval_id: z.string(),
  state: z.string(),
  module: z.string(),
  record_id: z.string().nullable(),
  fields: z.array(z.string()),
})
const Message = z.looseObject({
  ts: z.string(),
  thread_ts: z.string().optional(),
  metadata: z.looseObject({ event_type: z.string(), event_payload: z.unknown() }).optional(),
})
const Write = z.looseObject({ method: z.string(), path: z.string(), body: z.unknown(), answer: z.unknown() })

export type Card = z.infer<typeof CardPayload> & {
  user: string
  channel: string
  ts: string
  /** The digest it stands under; null when it was opened by itself. */
  digestTs: string | null
}
export type Write = z.infer<typeof Write>

/** The demo as a new user finds it: a process of its own on a new directory, with its digests and cards posted. */
export type Company = {
  url: string
  /** Cards that wait for a decision. */
  pendingCards(): Promise<Card[]>
  record(module: string, id: string): Promise<Record<string, unknown>>
  writes(): Promise<Write[]>
  stop(): Promise<void>
}

export async function startCompany(): Promise<Company> {
  const dir = mkdtempSync(join(tmpdir(), 'sergas-browser-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const demo = spawn(
    process.execPath,
    [join(ROOT, 'dist', 'main.js'), 'demo', '--port', String(port), '--dir', dir],
    { env: { PATH: process.env.PATH }, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const ended = once(demo, 'exit')
  const read = async (path: string): Promise<unknown> => (await fetch(`${url}/control/${path}`)).json()
  const stop = async () => {
    demo.kill('SIGTERM')
    await ended
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    await untilReady(url, () => demo.exitCode !== null)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url,
    async pendingCards() {
      const cards: Card[] = []
      for (const { id: channel, user } of z.array(Channel).parse(await read('slack/channels'))) {
        if (!user) continue
        const messages = z.array(Message).parse(await read(`slack/messages?channel=${channel}`))
        for (const { ts, thread_ts, metadata } of messages) {
          if (metadata?.event_type !== 'sergas_card') continue
          const card = CardPayload.parse(metadata.event_payload)
          if (card.state === 'pending')
            cards.push({ ...card, user, channel, ts, digestTs: thread_ts ?? null })
        }
      }
      return cards
    },
    record: async (module, id) =>
      z.record(z.string(), z.unknown()).parse(await read(`zoho/records?module=${module}&id=${id}`)),
    writes: async () => z.array(Write).parse(await read('zoho/writes')),
    stop,
  }
}

async function untilReady(url: string, hasEnded: () => boolean): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (Date.now() < deadline) {
    if (hasEnded()) throw new Error('The demo ended before it was ready')
    const response = await fetch(`${url}/control/ready`).catch(() => null)
    await response?.body?.cancel()
    if (response?.ok) return
    await sleep(100)
  }
  throw new Error(`The demo was not ready within ${READY_WITHIN_MS / 1000} s`)
}
