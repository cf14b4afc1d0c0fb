import express from 'express'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sha256 } from '../../src/access/crypto.ts'
import { verifyNotification } from '../../src/crm/zoho/webhook.ts'
import { createLog } from '../../src/log.ts'
import { activeChannels, keepChannel } from '../../src/store/crm-channels.ts'
import type { Db } from '../../src/store/db.ts'
import { inbox } from '../../src/store/schema.ts'
import { zohoWebhooks } from '../../src/triggers/webhooks.ts'
import { openDatabase } from '../database.ts'
import { listen } from '../slack/workspace.ts'

const secret = 'secret-part-of-the-path'
const token = 'token-of-the-channel'
let db: Db
let close: () => Promise<void>
let server: Awaited<ReturnType<typeof listen>>
let handedOver: (number | undefined)[] = []

beforeAll(async () => {
  ;({ db, close } = await openDatabase())
  await keepChannel(db, {
    channelId: '1000000068001',
    tokenHash: sha256(token),
    modules: ['Accounts', 'Deals'],
    expiresAt: new Date(Date.now() + 3_600_000),
  })
  const app = express()
  app.use(
    zohoWebhooks({
      db,
      log: createLog('silent'),
      enqueue: async (_name, _payload, options) => handedOver.push(options?.delayMs) > 0,
      secret,
      mergeWindowMs: 300_000,
      verify: async (body) =>
        verifyNotification(body, { channels: await activeChannels(db), now: new Date() }),
    }),
  )
  server = await listen(app)
})
beforeEach(async () => {
  handedOver = []
  await db.delete(inbox)
})
afterAll(async () => {
  await server.close()
  await close()
})

const notification = (more: Record<string, unknown> = {}) => ({
  channel_id: 1000000068001,
  token,
  module: 'Deals',
  operation: 'update',
  ids: ['5725767000030000001'],
  server_time: Date.now(),
  ...more,
})
const ids = (count: number) =>
  Array.from({ length: count }, (_, index) => `57257670000300${String(index).padStart(5, '0')}`)

async function send(body: unknown, path = secret): Promise<number> {
  const response = await fetch(`${server.url}/webhooks/zoho/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return response.status
}
const stored = () => db.select().from(inbox)

test('a notification is kept as a hint, answered, and handed over after the merge window', async () => {
  expect(await send(notification({ affected_values: [{ Amount: 1 }] }))).toBe(200)

  const [row] = await stored()
  expect(row?.body).toEqual({ module: 'Deals', ids: ['5725767000030000001'], operation: 'update' })
  expect(handedOver).toEqual([300_000])
})

test('the same notification twice is one', async () => {
  const once = notification()

  expect([await send(once), await send(once)]).toEqual([200, 200])

  expect(await stored()).toHaveLength(1)
  expect(handedOver).toHaveLength(1)
})

test('a hundred ids are taken, and as many bytes as fit', async () => {
  expect(await send(notification({ ids: ids(100) }))).toBe(200)
})

test.each([
  ['another path', 404, () => [notification(), 'a-guess']],
  ['another token', 401, () => [notification({ token: 'a-guess' })]],
  ['no token', 400, () => [notification({ token: undefined })]],
  ['a channel that is not ours', 401, () => [notification({ channel_id: '7' })]],
  ['a module this channel does not watch', 400, () => [notification({ module: 'Contacts' })]],
  ['a module there is not', 400, () => [notification({ module: 'Secrets' })]],
  ['an operation there is not', 400, () => [notification({ operation: 'read' })]],
  ['no ids', 400, () => [notification({ ids: [] })]],
  ['ids that are no ids', 400, () => [notification({ ids: ["1' or '1'='1"] })]],
  ['ids in another form', 400, () => [notification({ ids: 'all' })]],
  ['101 ids', 413, () => [notification({ ids: ids(101) })]],
  ['65 KB', 413, () => [notification({ pad: 'x'.repeat(65 * 1024) })]],
  ['a time long past', 400, () => [notification({ server_time: Date.now() - 3_600_000 })]],
  ['a time to come', 400, () => [notification({ server_time: Date.now() + 3_600_000 })]],
  ['half a document', 400, () => ['{"channel_id":']],
  ['a list', 400, () => ['[]']],
  ['nothing', 400, () => ['']],
] satisfies [string, number, () => [unknown, string?]][])(
  '%s is refused with %i and nothing is kept',
  async (_, status, request) => {
    const [body, path] = request()

    expect(await send(body, path)).toBe(status)

    expect(await stored()).toEqual([])
    expect(handedOver).toEqual([])
  },
)
