import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import type { CrmReader, CrmTraces, CrmWriter } from '../../src/crm/crm.ts'
import { type CheckedFields, checkFields } from '../../src/crm/sync/fields-check.ts'
import { type CallCounter, createCallCounter } from '../../src/crm/zoho/call-counter.ts'
import { type ZohoOptions, zohoReader, zohoTraces, zohoWriter } from '../../src/crm/zoho/rest.ts'
import { createLog } from '../../src/log.ts'
import { type FieldMap, resolveFields } from '../../src/model/field.ts'
import type { CrmData } from '../../src/sandbox/data/crm-data.ts'
import { createFaults, Fault } from '../../src/sandbox/faults.ts'
import { createLocalZoho } from '../../src/sandbox/zoho/local-zoho.ts'
import { READ_CONNECTION, WRITE_CONNECTION } from '../../src/sandbox/zoho/oauth.ts'
import type { Db } from '../../src/store/db.ts'

/** A local Zoho behind real HTTP, and our edge connected to it through a real database. */
export type ZohoWorld = AsyncDisposable & {
  db: Db
  url: string
  reader: CrmReader
  writer: CrmWriter
  traces: CrmTraces
  counter: CallCounter
  /** Another process's reader on the same database. */
  anotherReader(options?: Partial<ZohoOptions>): CrmReader
  /** A writer, with other options or holding the read connection. */
  anotherWriter(options?: Partial<Parameters<typeof zohoWriter>[0]>): CrmWriter
  checked: () => Promise<CheckedFields>
  control<Answer = unknown>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer>
  breakZoho(fault: Partial<Fault> & { kind: Fault['kind'] }): void
  mend(): void
}

export async function startZohoWorld({
  company,
  db,
  now,
  fields = resolveFields({}).fields,
  options,
}: {
  company: CrmData
  db: Db
  now?: () => Date
  fields?: FieldMap
  options?: Partial<ZohoOptions>
}): Promise<ZohoWorld> {
  const app = express()
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const log = createLog('silent')
  const faults = createFaults()
  const zoho = createLocalZoho({ dir: null, baseUrl: url, company, faults, log, ...(now ? { now } : {}) })
  app.use('/control', zoho.control)
  app.use(zoho.router)

  const counter = createCallCounter()
  const common = (credentials: ZohoOptions['credentials']): ZohoOptions => ({
    db,
    key,
    credentials,
    accountsUrl: url,
    apiHosts: [url],
    fields: () => fields,
    counter,
    log,
    ...options,
  })
  const reader = zohoReader(common(READ_CONNECTION))
  return {
    db,
    url,
    reader,
    writer: zohoWriter(common(WRITE_CONNECTION)),
    traces: zohoTraces(common(READ_CONNECTION), WRITE_CONNECTION),
    counter,
    anotherReader: (other) => zohoReader({ ...common(READ_CONNECTION), ...other }),
    anotherWriter: (other) => zohoWriter({ ...common(WRITE_CONNECTION), ...other }),
    checked: () => checkFields(reader, fields),
    async control<Answer>(method: 'GET' | 'POST', path: string, body?: unknown) {
      const response = await fetch(`${url}/control${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      })
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
      return (await response.json()) as Answer
    },
    breakZoho: (fault) => faults.add(Fault.parse({ service: 'zoho', ...fault })),
    mend: () => faults.clear(),
    async [Symbol.asyncDispose]() {
      await zoho.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const key = randomBytes(32)

/** A server that answers as told, for what the local Zoho would never do. */
export async function startServer(
  handler: express.RequestHandler,
): Promise<AsyncDisposable & { url: string }> {
  const app = express()
  app.use(handler)
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
