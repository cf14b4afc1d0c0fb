import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import type { Stage } from './stage.ts'

/** Waits until the bot has nothing left to do. */

const LOOK_EVERY_MS = 250
/** An embedded database belongs to its process: that it says and writes nothing any more must do. */
const SILENT_FOR_MS = 12_000

const OPEN = `select
  (select count(*) from operations where state not in ('applied', 'conflict', 'failed'))
  + (select count(*) from approvals where state = 'pending' and expires_at < clock_timestamp())
  + (select count(*) from outbox where state = 'pending')
  + (select count(*) from audit_pending) as n`

/** @returns milliseconds it took; null when there was still something left after `withinMs` */
export async function untilQuiet(stage: Stage, withinMs: number): Promise<number | null> {
  const began = performance.now()
  const isOver = stage.postgres ? emptyTables(stage.postgres.url) : silence(join(stage.dir, 'company'))
  try {
    while (performance.now() - began < withinMs) {
      if (await isOver.ask()) return performance.now() - began
      await sleep(LOOK_EVERY_MS)
    }
    return null
  } finally {
    await isOver.end()
  }
}

function emptyTables(url: string) {
  const client = postgres(url, { max: 1, onnotice: () => {} })
  return {
    ask: async () => Number((await client.unsafe(OPEN))[0]?.n) === 0,
    end: () => client.end(),
  }
}

function silence(companyDir: string) {
  const logs = ['slack/slack.jsonl', 'zoho/zoho-journal.jsonl'].map((name) => join(companyDir, name))
  return {
    ask: async () => logs.every((log) => Date.now() - statSync(log).mtimeMs > SILENT_FOR_MS),
    end: async () => {},
  }
}
