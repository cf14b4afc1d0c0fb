import { z } from 'zod'
import type { Module } from '../model/field.ts'
import { MODULES } from '../model/field.ts'
import { markProcessed, unprocessed } from '../store/inbox.ts'
import { defineJob } from './define.ts'
import { followUp } from './sync-crm.ts'

export const ZOHO = 'zoho'

/** What the webhook's receiver keeps of a notification: a hint, never the data. */
export const Hint = z.object({ module: z.enum(MODULES), ids: z.array(z.string()), operation: z.string() })
export type Hint = z.infer<typeof Hint>

/** Re-reads the records that Zoho told us of, once each however often it told, and reviews their accounts. */
export const processInbox = defineJob({
  name: 'process-inbox',
  lane: 'work',
  payload: z.object({}),
  subject: () => ZOHO,
  whileRunning: 'again',
  attempts: 3,
  async run(_, tools) {
    const rows = await unprocessed(tools.db, ZOHO, tools.settings.mergeWindowMs, 1_000)
    if (rows.length === 0) return
    const idsByModule = new Map<Module, Set<string>>()
    for (const row of rows) {
      const { module, ids } = Hint.parse(row.body)
      idsByModule.set(module, new Set([...(idsByModule.get(module) ?? []), ...ids]))
    }
    const changed = new Set<string>()
    for (const [module, ids] of idsByModule) {
      for (const accountId of await tools.sync.records(module, [...ids])) changed.add(accountId)
    }
    await followUp(tools, [...changed])
    await markProcessed(
      tools.db,
      ZOHO,
      rows.map((row) => row.eventKey),
    )
    tools.log.info({ hints: rows.length, accounts: changed.size }, 'webhooks processed')
  },
})
