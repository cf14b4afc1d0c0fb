import { z } from 'zod'
import { MODULES, type Module } from '../model/field.ts'
import {
  giveUpOn,
  type InboxRow,
  markProcessed,
  nextDueInMs,
  noteInboxError,
  unprocessed,
} from '../store/inbox.ts'
import { defineJob } from './define.ts'
import { isFollowUpDue } from './follow-up.ts'
import { reasonOf } from './reason.ts'
import type { JobTools } from './tools.ts'

export const ZOHO = 'zoho'

/** What the webhook's receiver keeps of a notification: a hint, never the data. */
export const Hint = z.object({ module: z.enum(MODULES), ids: z.array(z.string()), operation: z.string() })
export type Hint = z.infer<typeof Hint>

const AT_ONCE = 1_000
/** By then the regular sync has brought what a hint told of. */
const GIVE_UP_MS = 3_600_000

/** Re-reads the records that Zoho told us of, once each however often it told; their accounts are followed up. */
export const processInbox = defineJob({
  name: 'process-inbox',
  lane: 'work',
  payload: z.object({}),
  subject: () => ZOHO,
  whileRunning: 'again',
  attempts: 3,
  async run(_, tools) {
    const { db, log, enqueue, settings } = tools
    const rows = await unprocessed(db, ZOHO, settings.mergeWindowMs, AT_ONCE)
    const failures: unknown[] = []
    for (const [module, told] of await byModule(tools, rows)) {
      try {
        await tools.sync.records(module, [...told.ids])
        await markProcessed(db, ZOHO, keysOf(told.rows))
      } catch (error) {
        failures.push(error)
        await failed(tools, told.rows, error)
      }
    }
    if (rows.length > 0) log.info({ hints: rows.length, failures: failures.length }, 'webhooks processed')
    if (await isFollowUpDue(tools)) await enqueue('follow-up', {})
    // One failure is enough to be tried again for; the others stand beside their rows.
    if (failures.length > 0) throw failures[0]
    // What came in meanwhile is due at its own time, not a whole window after this.
    const delayMs = await nextDueInMs(db, ZOHO, settings.mergeWindowMs)
    if (delayMs !== null) await enqueue('process-inbox', {}, { delayMs: Math.max(1, delayMs) })
  },
})

type Told = { ids: Set<string>; rows: InboxRow[] }

async function byModule({ db, log }: JobTools, rows: readonly InboxRow[]): Promise<Map<Module, Told>> {
  const told = new Map<Module, Told>()
  for (const row of rows) {
    const hint = Hint.safeParse(row.body)
    if (!hint.success) {
      log.error({ eventKey: row.eventKey }, 'a kept webhook cannot be read')
      await noteInboxError(db, ZOHO, [row.eventKey], 'cannot be read')
      await giveUpOn(db, ZOHO, [row.eventKey])
      continue
    }
    const { module, ids } = hint.data
    const one = told.get(module) ?? { ids: new Set(), rows: [] }
    told.set(module, { ids: new Set([...one.ids, ...ids]), rows: [...one.rows, row] })
  }
  return told
}

/** Kept beside the rows; those that failed for an hour are left to the regular sync. */
async function failed({ db }: JobTools, rows: readonly InboxRow[], error: unknown): Promise<void> {
  await noteInboxError(db, ZOHO, keysOf(rows), reasonOf(error))
  const old = rows.filter(({ receivedAt }) => Date.now() - receivedAt.getTime() > GIVE_UP_MS)
  await giveUpOn(db, ZOHO, keysOf(old))
}

function keysOf(rows: readonly InboxRow[]): string[] {
  return rows.map(({ eventKey }) => eventKey)
}
