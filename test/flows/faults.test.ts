import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Fault } from '../../src/sandbox/faults.ts'
import { type Card, startWorld, type World, type Write } from './world.ts'

let world: World

beforeAll(async () => {
  world = await startWorld({ env: { WEBHOOK_MERGE_WINDOW: '10m', ZOHO_TIMEOUT: '1500ms' } })
  // Zoho names no time to wait, so we wait for half a minute: the last test looks what came of it.
  toldToSlowDown = await approvedUnder('rate_limit')
})
afterEach(() => world.mend())
afterAll(() => world[Symbol.asyncDispose]())

/** What Zoho carried out, told or not. */
const carriedOut = (writes: readonly Write[]) =>
  writes.filter(({ answer }) => answer?.data?.[0]?.code === 'SUCCESS')

let toldToSlowDown: Card

/** An update nobody else uses, approved while this fault strikes its write. */
async function approvedUnder(kind: Fault['kind']): Promise<Card> {
  const card = await world.freshCard('update')
  if (struck.has(card.recordId!)) return approvedUnder(kind)
  struck.add(card.recordId!)
  await world.breakIt({ service: 'zoho', kind, path: card.recordId!, method: 'PUT', count: 1 })
  await world.press(card, 'approval.approve')
  return card
}
const struck = new Set<string>()

async function expectOneWrite(card: Card, kind: Fault['kind']): Promise<void> {
  const writes = await world.writesTo(card.recordId!)
  expect(writes.filter(({ fault }) => fault === kind)).toHaveLength(1)
  expect(carriedOut(writes)).toHaveLength(1)
}

test.each(['error', 'lost_answer', 'hang', 'reset', 'expired_token', 'html'] as const)(
  'an update that meets %s is written exactly once in the end',
  { timeout: 60_000 },
  async (kind) => {
    const card = await approvedUnder(kind)

    await world.becomes(card, 'done', 45_000)

    await expectOneWrite(card, kind)
  },
)

test.each(['error', 'lost_answer', 'hang'] as const)(
  'a creation that meets %s makes one record',
  { timeout: 60_000 },
  async (kind) => {
    const card = await world.freshCard('create')
    const before = (await world.writes()).length
    await world.breakIt({ service: 'zoho', kind, path: `/${card.module}`, method: 'POST', count: 1 })

    await world.press(card, 'approval.approve')
    await world.becomes(card, 'done', 45_000)

    const writes = (await world.writes()).slice(before)
    expect(writes.filter(({ fault }) => fault === kind)).toHaveLength(1)
    // Where an answer came too late it is asked for again, and finds the record by the operation's id.
    const made = carriedOut(writes).map(({ answer }) => answer?.data[0]?.details.id)
    expect([...new Set(made)]).toHaveLength(1)
  },
)

test('while Zoho does not answer, the card says so and asks not to repeat it by hand', async () => {
  const card = await world.freshCard('update')
  await world.breakIt({ service: 'zoho', kind: 'hang', path: card.recordId!, method: 'PUT' })

  await world.press(card, 'approval.approve')

  const unknown = await world.becomes(card, 'unknown')
  expect(unknown.says).toContain('Zoho did not answer')
  expect(unknown.says).toContain('repeat it by hand')
  expect(unknown.buttons).toEqual([])
  await world.mend()
  await world.becomes(card, 'done', 45_000)
  expect(carriedOut(await world.writesTo(card.recordId!))).toHaveLength(1)
}, 60_000)

test('a card whose posting Slack never confirmed stands there once', { timeout: 60_000 }, async () => {
  const posted = (await world.owners()).map(async (owner) => (await world.cards(owner)).length)
  const before = (await Promise.all(posted)).reduce((sum, count) => sum + count, 0)
  await world.breakIt({ service: 'slack', kind: 'lost_answer', path: 'chat.postMessage', count: 3 })

  // Each opens cards from App Home until it has one of its kind.
  await world.freshCard('create')
  await world.freshCard('create')
  await world.freshCard('update')
  await world.until(
    'everything is delivered',
    async () => (await world.control('GET', '/ready')).status === 200,
    40_000,
  )

  const cards = (await Promise.all((await world.owners()).map((owner) => world.cards(owner)))).flat()
  expect(cards.length).toBeGreaterThan(before)
  expect(new Set(cards.map(({ approvalId }) => approvalId)).size).toBe(cards.length)
})

test('a card whose update Slack did not take is brought up to date later', { timeout: 60_000 }, async () => {
  const card = await world.freshCard('create')
  await world.breakIt({ service: 'slack', kind: 'error', path: 'chat.update', count: 2 })

  await world.press(card, 'approval.approve')

  await world.becomes(card, 'done', 40_000)
})

test('an update that meets rate_limit is written exactly once in the end', { timeout: 60_000 }, async () => {
  await world.becomes(toldToSlowDown, 'done', 45_000)

  await expectOneWrite(toldToSlowDown, 'rate_limit')
})
