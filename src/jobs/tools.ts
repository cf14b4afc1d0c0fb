import type { ApprovalTools } from '../approval/approval.ts'
import type { GatherTools } from '../digest/gather.ts'
import type { ExecuteTools } from '../execution/execute.ts'
import type { Log } from '../log.ts'
import type { MemoryOf, MemoryUpkeep } from '../memory/memory.ts'
import type { Module } from '../model/field.ts'
import type { ConversationTools } from '../pipeline/conversation.ts'
import type { ReviewTools } from '../pipeline/review.ts'
import type { Messenger } from '../slack/messenger.ts'
import type { Db } from '../store/db.ts'
import type { Enqueue } from './queue.ts'

/**
 * Bringing the mirror up to date, as a job needs it. Which accounts are no longer as they were is in their rows; the
 * answer is how many.
 */
export type SyncTools = {
  /** Who works in the CRM, and who of them is in Slack. */
  people(): Promise<void>
  /** What the CRM says of its fields. */
  fields(): Promise<void>
  full(): Promise<number>
  delta(): Promise<number>
  deleted(): Promise<number>
  account(accountId: string): Promise<number>
  records(module: Module, ids: readonly string[]): Promise<number>
  /** Has Zoho tell us of changes; null when no public address is configured. */
  watch: (() => Promise<void>) | null
}

/** What a handler is given, made once by `app.ts`. */
export type JobTools = {
  db: Db
  log: Log
  teamId: string
  enqueue: Enqueue
  sync: SyncTools
  review: ReviewTools
  approval: ApprovalTools
  execute: ExecuteTools
  gather: GatherTools
  /** Null: there is no model, and nobody's questions are answered in words. */
  conversation: ConversationTools | null
  messenger: Messenger
  memory: MemoryUpkeep
  memoryOf: MemoryOf
  settings: {
    mergeWindowMs: number
    /** Local time of the team digest, `HH:MM`. */
    digestTime: string
    /** Local time of the daily review, `HH:MM`. */
    reviewTime: string
    /** For people whose own zone nobody knows. */
    zone: string
    teamChannel: string | null
    /** Send a new company's first digests as soon as it is taken in, whatever the clock says. */
    firstDigests: boolean
  }
}
