import { eq, like, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Platform } from '../../src/platform/platform.ts'
import { approvals, auditEvents, inbox, operations, outbox } from '../../src/store/schema.ts'
import { openPlatform } from '../database.ts'
import { type Card, type Person, startWorld, textIn, type World } from '../flows/world.ts'

/** What was given up on, as an admin meets it. The tests share one company, whose admin has one message. */

let world: World
let platform: Platform
let admin: Person
beforeAll(async () => {
  platform = await openPlatform()
  world = await startWorld({ platform })
  admin = await world.admin()
})
afterEach(async () => {
  await world.mend()
  // What a failed test left behind is not for the next.
  for (const table of ['operations', 'outbox'])
    await platform.db.execute(
      sql.raw(`update ${table} set discarded_at = clock_timestamp() where state = 'failed'`),
    )
  await platform.db.update(inbox).set({ givenUpAt: null })
})
afterAll(() => world[Symbol.asyncDispose]())

/** What the admin reads of dead letters now: one text per message. */
async function told(): Promise<{ ts: string; says: string; blocks: string[] }[]> {
  return (await world.messages(world.dm(admin)))
    .filter(({ ephemeral_for }) => !ephemeral_for)
    .map(({ ts, blocks }) => ({
      ts,
      says: textIn(blocks ?? []),
      blocks: (blocks ?? []).flatMap(({ type, block_id }) =>
        type === 'actions' && block_id ? [block_id] : [],
      ),
    }))
}
const letters = async () => (await told()).at(-1)!
const lists = (text: string) =>
  world.until(`the admin reads ${text}`, async () => (await letters())?.says.includes(text) && letters())
const listsNothing = () => lists('Nothing is left')

async function pressLetter(action: 'retry' | 'discard', id: string, as = admin) {
  const { ts } = await letters()
  return world.control('POST', '/slack/press', {
    user: as.id,
    channel: world.dm(admin),
    ts,
    action_id: `dead_letter.${action}`,
    block_id: id,
  })
}

async function operationOf({ approvalId }: Card) {
  const [row] = await platform.db.select().from(operations).where(eq(operations.approvalId, approvalId))
  return row!
}

/** What the audit trail holds of such events. */
async function onRecord(action: string): Promise<string[]> {
  const rows = await platform.db
    .select({ envelope: auditEvents.envelope })
    .from(auditEvents)
    .where(like(auditEvents.envelope, `%"action":"${action}"%`))
  return rows.map(({ envelope }) => envelope)
}

/** Zoho cannot be reached for a day: long before the write, or ever since it was sent. */
async function givenUp(card: Card): Promise<string> {
  await world.breakIt({ service: 'zoho', kind: 'error', path: card.recordId!, method: 'GET' })
  await world.press(card, 'approval.approve')
  const { id, approvalId } = await world.until('it was tried', async () => {
    const row = await operationOf(card)
    return row?.error ? row : null
  })
  await platform.db
    .update(approvals)
    .set({ decidedAt: sql`clock_timestamp() - interval '25 hours'` })
    .where(eq(approvals.id, approvalId))
  await platform.db
    .update(operations)
    .set({ nextAttemptAt: sql`clock_timestamp()` })
    .where(eq(operations.id, id))
  await world.becomes(card, 'failed')
  return `write-${id}`
}

const status = async () => {
  await world.command(admin, '/sergas', 'status')
  return (await world.told(admin)).at(-1)!
}

test('an approved change that could not be written in a day is put before the admin, and tried again by their press', async () => {
  const card = await world.freshCard('update')
  const id = await givenUp(card)

  const message = await lists('could not be reached for 24 hours')
  expect(message.says).toContain('1 thing could not be done')
  expect(message.blocks).toEqual([id])
  expect(await status()).toContain('1 thing')
  await world.mend()
  expect((await pressLetter('retry', id)).status).toBe(200)

  await world.becomes(card, 'done')
  await listsNothing()
  expect(await world.writesTo(card.recordId!)).toHaveLength(1)
  expect(await onRecord('operation.retried')).toHaveLength(1)
})

test('only an admin may press', async () => {
  const card = await world.freshCard('update')
  const id = await givenUp(card)
  await world.mend()
  await lists('1 thing could not be done')

  await pressLetter('retry', id, card.owner)

  // Nobody else is in the admin's conversation, so they are told in their own.
  await world.until('they are told', async () =>
    (await world.messages(world.dm(card.owner))).some(({ text }) => text.includes('This is for admins')),
  )
  expect((await operationOf(card)).state).toBe('failed')
  await pressLetter('discard', id)
  await listsNothing()
})

test('what an admin discarded stays undone, no longer counts, and is on record; whoever approved it may still try again', async () => {
  const card = await world.freshCard('update')
  const id = await givenUp(card)
  await world.mend()
  await lists('1 thing could not be done')

  await pressLetter('discard', id)

  await listsNothing()
  expect(await status()).not.toContain('Given up on')
  expect(await world.writesTo(card.recordId!)).toEqual([])
  expect((await onRecord('letter.discarded')).some((text) => text.includes(id))).toBe(true)
  await world.press(card, 'approval.retry')
  await world.becomes(card, 'done')
})

test('approved more than 72 hours ago, it is not written when it is tried again: its card asks again', async () => {
  const card = await world.freshCard('update')
  const id = await givenUp(card)
  await world.mend()
  const old = { decidedAt: sql`clock_timestamp() - interval '73 hours'` }
  await platform.db.update(approvals).set(old).where(eq(approvals.id, card.approvalId))
  await lists('1 thing could not be done')

  await pressLetter('retry', id)

  const asked = await world.becomes(card, 'stale')
  expect(asked.says).toContain('more than 72 hours ago')
  expect(asked.buttons).toContain('approval.review_again')
  expect(await world.writesTo(card.recordId!)).toEqual([])
  await listsNothing()
})

test('a write without an answer for hours is put before the admin, cannot be discarded, and is asked for at once by a press', async () => {
  const card = await world.freshCard('update')
  await world.breakIt({ service: 'zoho', kind: 'error', path: card.recordId!, method: 'PUT' })
  await world.press(card, 'approval.approve')
  await world.becomes(card, 'unknown')
  const { id } = await operationOf(card)
  await platform.db
    .update(operations)
    .set({
      sentAt: sql`clock_timestamp() - interval '7 hours'`,
      nextAttemptAt: sql`clock_timestamp() + interval '1 hour'`,
    })
    .where(eq(operations.id, id))

  const message = await lists('not known whether it was written')
  expect(message.says).toContain('Ask Zoho now')
  expect((await pressLetter('discard', `write-${id}`)).status).toBe(404)
  await world.mend()
  await pressLetter('retry', `write-${id}`)

  await world.becomes(card, 'done')
  await listsNothing()
})

test('a hundred messages that Slack refused are one message to the admin, and a refused one is sent once it is tried again', async () => {
  const [owner] = await world.owners()
  const before = (await told()).length
  const refused = Array.from({ length: 100 }, (_, n) => ({
    teamId: 'T0SERGAS',
    channel: owner!.id,
    messageKey: `note:${n}`,
    action: 'post' as const,
    dedupeKey: `note:${n}`,
    body: { text: `Note ${n}`, blocks: [] },
    state: 'failed' as const,
    error: 'channel_not_found',
  }))
  const [first] = await platform.db.insert(outbox).values(refused).returning({ id: outbox.id })

  const message = await lists('100 things could not be done')
  expect((await told()).length - before).toBe(1)
  expect(message.blocks).toHaveLength(5)
  expect(message.says).toContain('95 older')
  const newest = message.blocks[0]!
  await pressLetter('retry', newest)
  await world.until('it is there', async () =>
    (await world.messages(world.dm(owner!))).some(({ text }) => text === 'Note 99'),
  )
  await lists('99 things could not be done')
  expect((await told()).length - before).toBe(1)
  await platform.db.update(outbox).set({ discardedAt: sql`clock_timestamp()` }).where(sql`id >= ${first!.id}`)
  await listsNothing()
})

test('a notice from Zoho that cannot be read is put before the admin, once however often it is tried', async () => {
  await platform.db.insert(inbox).values({
    source: 'zoho',
    eventKey: 'abc',
    body: { nothing: true },
    receivedAt: new Date(Date.now() - 60_000),
  })
  await lists('cannot be read')

  await pressLetter('retry', 'webhook-abc')
  await world.until('it was looked at again', async () => {
    const [row] = await platform.db.select().from(inbox).where(eq(inbox.eventKey, 'abc'))
    return row?.givenUpAt && row.error === 'cannot be read'
  })
  await lists('cannot be read')
  await pressLetter('discard', 'webhook-abc')

  await listsNothing()
})
