import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createMessenger } from '../../src/slack/messenger.ts'
import { giveBack } from '../../src/store/leases.ts'
import {
  dueInMs,
  enqueueCard,
  enqueueMessage,
  messagePosition,
  type NewMessage,
  outboxIsEmpty,
} from '../../src/store/outbox.ts'
import { limits, outbox } from '../../src/store/schema.ts'
import { openDatabase } from '../database.ts'
import { bo, dana, directMessage, openSlack, section, silent, teamId } from './workspace.ts'

const channel = 'C0TEAM'
let database: Awaited<ReturnType<typeof openDatabase>>
let slack: Awaited<ReturnType<typeof openSlack>>
let dedupe = 0

beforeAll(async () => {
  database = await openDatabase()
})
beforeEach(async () => {
  slack = await openSlack()
  await database.db.delete(outbox)
  await database.db.delete(limits)
})
afterEach(() => slack.close())
afterAll(() => database.close())

type Cards = Record<string, { text: string } | null>

type Options = { rateFactor?: number; cards?: Cards; timeoutMs?: number; leases?: Set<string> }

function messenger(options: Options = {}) {
  const client = options.timeoutMs ? slack.impatient(options.timeoutMs) : slack.client
  return createMessenger({
    db: database.db,
    renewals: database.db,
    leases: options.leases ?? new Set(),
    bulk: client,
    interactive: client,
    log: silent,
    teamId,
    rateFactor: options.rateFactor ?? 1000,
    renderCard: async (id) => {
      const card = options.cards?.[id]
      return card
        ? {
            text: card.text,
            blocks: [],
            metadata: {
              event_type: 'sergas_card',
              event_payload: { approval_id: id, record_id: null, fields: ['Stage'] },
            },
          }
        : null
    },
  })
}

async function enqueue(text: string, more: Partial<NewMessage> = {}) {
  dedupe += 1
  await enqueueMessage(database.db, {
    teamId,
    channel,
    messageKey: `note:${dedupe}`,
    action: 'post',
    dedupeKey: `test:${dedupe}`,
    body: { text, blocks: [section(text)] },
    ...more,
  })
}

/** What waits is due now. */
async function letTimePass() {
  await database.db.update(outbox).set({ nextAttemptAt: sql`clock_timestamp()`, leaseUntil: null })
  await database.db.delete(limits)
}

const texts = async (where = channel) => (await slack.messages(where)).map(({ text }) => text)
const states = async () =>
  (await database.db.select().from(outbox).orderBy(outbox.id)).map(({ state }) => state)

test('messages of a channel arrive in the order they were written, even from two processes at once', async () => {
  const written = Array.from({ length: 20 }, (_, index) => `message ${index}`)
  for (const text of written) await enqueue(text)
  const [one, other] = [messenger(), messenger()]

  while (!(await outboxIsEmpty(database.db)))
    await Promise.all([one.deliver(channel), other.deliver(channel)])

  expect(await texts()).toEqual(written)
})

test('the same dedupe key is sent once', async () => {
  await enqueue('first', { dedupeKey: 'digest:dana:2026-11-20' })
  await enqueue('second', { dedupeKey: 'digest:dana:2026-11-20' })

  expect(await messenger().deliver(channel)).toEqual({ sent: 1, waitMs: null })
  expect(await texts()).toEqual(['first'])
})

test('of several waiting updates only the newest is sent, and never before its post', async () => {
  await enqueue('pending', { messageKey: 'card:1' })
  await enqueue('writing', { messageKey: 'card:1', action: 'update' })
  await enqueue('another card', { messageKey: 'card:2' })
  await enqueue('written', { messageKey: 'card:1', action: 'update' })

  await messenger().deliver(channel)

  expect(await texts()).toEqual(['written', 'another card'])
  expect(await states()).toEqual(['sent', 'skipped', 'sent', 'sent'])
  expect(slack.calls.filter((call) => call === 'chat.update')).toHaveLength(1)
})

test('a card is drawn when it is sent, and carries its metadata with our id', async () => {
  const cards: Cards = { a1: { text: 'Acme: waiting' } }
  await enqueueCard(database.db, {
    teamId,
    channel: dana.slackId,
    approvalId: 'a1',
    action: 'post',
    dedupeKey: 'card:a1:1',
  })
  await enqueueCard(database.db, {
    teamId,
    channel: dana.slackId,
    approvalId: 'a1',
    action: 'update',
    dedupeKey: 'card:a1:2',
  })
  cards.a1 = { text: 'Acme: done' }

  await messenger({ cards }).deliver(dana.slackId)

  const [card] = await slack.messages(directMessage(dana.slackId))
  expect(card).toMatchObject({
    text: 'Acme: done',
    metadata: {
      event_type: 'sergas_card',
      event_payload: { approval_id: 'a1', record_id: null, fields: ['Stage'], outbox_id: expect.any(Number) },
    },
  })
  expect(await messagePosition(database.db, 'card:a1')).toEqual({
    channel: directMessage(dana.slackId),
    ts: card!.ts,
  })
})

test('a card with nothing to show is skipped and does not hold up what follows', async () => {
  await enqueueCard(database.db, {
    teamId,
    channel,
    approvalId: 'gone',
    action: 'post',
    dedupeKey: 'card:gone',
  })
  await enqueue('next')

  await messenger({ cards: { gone: null } }).deliver(channel)

  expect(await texts()).toEqual(['next'])
  expect(await states()).toEqual(['skipped', 'sent'])
})

test('a reply stands in the thread of its message', async () => {
  await enqueue('digest', { messageKey: 'digest:1' })
  await enqueue('card', { threadKey: 'digest:1' })

  await messenger().deliver(channel)

  const [digest, card] = await slack.messages(channel)
  expect(card!.thread_ts).toBe(digest!.ts)
})

test.each([
  ['the channel', channel, {}],
  ['a direct message', dana.slackId, {}],
  ['a thread', channel, { threadKey: 'digest:1' }],
])(
  'a post in %s whose answer was lost is found again by a fresh process, not repeated',
  async (_, to, more) => {
    await enqueue('digest', { messageKey: 'digest:1', channel: to })
    await messenger().deliver(to)
    await enqueue('once', { channel: to, messageKey: 'once', ...more })
    slack.faults.add({ service: 'slack', kind: 'lost_answer', rate: 1, count: 1, path: 'chat.postMessage' })

    const first = await messenger().deliver(to)
    await letTimePass()
    const second = await messenger().deliver(to)

    expect(first.sent).toBe(0)
    expect(second).toEqual({ sent: 1, waitMs: null })
    const stored = await slack.messages(to === channel ? channel : directMessage(to))
    expect(stored.filter(({ text }) => text === 'once')).toHaveLength(1)
    expect((await messagePosition(database.db, 'once'))?.ts).toBe(
      stored.find(({ text }) => text === 'once')?.ts,
    )
  },
)

test('a process that dies between posting and recording leaves one message', async () => {
  await enqueue('once')
  slack.faults.add({ service: 'slack', kind: 'lost_answer', rate: 1, count: 1, path: 'chat.postMessage' })
  await messenger().deliver(channel)
  // As a killed process leaves it: still leased, nothing recorded, until the lease runs out.
  await database.db
    .update(outbox)
    .set({ lease: 'dead', leaseUntil: sql`clock_timestamp() + interval '1 hour'` })
  const whileLeased = await messenger().deliver(channel)

  await letTimePass()
  await messenger().deliver(channel)

  expect(whileLeased.sent).toBe(0)
  expect(whileLeased.waitMs).toBeGreaterThan(0)
  expect(await texts()).toEqual(['once'])
})

const isUnderWay = async () => {
  while (slack.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
}
const onlyRow = async () => (await database.db.select().from(outbox))[0]!

test.each([
  ['gives back what it holds', undefined, { lease: null, leaseUntil: null }],
  ['leaves what another took over', 'another', { lease: 'another', leaseUntil: expect.any(Date) }],
])('a process that stops in the middle of a call %s', async (_, takenOverBy, left) => {
  await enqueue('under way')
  slack.faults.add({ service: 'slack', kind: 'hang', rate: 1, path: 'chat.postMessage' })
  const leases = new Set<string>()
  const sending = messenger({ timeoutMs: 1_000, leases }).deliver(channel)
  await isUnderWay()
  if (takenOverBy) await database.db.update(outbox).set({ lease: takenOverBy })

  await giveBack(database.db, { operations: new Set(), messages: leases })

  expect(await onlyRow()).toMatchObject({ state: 'pending', ...left })
  await sending
  expect(leases.size).toBe(0)
})

test.each([
  ['answered', 'slow'],
  ['never answered', 'hang'],
] as const)(
  'an update of a card that was %s when another had its row already is drawn once more',
  async (_, kind) => {
    const cards: Cards = { a1: { text: 'Acme: waiting' } }
    const card = { teamId, channel, approvalId: 'a1' }
    await enqueueCard(database.db, { ...card, action: 'post', dedupeKey: 'card:a1:1' })
    await messenger({ cards }).deliver(channel)
    await enqueueCard(database.db, { ...card, action: 'update', dedupeKey: 'card:a1:2' })
    slack.faults.add({ service: 'slack', kind, rate: 1, count: 1, path: 'chat.update' })

    const late = messenger({ cards, timeoutMs: 1_000 }).deliver(channel)
    while (!slack.calls.includes('chat.update')) await new Promise((resolve) => setTimeout(resolve, 5))
    // Somebody else took it over, drew the card as it is now, and was done before our request arrived.
    cards.a1 = { text: 'Acme: done' }
    await database.db
      .update(outbox)
      .set({ state: 'sent', lease: 'another', sentAt: sql`clock_timestamp()` })
      .where(eq(outbox.state, 'pending'))
    await late
    await messenger({ cards }).deliver(channel)

    expect(await texts()).toEqual(['Acme: done'])
  },
)

test.each(['reset', 'error', 'html', 'hang'] as const)(
  'a call that ends in %s is tried again',
  async (kind) => {
    await enqueue('late')
    slack.faults.add({ service: 'slack', kind, rate: 1, count: 1, path: 'chat.postMessage' })

    const first = await messenger({ timeoutMs: 300 }).deliver(channel)
    await letTimePass()
    await messenger().deliver(channel)

    expect(first.sent).toBe(0)
    expect(await texts()).toEqual(['late'])
  },
)

test('while an earlier message waits, no later one overtakes it', async () => {
  await enqueue('first')
  await enqueue('second')
  slack.faults.add({ service: 'slack', kind: 'reset', rate: 1, count: 1, path: 'chat.postMessage' })

  const first = await messenger().deliver(channel)
  await letTimePass()
  await messenger().deliver(channel)

  expect(first.sent).toBe(0)
  expect(await texts()).toEqual(['first', 'second'])
})

test('a 429 is obeyed: until Retry-After nothing is sent to that channel, and nothing is lost', async () => {
  await enqueue('patient')
  slack.faults.add({ service: 'slack', kind: 'rate_limit', rate: 1, count: 1, path: 'chat.postMessage' })
  const refused = await messenger().deliver(channel)
  await enqueue('elsewhere', { channel: dana.slackId })
  // The row is due again and Slack would take it: only the block holds it back, for as long as it lasts.
  await database.db.update(outbox).set({ nextAttemptAt: sql`clock_timestamp()` })
  await database.db.update(limits).set({ blockedUntil: sql`${limits.blockedUntil} + interval '1 hour'` })

  const early = await messenger().deliver(channel)
  const other = await messenger().deliver(dana.slackId)
  const before = await texts()
  await letTimePass()
  await messenger().deliver(channel)

  expect(refused).toEqual({ sent: 0, waitMs: expect.any(Number) })
  expect(early.sent).toBe(0)
  expect(early.waitMs).toBeGreaterThan(60_000)
  expect(other.sent).toBe(1)
  expect(before).toEqual([])
  expect(await texts()).toEqual(['patient'])
})

test('a burst is held back to what Slack takes, so that it never has to say 429', async () => {
  await slack.close()
  slack = await openSlack({ rateFactor: 1 })
  for (const text of ['a', 'b', 'c', 'd', 'e']) await enqueue(text)

  const { sent, waitMs } = await messenger({ rateFactor: 1 }).deliver(channel)

  expect(sent).toBeLessThan(5)
  expect(waitMs).toBeGreaterThan(0)
  expect(slack.calls).toHaveLength(sent)
  expect(await dueInMs(database.db, channel)).toBeGreaterThan(0)
})

test('refused blocks are sent as plain text', async () => {
  await enqueue('Acme needs you', { body: { text: 'Acme needs you', blocks: [{ type: 'no_such_block' }] } })

  await messenger().deliver(channel)

  const [message] = await slack.messages(channel)
  expect(message).toMatchObject({ text: 'Acme needs you' })
  expect(message!.blocks).toBeUndefined()
})

test('when a message can no longer be updated, the outcome goes into its thread or the channel', async () => {
  await enqueue('card', { messageKey: 'card:1' })
  await messenger().deliver(channel)
  const { ts } = (await messagePosition(database.db, 'card:1'))!
  await slack.client.chat.postMessage({ channel, thread_ts: ts, text: 'a reply' })
  await slack.client.chat.delete({ channel, ts })

  await enqueue('written to Zoho', { messageKey: 'card:1', action: 'update' })
  await messenger().deliver(channel)

  expect(await texts()).toContain('written to Zoho')
  expect(await states()).toEqual(['sent', 'sent'])
})

test('a message that Slack will never take is failed, named, and holds up nobody', async () => {
  await enqueue('to nobody', { channel: 'C0NOWHERE' })
  await enqueue('an update of nothing', { messageKey: 'card:never', action: 'update' })
  await enqueue('next')

  await messenger().deliver('C0NOWHERE')
  await messenger().deliver(channel)

  expect(await states()).toEqual(['failed', 'failed', 'sent'])
  const [first] = await database.db.select().from(outbox).orderBy(outbox.id)
  expect(first!.error).toBe('channel_not_found')
})

test('a message that could not be sent for a day is given up', async () => {
  await enqueue('yesterday')
  await database.db.update(outbox).set({ createdAt: sql`clock_timestamp() - interval '25 hours'` })
  slack.faults.add({ service: 'slack', kind: 'error', rate: 1 })

  expect(await messenger().deliver(channel)).toEqual({ sent: 0, waitMs: null })
  expect(await states()).toEqual(['failed'])
})

test('an ephemeral message reaches its person only', async () => {
  await enqueue('for Bo', { action: 'ephemeral', forUser: bo.slackId })

  await messenger().deliver(channel)

  expect(await slack.messages(channel)).toMatchObject([{ text: 'for Bo', ephemeral_for: bo.slackId }])
})

test('App Home is published, and a refusal says how long to wait', async () => {
  const home = { type: 'home' as const, blocks: [] }
  await messenger().publishHome(dana.slackId, home)
  slack.faults.add({ service: 'slack', kind: 'rate_limit', rate: 1, count: 1 })

  await expect(messenger().publishHome(dana.slackId, home)).rejects.toMatchObject({
    name: 'UpstreamError',
    service: 'slack',
    status: 429,
    retryAfterMs: 1000,
    sent: false,
  })
})
