import type { Log } from '../../log.ts'
import type { FieldMap } from '../../model/field.ts'
import type { Db } from '../../store/db.ts'
import type { CrmReader, CrmTraces, CrmWriter } from '../crm.ts'
import type { CallCounter } from './call-counter.ts'
import { createHttp, type Http } from './http.ts'
import { restReader } from './rest-reader.ts'
import { readCurrentUser } from './rest-settings.ts'
import { restTraces } from './rest-traces.ts'
import { restWriter } from './rest-writer.ts'
import type { Credentials } from './token-request.ts'
import { createTokens } from './tokens.ts'

/**
 * Zoho over REST v8: bulk and COQL reads, and all writes. Two connections with a token each: what holds only the
 * reader has no right to write, in Zoho's eyes as in ours.
 */
export type ZohoOptions = {
  db: Db
  /** Encrypts the access tokens at rest. */
  key: Uint8Array
  credentials: Credentials
  /** e.g. `https://accounts.zoho.eu` */
  accountsUrl: string
  /** Hosts or base URLs besides Zoho's own that its token answer may send us to. */
  apiHosts: readonly string[]
  /** Asked at every call: the daily check may have switched fields off. */
  fields: () => FieldMap
  counter: CallCounter
  log: Log
  timeoutMs?: number
  /** Calls at once; below the edition's limit, which all processes share. */
  concurrency?: number
}

const TIMEOUT_MS = 45_000
const CONCURRENCY = 8

export function zohoReader(options: ZohoOptions): CrmReader {
  return restReader(connect('read', options), options.fields)
}

/**
 * @param options.automation which of Zoho's automations our writes set off; none by default, because a workflow
 *   nobody was shown would change more than the person approved
 */
export function zohoWriter(options: ZohoOptions & { automation?: readonly ZohoAutomation[] }): CrmWriter {
  return restWriter(connect('write', options), options.fields, options.automation ?? [])
}

/** @param writes whose name stands on what we write; read over the reading connection like everything else */
export function zohoTraces(options: ZohoOptions, writes: Credentials): CrmTraces {
  const http = connect('read', options)
  return restTraces(http, {
    reader: restReader(http, options.fields),
    fields: options.fields,
    me: () => readCurrentUser(connect('write', { ...options, credentials: writes })),
  })
}

export type ZohoAutomation = 'workflow' | 'approval' | 'blueprint' | 'pathfinder' | 'orchestration'

function connect(connection: 'read' | 'write', options: ZohoOptions): Http {
  const { timeoutMs = TIMEOUT_MS, concurrency = CONCURRENCY, counter } = options
  const tokens = createTokens({ ...options, connection, timeoutMs })
  return createHttp({ tokens, counter, timeoutMs, concurrency })
}
