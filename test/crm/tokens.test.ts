import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { allowedApiDomain } from '../../src/crm/zoho/api-domain.ts'
import { UpstreamError } from '../../src/errors.ts'
import { READ_CONNECTION } from '../../src/sandbox/zoho/oauth.ts'
import type { Db } from '../../src/store/db.ts'
import { crmTokens } from '../../src/store/schema.ts'
import { openDatabase } from '../database.ts'
import { ACME, smallCompany } from './company.ts'
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
beforeEach(() => db.delete(crmTokens))

async function tokenRequests(zoho: ZohoWorld): Promise<number> {
  const { by } = await zoho.control<{ by: Record<string, number> }>('GET', '/zoho/calls')
  return by['POST /oauth/v2/token'] ?? 0
}

const failure = (work: Promise<unknown>) =>
  work.then(
    () => expect.unreachable('expected a failure'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(UpstreamError)
      return error as UpstreamError
    },
  )

test('a hundred calls without a token ask for one, also across processes', async () => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db })
  const readers = [zoho.reader, zoho.anotherReader(), zoho.anotherReader()]

  const records = await Promise.all(
    Array.from({ length: 100 }, (_, at) => readers[at % 3]?.record('Accounts', ACME)),
  )

  expect(records.every((record) => record?.Account_Name === 'Acme')).toBe(true)
  expect(await tokenRequests(zoho)).toBe(1)
})

test('a hundred calls with a token that ended before its time ask for one new token', async () => {
  let clock = new Date()
  await using zoho = await startZohoWorld({ company: smallCompany(), db, now: () => clock })
  await zoho.reader.record('Accounts', ACME)
  const restarted = zoho.anotherReader()
  // Over for Zoho, good for another hour by the row in the database.
  clock = new Date(clock.getTime() + 2 * 3_600_000)

  await Promise.all(Array.from({ length: 100 }, () => restarted.record('Accounts', ACME)))

  expect(await tokenRequests(zoho)).toBe(2)
})

test('a token about to end is replaced five minutes early', async () => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db })
  await zoho.reader.record('Accounts', ACME)
  await db.update(crmTokens).set({ expiresAt: new Date(Date.now() + 4 * 60_000) })

  await zoho.anotherReader().record('Accounts', ACME)

  expect(await tokenRequests(zoho)).toBe(2)
})

test('the token is stored encrypted', async () => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db })
  await zoho.reader.record('Accounts', ACME)

  const [row] = await db.select().from(crmTokens).where(eq(crmTokens.connection, 'read'))

  expect(Buffer.from(row?.accessToken ?? new Uint8Array()).toString('latin1')).not.toContain('local-zoho')
  expect(row).toMatchObject({ apiDomain: zoho.url, refreshLease: null, error: null })
})

test('a revoked refresh token is said once and not asked for again and again', async () => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db })
  const credentials = { ...READ_CONNECTION, refreshToken: 'local-revoked' }
  const revoked = zoho.anotherReader({ credentials })

  const errors = await Promise.all(
    Array.from({ length: 20 }, () => failure(revoked.record('Accounts', ACME))),
  )
  const afterRestart = await failure(zoho.anotherReader({ credentials }).record('Accounts', ACME))

  for (const error of [...errors, afterRestart]) {
    expect(error.message).toContain('refused the refresh token of the read connection (invalid_code)')
    expect(error.sent).toBe(false)
  }
  expect(await tokenRequests(zoho)).toBe(1)
})

test('new credentials are tried at once, whatever was refused before', async () => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db })
  const credentials = { ...READ_CONNECTION, refreshToken: 'local-revoked' }
  await failure(zoho.anotherReader({ credentials }).record('Accounts', ACME))

  const record = await zoho.reader.record('Accounts', ACME)

  expect(record?.id).toBe(ACME)
})

test('when Zoho gives no more tokens, one that still has minutes to live is used up', async () => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db })
  await zoho.reader.record('Accounts', ACME)
  await db.update(crmTokens).set({ expiresAt: new Date(Date.now() + 2 * 60_000) })
  zoho.breakZoho({ kind: 'error', path: '/oauth' })

  const record = await zoho.anotherReader().record('Accounts', ACME)

  expect(record?.id).toBe(ACME)
})

test('a token refused seconds after it was issued is tried once more, not replaced', async () => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db })
  await zoho.reader.record('Accounts', ACME)
  zoho.breakZoho({ kind: 'expired_token', count: 1 })

  const record = await zoho.reader.record('Accounts', ACME)

  expect(record?.id).toBe(ACME)
  expect(await tokenRequests(zoho)).toBe(1)
})

test('a lease left behind by a killed process delays nobody for ever', async () => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db })
  await db.insert(crmTokens).values({
    connection: 'read',
    refreshLease: 'of-a-dead-process',
    refreshLeaseUntil: new Date(Date.now() + 300),
  })

  const record = await zoho.reader.record('Accounts', ACME)

  expect(record?.id).toBe(ACME)
})

describe('api_domain', () => {
  test('a token answer that names a foreign host is refused, and the token goes nowhere', async () => {
    const visits: string[] = []
    await using foreign = await startServer((req, res) => {
      visits.push(req.url)
      res.json({})
    })
    await using accounts = await startServer((_req, res) => {
      res.json({ access_token: 'local-token', api_domain: foreign.url, expires_in: 3600 })
    })
    await using zoho = await startZohoWorld({ company: smallCompany(), db })
    const misled = zoho.anotherReader({ accountsUrl: accounts.url, apiHosts: [zoho.url] })

    const error = await failure(misled.record('Accounts', ACME))

    expect(error.message).toContain('not one of Zoho’s')
    expect(visits).toEqual([])
  })

  test.each([
    ['https://www.zohoapis.com', 'https://www.zohoapis.com'],
    ['https://www.zohoapis.com.au/', 'https://www.zohoapis.com.au'],
    ['https://sandbox.zohoapis.eu', 'https://sandbox.zohoapis.eu'],
    ['http://www.zohoapis.com', null],
    ['https://www.zohoapis.com.evil.example', null],
    ['https://www.zohoapis.com@evil.example', null],
    ['https://evil.example/www.zohoapis.com', null],
    ['https://www.zohoapis.com:8443', null],
    ['https://www.zohoapis.com/?x=1', null],
    ['file:///etc/passwd', null],
    ['http://127.0.0.1:4000/zoho', 'http://127.0.0.1:4000/zoho'],
    ['http://127.0.0.1:4001', null],
    ['https://crm.internal.example', 'https://crm.internal.example'],
    ['not a url', null],
  ])('%s is taken as %s', (domain, taken) => {
    expect(allowedApiDomain(domain, ['http://127.0.0.1:4000', 'crm.internal.example'])).toBe(taken)
  })
})
