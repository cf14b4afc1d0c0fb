import type { AddressInfo } from 'node:net'
import express from 'express'
import { expect, test, vi } from 'vitest'
import { READ_CONNECTION } from '../../src/sandbox/zoho/oauth.ts'
import { ACCOUNT, type Body, DEAL, startZoho } from './zoho-server.ts'

type Notification = Record<string, unknown> & { module: string; operation: string; ids: string[] }

/** Somewhere to be notified at. Answers with `status`, and keeps what came. */
async function startReceiver(status = 200) {
  const received: Notification[] = []
  const app = express()
  app.post('/hook', express.json(), (req, res) => {
    received.push(req.body)
    res.sendStatus(status)
  })
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?from=zoho`,
    received,
    /** Waits until as many have come. */
    async came(count: number) {
      await vi.waitFor(() => expect(received.length).toBeGreaterThanOrEqual(count), { timeout: 5000 })
      return received
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const NOW = new Date('2026-11-20T12:00:00Z')
const channel = (url: string, more: Record<string, unknown> = {}) => ({
  watch: [
    {
      channel_id: '1000000068001',
      notify_url: url,
      token: 'local-channel-token',
      events: ['Accounts.edit', 'Deals.all'],
      channel_expiry: '2026-11-22T12:00:00+00:00',
      notify_on_related_action: false,
      ...more,
    },
  ],
})
const expiry = (body: Body) => Date.parse(body.watch[0]?.details.events[0]?.channel_expiry ?? '')

test('a change by API, by a person and a removal are each told to who watches', async () => {
  await using zoho = await startZoho({ now: () => NOW })
  await using receiver = await startReceiver()
  const enabled = await zoho.read(
    'POST',
    '/actions/watch',
    channel(receiver.url, { return_affected_field_values: true }),
  )

  await zoho.write('PUT', `/Accounts/${ACCOUNT}`, { data: [{ Health_Score: 10 }] })
  await receiver.came(1)
  await zoho.control('POST', '/edit', { module: 'Deals', id: DEAL, fields: { Stage: 'Negotiation' } })
  await receiver.came(2)
  await zoho.control('POST', '/delete', { module: 'Deals', id: DEAL })
  const received = await receiver.came(3)

  expect(enabled.status).toBe(201)
  expect(received.map(({ module, operation, ids }) => ({ module, operation, ids }))).toEqual([
    { module: 'Accounts', operation: 'update', ids: [ACCOUNT] },
    { module: 'Deals', operation: 'update', ids: [DEAL] },
    { module: 'Deals', operation: 'delete', ids: [DEAL] },
  ])
  expect(received[0]).toMatchObject({
    channel_id: '1000000068001',
    token: 'local-channel-token',
    server_time: NOW.getTime(),
    query_params: { from: 'zoho' },
    affected_values: [{ record_id: ACCOUNT, values: { Health_Score: 10 } }],
  })
})

test('records changed by one request are told in one notification', async () => {
  await using zoho = await startZoho({ now: () => NOW })
  await using receiver = await startReceiver()
  await zoho.read('POST', '/actions/watch', channel(receiver.url, { events: ['Accounts.create'] }))

  await zoho.write('POST', '/Accounts', { data: [{ Account_Name: 'A' }, {}, { Account_Name: 'B' }] })

  const [notification] = await receiver.came(1)
  expect(notification?.ids).toHaveLength(2)
})

test('what the channel does not watch is not told, unless related changes were asked for', async () => {
  await using zoho = await startZoho({ now: () => NOW })
  await using quiet = await startReceiver()
  await using noisy = await startReceiver()
  await zoho.read('POST', '/actions/watch', channel(quiet.url, { events: ['Accounts.all'] }))
  const related = { events: ['Accounts.all'], channel_id: '2', notify_on_related_action: true }
  await zoho.read('POST', '/actions/watch', channel(noisy.url, related))

  await zoho.control('POST', '/edit', { module: 'Deals', id: DEAL, fields: { Next_Step: 'Sign' } })
  await noisy.came(1)
  await zoho.control('POST', '/edit', { module: 'Accounts', id: ACCOUNT, fields: { Industry: 'Retail' } })
  await noisy.came(2)

  expect(noisy.received).toMatchObject([
    { module: 'Accounts', operation: 'update', ids: [ACCOUNT] },
    { module: 'Accounts', operation: 'update', ids: [ACCOUNT] },
  ])
  expect(await quiet.came(1)).toHaveLength(1)
})

test('a receiver that refuses or is not there is not asked again, and the write stands', async () => {
  await using zoho = await startZoho({ now: () => NOW })
  await using refusing = await startReceiver(500)
  await zoho.read('POST', '/actions/watch', channel(refusing.url))
  await zoho.read('POST', '/actions/watch', channel('http://127.0.0.1:1/hook', { channel_id: '2' }))

  const written = await zoho.write('PUT', `/Accounts/${ACCOUNT}`, { data: [{ Health_Score: 10 }] })
  await refusing.came(1)
  await zoho.write('PUT', `/Accounts/${ACCOUNT}`, { data: [{ Health_Score: 11 }] })

  expect(written.status).toBe(200)
  expect(await refusing.came(2)).toHaveLength(2)
})

test('an expiry missing or beyond a week silently becomes an hour; a channel ends without a word', async () => {
  let now = NOW
  await using zoho = await startZoho({ now: () => now })
  const url = 'http://127.0.0.1:1/hook'

  const asked = await zoho.read('POST', '/actions/watch', channel(url))
  const missing = await zoho.read('POST', '/actions/watch', channel(url, { channel_expiry: undefined }))
  const beyond = { channel_expiry: '2026-11-28T12:00:00+00:00' }
  const tooLong = await zoho.read('POST', '/actions/watch', channel(url, beyond))
  now = new Date('2026-11-20T12:59:00Z')
  const patched = await zoho.read(
    'PATCH',
    '/actions/watch',
    channel(url, { events: ['Calls.create'], channel_expiry: undefined }),
  )
  now = new Date('2026-11-20T13:00:01Z')
  const { access_token } = await zoho.token(READ_CONNECTION)
  const authorization = `Zoho-oauthtoken ${access_token}`
  const over = await zoho.request('GET', '/crm/v8/actions/watch', undefined, { authorization })

  expect(over.status).toBe(204)
  expect(expiry(asked.body)).toBe(Date.parse('2026-11-22T12:00:00Z'))
  expect(expiry(missing.body)).toBe(Date.parse('2026-11-20T13:00:00Z'))
  expect(expiry(tooLong.body)).toBe(Date.parse('2026-11-20T13:00:00Z'))
  expect(patched.body.watch[0]?.code).toBe('SUCCESS')
})

test('a channel can be listed, renewed while it lives, and ended; not renewed after', async () => {
  await using zoho = await startZoho({ now: () => NOW })
  const body = channel('http://127.0.0.1:1/hook')
  await zoho.read('POST', '/actions/watch', body)

  const listed = await zoho.read('GET', '/actions/watch?module=Deals')
  const renewed = await zoho.read('PUT', '/actions/watch', body)
  const ended = await zoho.read('DELETE', '/actions/watch?channel_ids=1000000068001')
  const late = await zoho.read('PUT', '/actions/watch', body)

  expect(listed.body.watch).toMatchObject([
    { resource_name: 'Deals', events: ['Deals.all'], token: 'local-channel-token' },
  ])
  expect([renewed.status, ended.status]).toEqual([200, 200])
  expect(late).toMatchObject({ status: 400, body: { watch: [{ code: 'NOT_SUBSCRIBED' }] } })
  expect((await zoho.read('GET', '/actions/watch')).status).toBe(204)
})

test.each([
  ['a token of 51 characters', { token: 'x'.repeat(51) }, 'INVALID_DATA'],
  ['notes', { events: ['Notes.all'] }, 'INVALID_DATA'],
  ['an expiry with milliseconds', { channel_expiry: '2026-11-22T12:00:00.000+00:00' }, 'INVALID_DATA'],
  ['no events', { events: undefined }, 'MANDATORY_NOT_FOUND'],
])('a channel with %s is refused', async (_, more, code) => {
  await using zoho = await startZoho({ now: () => NOW })

  const answer = await zoho.read('POST', '/actions/watch', channel('http://127.0.0.1:1/hook', more))

  expect(answer).toMatchObject({ status: 400, body: { watch: [{ code, status: 'error' }] } })
})
