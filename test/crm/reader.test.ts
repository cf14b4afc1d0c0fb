import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CrmRecord, Cursor } from '../../src/crm/crm.ts'
import { compare, oneOf, selectQuery } from '../../src/crm/zoho/coql.ts'
import { UpstreamError } from '../../src/errors.ts'
import { recordId, zohoTime } from '../../src/sandbox/data/crm-data.ts'
import { parseCoql } from '../../src/sandbox/zoho/coql-parser.ts'
import type { Db } from '../../src/store/db.ts'
import { openDatabase } from '../database.ts'
import {
  ACME,
  ANNA,
  account,
  CALL,
  DEAL,
  EMAIL,
  GLOBEX,
  LONG_AGO,
  MEETING,
  NOTE,
  smallCompany,
  TASK,
} from './company.ts'
import { startServer, startZohoWorld, type ZohoWorld } from './zoho-world.ts'

/** A database of its own takes its time where many start at once. */
const STARTING_MS = 60_000
let database: { db: Db; close(): Promise<void> }
let db: Db
beforeAll(async () => {
  database = await openDatabase()
  db = database.db
}, STARTING_MS)
afterAll(() => database.close())

const ids = (records: readonly CrmRecord[]) => records.map((record) => record.id)

async function all(pages: AsyncIterable<CrmRecord[]>): Promise<CrmRecord[]> {
  const found: CrmRecord[] = []
  for await (const page of pages) found.push(...page)
  return found
}

async function calls(zoho: ZohoWorld, endpoint: string): Promise<number> {
  const { by } = await zoho.control<{ by: Record<string, number> }>('GET', '/zoho/calls')
  return by[endpoint] ?? 0
}

test('every record comes once and in order, also when thousands were modified in the same second', async () => {
  const company = smallCompany((records) => {
    for (let at = 3; at <= 4500; at += 1) records.Accounts.push(account(at))
  })
  await using zoho = await startZohoWorld({ company, db })

  const found = ids(await all(zoho.reader.records('Accounts', null)))

  expect(found).toHaveLength(4500)
  expect(new Set(found).size).toBe(4500)
  expect(found).toEqual([...found].sort())
  expect(await calls(zoho, 'POST /coql')).toBe(3)
})

test('after a cursor only what is later in the order (Modified_Time, id) comes', async () => {
  const later = zohoTime(new Date('2026-02-01T00:00:00Z'))
  const company = smallCompany((records) => {
    records.Accounts.push(account(3, { Modified_Time: later }), account(4, { Modified_Time: later }))
  })
  await using zoho = await startZohoWorld({ company, db })
  const cursor: Cursor = { modifiedAt: new Date(LONG_AGO), id: ACME }

  expect(ids(await all(zoho.reader.records('Accounts', cursor)))).toEqual([
    GLOBEX,
    recordId('Accounts', 3),
    recordId('Accounts', 4),
  ])
  expect(
    ids(
      await all(
        zoho.reader.records('Accounts', { modifiedAt: new Date(later), id: recordId('Accounts', 3) }),
      ),
    ),
  ).toEqual([recordId('Accounts', 4)])
})

test('notes are paged beyond the two thousand that page numbers reach', async () => {
  const company = smallCompany((records) => {
    for (let at = 2; at <= 2300; at += 1) {
      records.Notes.push({ ...records.Notes[0], id: recordId('Notes', at), Note_Content: `Note ${at}` })
    }
  })
  await using zoho = await startZohoWorld({ company, db })

  const found = await all(zoho.reader.records('Notes', null))

  expect(new Set(ids(found)).size).toBe(2300)
  expect(await all(zoho.reader.records('Notes', { modifiedAt: new Date(), id: '0' }))).toEqual([])
})

test('an empty module has no records and an unknown id is no record', async () => {
  const company = smallCompany((records) => {
    records.Calls.length = 0
  })
  await using zoho = await startZohoWorld({ company, db })

  expect(await all(zoho.reader.records('Calls', null))).toEqual([])
  expect(await zoho.reader.record('Accounts', recordId('Accounts', 999))).toBeNull()
  expect(await zoho.reader.recordsById('Accounts', [ACME, recordId('Accounts', 999)])).toHaveLength(1)
})

test('a record holds the fields we use and no others', async () => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db })

  const record = await zoho.reader.record('Accounts', ACME)

  expect(record).toMatchObject({ id: ACME, Account_Name: 'Acme', Account_Status: 'Active' })
  expect(record).not.toHaveProperty('Billing_City')
})

test('what belongs to an account is found directly and through its deals', async () => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db })
  const { reader } = zoho

  expect(ids(await reader.ofAccount('Contacts', ACME, []))).toEqual([ANNA])
  expect(ids(await reader.ofAccount('Deals', ACME, []))).toEqual([DEAL])
  expect(ids(await reader.ofAccount('Tasks', ACME, []))).toEqual([EMAIL])
  expect(ids(await reader.ofAccount('Tasks', ACME, [DEAL])).sort()).toEqual([TASK, EMAIL].sort())
  expect(ids(await reader.ofAccount('Events', ACME, [DEAL]))).toEqual([MEETING])
  expect(ids(await reader.ofAccount('Notes', ACME, [DEAL]))).toEqual([NOTE])
  expect(ids(await reader.ofAccount('Calls', ACME, [DEAL]))).not.toContain(CALL)
})

test('more deals than one list of values takes are asked for in several queries', async () => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db })
  const many = Array.from({ length: 120 }, (_, at) => recordId('Deals', at + 2))

  expect(ids(await zoho.reader.ofAccount('Tasks', ACME, [...many, DEAL])).sort()).toEqual(
    [TASK, EMAIL].sort(),
  )
})

test('users are told with zone, manager and whether they administer the CRM', async () => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db })

  const users = await zoho.reader.users()

  expect(
    users.map(({ name, isAdmin, managerId, zone }) => [name, isAdmin, managerId !== null, zone]),
  ).toEqual([
    ['Ola Nord', false, true, 'Europe/Oslo'],
    ['Pia Holm', false, false, 'Europe/Oslo'],
    ['Ada Min', true, false, 'Europe/Oslo'],
  ])
})

test('deleted ids are told, and none when nothing was deleted since', async () => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db })
  const before = new Date(Date.now() - 5000)
  await zoho.control('POST', '/zoho/delete', { module: 'Contacts', id: ANNA })

  expect(await zoho.reader.deleted('Contacts', before)).toEqual([ANNA])
  expect(await zoho.reader.deleted('Contacts', new Date(Date.now() + 60_000))).toEqual([])
  expect(await zoho.reader.deleted('Deals', before)).toEqual([])
})

test.each(['error', 'html', 'reset', 'lost_answer'] as const)(
  'a read survives two failures of kind %s',
  async (kind) => {
    await using zoho = await startZohoWorld({ company: smallCompany(), db })
    zoho.breakZoho({ kind, count: 2 })

    expect(await zoho.reader.record('Accounts', ACME)).toMatchObject({ id: ACME })
    expect(await calls(zoho, 'GET /Accounts/{id}')).toBe(3)
  },
)

test('a third failure is given to the caller', async () => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db })
  zoho.breakZoho({ kind: 'html' })

  const error = await zoho.reader.record('Accounts', ACME).catch((thrown: unknown) => thrown)

  expect(error).toBeInstanceOf(UpstreamError)
  expect(error).toMatchObject({ service: 'zoho', status: 502 })
  expect(await calls(zoho, 'GET /Accounts/{id}')).toBe(3)
})

test('being throttled is not repeated, and says how long to wait', async () => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db })
  zoho.breakZoho({ kind: 'rate_limit' })

  const error = await zoho.reader.record('Accounts', ACME).catch((thrown: unknown) => thrown)

  expect(error).toMatchObject({ status: 429, code: 'TOO_MANY_REQUESTS', retryAfterMs: 30_000, sent: false })
  expect(await calls(zoho, 'GET /Accounts/{id}')).toBe(1)
})

test('no more calls are under way than allowed', async () => {
  let active = 0
  let most = 0
  await using server = await startServer((req, res) => {
    if (req.path === '/oauth/v2/token') {
      res.json({ access_token: 'local', api_domain: server.url, expires_in: 3600 })
      return
    }
    active += 1
    most = Math.max(most, active)
    setTimeout(() => {
      active -= 1
      res.json({ data: [{ id: ACME }] })
    }, 10)
  })
  await using zoho = await startZohoWorld({ company: smallCompany(), db })
  const reader = zoho.anotherReader({ accountsUrl: server.url, apiHosts: [server.url], concurrency: 3 })

  await Promise.all(Array.from({ length: 20 }, () => reader.record('Accounts', ACME)))

  expect(most).toBe(3)
})

test.each([
  [
    'an error with 200',
    200,
    { code: 'INVALID_MODULE', status: 'error', message: 'no such module', details: {} },
    'INVALID_MODULE',
  ],
  [
    'an internal error with 200',
    200,
    { code: 'INTERNAL_ERROR', status: 'error', message: 'oops', details: {} },
    'INTERNAL_ERROR',
  ],
  [
    'throttling with 200',
    200,
    { code: 'TOO_MANY_REQUESTS', status: 'error', message: 'slow', details: {} },
    'TOO_MANY_REQUESTS',
  ],
  ['a redirect', 302, {}, null],
  ['a list without ids', 200, { data: [{ name: 'x' }] }, null],
])('%s is a failure, not an empty answer', async (_, status, body, code) => {
  await using server = await startServer((req, res) => {
    if (req.path === '/oauth/v2/token')
      res.json({ access_token: 'local', api_domain: server.url, expires_in: 3600 })
    else res.status(status).set('location', 'http://127.0.0.1:1/').json(body)
  })
  await using zoho = await startZohoWorld({ company: smallCompany(), db })
  const reader = zoho.anotherReader({
    accountsUrl: server.url,
    apiHosts: [server.url],
    credentials: { clientId: 'local', clientSecret: 'local', refreshToken: server.url },
  })

  const error = await reader.record('Accounts', ACME).catch((thrown: unknown) => thrown)

  expect(error).toBeInstanceOf(UpstreamError)
  if (code !== null) expect(error).toMatchObject({ code })
})

test('a call that hangs is given up on', async () => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db })
  await zoho.reader.record('Accounts', ACME)
  zoho.breakZoho({ kind: 'hang' })

  const error = await zoho
    .anotherReader({ timeoutMs: 100 })
    .record('Accounts', ACME)
    .catch((thrown: unknown) => thrown)

  expect(error).toMatchObject({ service: 'zoho', sent: true, message: 'Zoho did not answer (timed out)' })
})

test('an id that is none never gets into a path', async () => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db })

  await expect(zoho.reader.record('Accounts', '../users/1')).rejects.toThrow(RangeError)
})

test('no value can get out of its quotes in a query', () => {
  const hostile = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom("'", '"', '\\', ' ', '(', ')', ',', 'or', '=', '1') }),
  )
  fc.assert(
    fc.property(hostile, fc.array(hostile, { minLength: 1, maxLength: 50 }), (value, values) => {
      const query = (where: { text: string }) =>
        parseCoql(selectQuery({ fields: ['id'], module: 'Tasks', where, orderBy: [], limit: 1 }))

      expect(query(compare('Subject', '=', value)).where).toEqual({
        is: 'compare',
        column: 'Subject',
        operator: '=',
        value,
      })
      expect(query(oneOf('Subject', values)).where).toEqual({
        is: 'in',
        column: 'Subject',
        not: false,
        values,
      })
    }),
  )
})

test('a configured field name that is none is refused before it is sent', () => {
  expect(() =>
    selectQuery({
      fields: ['id, Salary from Users where id is not null --'],
      module: 'Accounts',
      where: compare('id', '>', '0'),
      orderBy: [],
      limit: 1,
    }),
  ).toThrow(RangeError)
})
