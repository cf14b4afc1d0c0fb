import type { ApprovalTools } from '../approval/approval.ts'
import type { CardTools } from '../approval/card-facts.ts'
import type { Audit } from '../audit/audit.ts'
import type { GatherTools } from '../digest/gather.ts'
import type { UndoTools } from '../execution/undo.ts'
import type { Enqueue } from '../jobs/queue.ts'
import type { Log } from '../log.ts'
import type { MemoryOf } from '../memory/memory.ts'
import type { Fields } from '../model/change.ts'
import type { FieldMap, Module } from '../model/field.ts'
import type { Messenger } from '../slack/messenger.ts'
import type { Db } from '../store/db.ts'

/** What whoever reacts to a person or to Zoho is given, made once by `app.ts`. No way to write to the CRM is in it. */
export type TriggerTools = {
  db: Db
  log: Log
  teamId: string
  audit: Audit
  enqueue: Enqueue
  approval: ApprovalTools
  undo: UndoTools
  cards: CardTools
  gather: GatherTools
  messenger: Messenger
  memoryOf: MemoryOf
  /** The fields this CRM really has. */
  fields: () => FieldMap
  /** What these fields of a record hold in the CRM at this moment; null when it is gone. */
  liveFields: (module: Module, id: string, names: readonly string[]) => Promise<Fields | null>
  /** Null: there is no model, and questions that are no command are not answered. */
  model: { usdPerDay: number } | null
  /** Brings people of the CRM and of Slack together anew. */
  linkPeople: () => Promise<void>
}
