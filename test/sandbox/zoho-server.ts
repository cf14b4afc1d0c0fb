import type { AddressInfo } from 'node:net'
import express from 'express'
import { createLog } from '../../src/log.ts'
import { type CrmData, emptyRecords, recordId, userId } from '../../src/sandbox/data/crm-data.ts'
import { createFaults } from '../../src/sandbox/faults.ts'
import { createLocalZoho } from '../../src/sandbox/zoho/local-zoho.ts'
import { READ_CONNECTION, WRITE_CONNECTION } from '../../src/sandbox/zoho/oauth.ts'
import type { Limits } from '../../src/sandbox/zoho/quota.ts'

/** What the tests look at in answers. Whether it is there is for their expectations to say. */
type Item = Record<string, unknown> & {
  id: string
  code: string
  details: { id: string; duplicate_record: { id: string }; events: { channel_expiry: string }[] }
}
export type Body = Record<string, unknown> & {
  code: string
  access_token: string
  data: Item[]
  info: { count: number; more_records: boolean; next_page_token: string | null }
  fields: (Item & { pick_list_values: { actual_value: string }[] })[]
  users: Item[]
  watch: Item[]
  __timeline: Item[]
}
export type Reply = { status: number; body: Body; headers: Headers }
export type ZohoServer = Awaited<ReturnType<typeof startZoho>>

export const OWNER = { id: userId(10), name: 'Olga Owner', email: 'olga.owner@example.com' }
export const ACCOUNT = recordId('Accounts', 1)
export const DEAL = recordId('Deals', 1)

/** Two accounts, a contact, a deal and a call, all of a moment long past. */
export function smallCompany(): CrmData {
  const records = emptyRecords()
  const past = {
    Owner: OWNER,
    Created_Time: '2026-01-05T09:00:00-05:00',
    Modified_Time: '2026-01-05T09:00:00-05:00',
    Created_By: OWNER,
    Modified_By: OWNER,
  }
  records.Accounts.push(
    {
      id: ACCOUNT,
      Account_Name: 'Larkspur',
      Health_Score: 80,
      Account_Status: 'Active',
      External_Id: 'L-1',
      ...past,
    },
    { id: recordId('Accounts', 2), Account_Name: "Finch's", Health_Score: 40, ...past },
  )
  const contact = recordId('Contacts', 1)
  records.Contacts.push({
    id: contact,
    First_Name: 'Ada',
    Last_Name: 'Berg',
    Full_Name: 'Ada Berg',
    Email: 'ada@larkspur.example',
    Account_Name: { id: ACCOUNT },
    ...past,
  })
  records.Deals.push({
    id: DEAL,
    Deal_Name: 'Larkspur – renewal',
    Account_Name: { id: ACCOUNT },
    Contact_Name: { id: contact },
    Stage: 'Proposal',
    Amount: 1000,
    Probability: 60,
    Stage_Changed_Time: '2026-01-05T09:00:00-05:00',
    ...past,
  })
  records.Calls.push({
    id: recordId('Calls', 1),
    Subject: 'Check-in',
    Call_Type: 'Outbound',
    Call_Start_Time: '2026-01-04T15:00:00-05:00',
    What_Id: { id: DEAL },
    $se_module: 'Deals',
    Who_Id: { id: contact },
    ...past,
  })
  const person = (ordinal: number, name: string, role: 'owner' | 'manager' | 'admin') => ({
    slackId: `U${ordinal}`,
    crmId: userId(ordinal),
    name,
    email: `${name.toLowerCase().replace(' ', '.')}@example.com`,
    role,
    zone: 'America/New_York',
    managerCrmId: role === 'owner' ? userId(1) : null,
  })
  const people = [
    person(10, OWNER.name, 'owner'),
    person(11, 'Otto Owner', 'owner'),
    person(1, 'Mona Manager', 'manager'),
    person(2, 'Alma Admin', 'admin'),
  ]
  return { people, records, history: [] }
}

/** As many accounts as asked for, each modified a second after the one before. */
export function manyAccounts(count: number): CrmData {
  const company = smallCompany()
  const start = Date.parse('2026-01-01T00:00:00Z')
  company.records.Accounts = Array.from({ length: count }, (_, index) => {
    const time = `${new Date(start + Math.floor(index / 3) * 1000).toISOString().slice(0, 19)}+00:00`
    return {
      id: recordId('Accounts', index + 1),
      Account_Name: `Account ${index + 1}`,
      Created_Time: time,
      Modified_Time: time,
    }
  })
  return company
}

/** A local Zoho on a port of its own, with a client for each of its two connections. */
export async function startZoho(
  options: {
    dir?: string | null
    company?: CrmData | (() => CrmData)
    limits?: Partial<Limits>
    now?: () => Date
  } = {},
) {
  const app = express()
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const faults = createFaults()
  const zoho = createLocalZoho({
    dir: options.dir ?? null,
    baseUrl: base,
    company: options.company ?? smallCompany,
    faults,
    log: createLog('silent'),
    ...(options.limits ? { limits: options.limits } : {}),
    ...(options.now ? { now: options.now } : {}),
  })
  app.use(zoho.router)
  app.use('/control', zoho.control)
  app.use('/zoho', zoho.page)

  async function token(connection: {
    clientId: string
    clientSecret: string
    refreshToken: string
  }): Promise<Body> {
    const response = await fetch(`${base}/oauth/v2/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: connection.clientId,
        client_secret: connection.clientSecret,
        refresh_token: connection.refreshToken,
      }),
    })
    return response.json() as Promise<Body>
  }

  async function request(
    method: string,
    path: string,
    body?: unknown,
    headers: HeadersInit = {},
  ): Promise<Reply> {
    const response = await fetch(base + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? null : JSON.parse(text)) as Body,
    }
  }

  function client(connection: typeof READ_CONNECTION | typeof WRITE_CONNECTION) {
    let access: Promise<string> | undefined
    return async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
      access ??= token(connection).then((answer) => String(answer.access_token))
      const authorization = `Zoho-oauthtoken ${await access}`
      return request(method, `/crm/v8${path}`, body, { authorization, ...headers })
    }
  }

  const read = client(READ_CONNECTION)
  return {
    base,
    faults,
    token,
    request,
    read,
    write: client(WRITE_CONNECTION),
    query: (text: string) => read('POST', '/coql', { select_query: text }),
    control: (method: string, path: string, body?: unknown) =>
      request(method, `/control/zoho${path}`, body, { 'content-type': 'application/json' }),
    async [Symbol.asyncDispose]() {
      await zoho.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
