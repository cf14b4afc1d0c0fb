import type { Log } from '../../log.ts'
import type { ModuleName, ZohoRecord } from '../data/crm-data.ts'
import type { Faults } from '../faults.ts'
import type { Channels } from './channels.ts'
import type { RunQuery } from './coql.ts'
import type { Criterion } from './coql-parser.ts'
import type { Notifier } from './notifications.ts'
import type { Quota } from './quota.ts'
import type { RecordEvent, Recorder } from './record-changes.ts'
import type { ZohoState } from './state.ts'

/** What the parts of the API work with. */
export type ApiTools = {
  state: ZohoState
  recorder: Recorder
  channels: Channels
  notifier: Notifier
  quota: Quota
  /** How many times Zoho's own number of access tokens may be asked for. */
  tokenFactor: number
  faults: Faults
  coql: RunQuery
  /** Does a record of the module meet a criterion? */
  matcher: (module: ModuleName, criterion: Criterion) => (record: ZohoRecord) => boolean
  now: () => Date
  log: Log
  /** Where the API is reached from outside, without a slash at the end. */
  baseUrl: string
}

/** A request, as far as answering it depends on it. */
export type Call = {
  query: Record<string, unknown>
  /** Parsed JSON, whatever the content type said; undefined when there was none. */
  body: unknown
  /** `If-Modified-Since` */
  modifiedSince: Date | null
  /** `If-Unmodified-Since` */
  unmodifiedSince: Date | null
}

export type Answer = {
  status: number
  body?: unknown
  /** Default 1. */
  credits?: number
  /** What the call changed, told to those who watch once it is on file. */
  events?: readonly RecordEvent[]
}
