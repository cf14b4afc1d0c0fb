import { expect, test } from 'vitest'
import type { Fault } from '../../src/sandbox/faults.ts'
import { READ_CONNECTION } from '../../src/sandbox/zoho/oauth.ts'
import { ACCOUNT, startZoho, type ZohoServer } from './zoho-server.ts'

const change = { data: [{ Health_Score: 7 }] }
const once = (kind: Fault['kind'], path?: string): Fault => ({
  service: 'zoho',
  kind,
  rate: 1,
  count: 1,
  ...(path ? { path } : {}),
})
const score = async (zoho: ZohoServer) =>
  (await zoho.control('GET', `/records?module=Accounts&id=${ACCOUNT}`)).body.Health_Score
const writes = async (zoho: ZohoServer) => (await zoho.control('GET', '/writes')).body

test.each([
  ['error' as const, 500, 'INTERNAL_ERROR'],
  ['rate_limit' as const, 429, 'TOO_MANY_REQUESTS'],
  ['expired_token' as const, 401, 'INVALID_TOKEN'],
])('a write struck by %s is answered %i, changes nothing, and is in the log', async (kind, status, code) => {
  await using zoho = await startZoho()
  zoho.faults.add(once(kind))

  const answer = await zoho.write('PUT', `/Accounts/${ACCOUNT}`, change)

  expect(answer).toMatchObject({ status, body: { code } })
  expect(await score(zoho)).toBe(80)
  expect(await writes(zoho)).toMatchObject([{ method: 'PUT', body: change, status, fault: kind }])
})

test('a proxy answers with a page that is no JSON', async () => {
  await using zoho = await startZoho()
  zoho.faults.add(once('html'))

  await expect(zoho.read('GET', '/users')).rejects.toThrow('is not valid JSON')
})

test('a write whose answer is lost was done, and the log says what the caller did not hear', async () => {
  await using zoho = await startZoho()
  zoho.faults.add(once('lost_answer'))

  await expect(zoho.write('PUT', `/Accounts/${ACCOUNT}`, change)).rejects.toThrow('fetch failed')

  expect(await score(zoho)).toBe(7)
  expect(await writes(zoho)).toMatchObject([
    { status: 200, fault: 'lost_answer', answer: { data: [{ code: 'SUCCESS' }] } },
  ])
})

test('a write cut before anything happened did nothing, and was told nothing', async () => {
  await using zoho = await startZoho()
  zoho.faults.add(once('reset'))

  await expect(zoho.write('PUT', `/Accounts/${ACCOUNT}`, change)).rejects.toThrow('fetch failed')

  expect(await score(zoho)).toBe(80)
  expect(await writes(zoho)).toMatchObject([{ status: null, answer: null, fault: 'reset' }])
})

test('a hanging call holds its place until the caller gives up', async () => {
  await using zoho = await startZoho({ limits: { concurrency: 1 } })
  zoho.faults.add(once('hang', '/users'))
  const { access_token } = await zoho.token(READ_CONNECTION)
  const headers = { authorization: `Zoho-oauthtoken ${access_token}` }
  const patience = new AbortController()
  const hanging = fetch(`${zoho.base}/crm/v8/users`, { headers, signal: patience.signal })
  const ended = hanging.catch((error: unknown) => (error instanceof Error ? error.name : ''))
  while (zoho.faults.list().length > 0) await new Promise((resolve) => setImmediate(resolve))

  const refused = await zoho.read('GET', '/Accounts?fields=id')
  patience.abort()
  const name = await ended
  let freed = await zoho.read('GET', '/Accounts?fields=id')
  // The server learns of the hang-up when it reads the socket next.
  while (freed.status === 429) freed = await zoho.read('GET', '/Accounts?fields=id')

  expect(name).toBe('AbortError')
  expect(refused).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS' } })
  expect(freed.status).toBe(200)
})

test('a fault for any call leaves token requests alone; one that names their path does not', async () => {
  await using zoho = await startZoho()
  zoho.faults.add({ service: 'zoho', kind: 'error', rate: 1 })
  const granted = await zoho.token(READ_CONNECTION)
  zoho.faults.clear()
  zoho.faults.add(once('reset', '/oauth/v2/token'))

  await expect(zoho.token(READ_CONNECTION)).rejects.toThrow('fetch failed')

  expect(granted.access_token).toBeDefined()
})

test('credits are told from half of the day on, and then run out', async () => {
  let now = new Date('2026-11-20T12:00:00Z')
  await using zoho = await startZoho({ limits: { credits: 4 }, now: () => now })
  const list = () => zoho.read('GET', '/Accounts?fields=id')

  const left = []
  for (let call = 0; call < 4; call += 1) left.push((await list()).headers.get('x-api-credits-remaining'))
  const fifth = await list()
  now = new Date('2026-11-21T12:01:00Z')
  const { access_token } = await zoho.token(READ_CONNECTION)
  const nextDay = await zoho.request('GET', '/crm/v8/Accounts?fields=id', undefined, {
    authorization: `Zoho-oauthtoken ${access_token}`,
  })

  expect(left).toEqual([null, '2', '1', '0'])
  expect(fifth).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS' } })
  expect(nextDay.status).toBe(200)
})

test('a body is read as JSON whatever its content type, and refused when it is none', async () => {
  await using zoho = await startZoho()
  const { access_token } = await zoho.token(READ_CONNECTION)
  const send = (body: string) =>
    fetch(`${zoho.base}/crm/v8/coql`, {
      method: 'POST',
      headers: { authorization: `Zoho-oauthtoken ${access_token}`, 'content-type': 'text/plain' },
      body,
    })

  const good = await send('{"select_query":"select id from Accounts where id is not null"}')
  const bad = await send('select id')

  expect(good.status).toBe(200)
  expect(bad.status).toBe(400)
})
