import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sha256 } from '../../src/access/crypto.ts'
import { ensureChannel } from '../../src/crm/zoho/watch-channel.ts'
import { verifyNotification } from '../../src/crm/zoho/webhook.ts'
import { createLog } from '../../src/log.ts'
import { activeChannels, type CrmChannel } from '../../src/store/crm-channels.ts'
import type { Db } from '../../src/store/db.ts'
import { crmChannels } from '../../src/store/schema.ts'
import { openDatabase } from '../database.ts'
import { ACME, DEAL, smallCompany } from './company.ts'
import { startZohoWorld } from './zoho-world.ts'

const now = new Date('2026-11-20T12:00:00Z')
const token = 'local-channel-token'
const channel: CrmChannel = {
  channelId: '1234567890',
  tokenHash: sha256(token),
  modules: ['Accounts', 'Deals'],
  createdAt: new Date('2026-11-19T12:00:00Z'),
  expiresAt: new Date('2026-11-26T12:00:00Z'),
}
const good = {
  server_time: now.getTime(),
  query_params: {},
  module: 'Deals',
  resource_uri: 'http://evil.example/crm/v8/Deals',
  ids: ['1000000000002', '1000000000001'],
  affected_fields: [],
  operation: 'update',
  channel_id: '1234567890',
  token,
}
const verify = (body: unknown) => verifyNotification(body, { channels: [channel], now })

test('a notification is a hint: channel, module, operation and ids, nothing else', () => {
  expect(verify(good)).toEqual({
    kind: 'accepted',
    notification: {
      channelId: '1234567890',
      module: 'Deals',
      operation: 'update',
      ids: ['1000000000001', '1000000000002'],
      serverTime: now,
      dedupeKey: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  })
})

test.each([
  ['no object', 'text', 400],
  ['nothing', null, 400],
  ['an array', [good], 400],
  ['no ids', { ...good, ids: undefined }, 400],
  ['ids that are no list', { ...good, ids: '1000000000001' }, 400],
  ['an empty list of ids', { ...good, ids: [] }, 400],
  ['an id with other characters', { ...good, ids: ['1000000000001/../users'] }, 400],
  ['an id that is too short', { ...good, ids: ['123456789'] }, 400],
  ['an id that is too long', { ...good, ids: ['1'.repeat(26)] }, 400],
  ['a number for an id', { ...good, ids: [1_000_000_000_001] }, 400],
  ['101 ids', { ...good, ids: Array.from({ length: 101 }, (_, at) => String(1_000_000_000_001 + at)) }, 413],
  ['no token', { ...good, token: undefined }, 400],
  ['a wrong token', { ...good, token: `${token}x` }, 401],
  ['an empty token', { ...good, token: '' }, 400],
  ['an unknown channel', { ...good, channel_id: '1' }, 401],
  ['a module nobody has', { ...good, module: 'Salaries' }, 400],
  ['a module this channel does not watch', { ...good, module: 'Contacts' }, 400],
  ['an unknown operation', { ...good, operation: 'drop' }, 400],
  ['no time', { ...good, server_time: undefined }, 400],
  ['a time 16 minutes ago', { ...good, server_time: now.getTime() - 16 * 60_000 }, 400],
  ['a time 16 minutes ahead', { ...good, server_time: now.getTime() + 16 * 60_000 }, 400],
])('%s is refused', (_, body, status) => {
  expect(verify(body)).toMatchObject({ kind: 'refused', status })
})

test.each([14, -14])('clocks may differ by %d minutes', (minutes) => {
  expect(verify({ ...good, server_time: now.getTime() + minutes * 60_000 })).toMatchObject({
    kind: 'accepted',
  })
})

test('a hundred ids are taken, and a channel id may come as a number', () => {
  const ids = Array.from({ length: 100 }, (_, at) => String(1_000_000_000_001 + at))

  expect(verify({ ...good, ids, channel_id: 1234567890 })).toMatchObject({
    kind: 'accepted',
    notification: { ids },
  })
})

test('a channel that has ended takes nothing more', () => {
  const later = new Date(channel.expiresAt.getTime() + 1)

  expect(
    verifyNotification({ ...good, server_time: later.getTime() }, { channels: [channel], now: later }),
  ).toMatchObject({ kind: 'refused', status: 401 })
})

test('a repetition has the same key in whatever order its ids stand, anything else another', () => {
  const key = (body: unknown) => {
    const verdict = verify(body)
    return verdict.kind === 'accepted' ? verdict.notification.dedupeKey : null
  }

  expect(key({ ...good, ids: good.ids.toReversed() })).toBe(key(good))
  const others = [
    { ...good, operation: 'delete' },
    { ...good, module: 'Accounts' },
    { ...good, ids: ['1000000000001'] },
    { ...good, server_time: good.server_time + 1 },
  ].map(key)
  expect(new Set([...others, key(good)]).size).toBe(5)
})

describe('the channel', () => {
  /** A database of its own takes its time where many start at once. */
  const STARTING_MS = 60_000
  let database: { db: Db; close(): Promise<void> }
  let db: Db
  const log = createLog('silent')
  beforeAll(async () => {
    database = await openDatabase()
    db = database.db
  }, STARTING_MS)
  afterAll(() => database.close())
  beforeEach(() => db.delete(crmChannels))

  test('is registered once, renewed under its id past half its life, and its token is stored hashed', async () => {
    const start = new Date()
    let clock = start
    await using zoho = await startZohoWorld({ company: smallCompany(), db, now: () => clock })
    const ensure = () =>
      ensureChannel({ db, crm: zoho.reader, notifyUrl: 'http://127.0.0.1:9/hook', now: clock, log })

    const first = await ensure()
    const again = await ensure()
    clock = new Date(start.getTime() + 4 * 86_400_000)
    // The token of the connection has long ended by then.
    const renewed = await ensureChannel({
      db,
      crm: zoho.anotherReader(),
      notifyUrl: 'http://127.0.0.1:9/hook',
      now: clock,
      log,
    })

    expect(first).toMatchObject({ renewed: true, shortfallMs: expect.any(Number) })
    expect(first.shortfallMs).toBeLessThan(1000)
    expect(again).toMatchObject({ channelId: first.channelId, renewed: false })
    expect(renewed).toMatchObject({ channelId: first.channelId, renewed: true })
    expect(renewed.expiresAt.getTime()).toBeGreaterThan(first.expiresAt.getTime())
    expect(await activeChannels(db)).toMatchObject([
      { channelId: first.channelId, tokenHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ])
  })

  test('says by how much Zoho gave less than was asked for', async () => {
    await using zoho = await startZohoWorld({ company: smallCompany(), db })

    const { shortfallMs } = await ensureChannel({
      db,
      crm: {
        // Beyond a week Zoho silently gives an hour.
        watch: (watch) =>
          zoho.reader.watch({ ...watch, expiresAt: new Date(watch.expiresAt.getTime() + 30 * 86_400_000) }),
      },
      notifyUrl: 'http://127.0.0.1:9/hook',
      now: new Date(),
      log,
    })

    expect(shortfallMs).toBeGreaterThan(6 * 86_400_000)
  })

  test('what Zoho sends over it is accepted', async () => {
    const received: unknown[] = []
    const hook = createServer((req, res) => {
      let body = ''
      req.on('data', (chunk) => {
        body += chunk
      })
      req.on('end', () => {
        received.push(JSON.parse(body))
        res.end()
      })
    })
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve))
    const notifyUrl = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/webhooks/zoho/local-secret`
    await using zoho = await startZohoWorld({ company: smallCompany(), db })
    await ensureChannel({ db, crm: zoho.reader, notifyUrl, now: new Date(), log })

    await zoho.control('POST', '/zoho/edit', { module: 'Deals', id: DEAL, fields: { Amount: 5 } })
    await zoho.control('POST', '/zoho/edit', { module: 'Accounts', id: ACME, fields: { Industry: 'Tea' } })
    while (received.length < 2) await new Promise((resolve) => setTimeout(resolve, 10))
    hook.close()

    const channels = await activeChannels(db)
    const verdicts = received.map((body) => verifyNotification(body, { channels, now: new Date() }))
    expect(verdicts).toEqual(
      expect.arrayContaining([
        { kind: 'accepted', notification: expect.objectContaining({ module: 'Deals', ids: [DEAL] }) },
        { kind: 'accepted', notification: expect.objectContaining({ module: 'Accounts', ids: [ACME] }) },
      ]),
    )
  })
})
