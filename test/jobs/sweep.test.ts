import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Platform } from '../../src/platform/platform.ts'
import { operations, owners, recommendations } from '../../src/store/schema.ts'
import { openPlatform } from '../database.ts'
import { startWorld, type World } from '../flows/world.ts'

/** What comes back by itself, with the clock moved on in the database: nobody can wait that long. */

let platform: Platform
let world: World
beforeAll(async () => {
  platform = await openPlatform()
  world = await startWorld({ platform, env: { WEBHOOK_MERGE_WINDOW: '10m' } })
  // Whatever the hour and the day at which this runs.
  const preferences = { quietFrom: '00:00', quietUntil: '00:00', digestDays: [1, 2, 3, 4, 5, 6, 7] }
  await platform.db.update(owners).set({ preferences })
})
afterAll(() => world[Symbol.asyncDispose]())

test('what was snoozed returns as a new card with fresh time, and the old one points at it', async () => {
  const card = await world.freshCard('update', { touching: 'Closing_Date' })
  await world.press(card, 'approval.more', { value: 'snooze:4h' })
  await world.becomes(card, 'withdrawn')

  await platform.db
    .update(recommendations)
    .set({ snoozedUntil: sql`clock_timestamp()` })
    .where(eq(recommendations.subjectId, card.recordId!))

  const again = await world.until('it returned', async () =>
    (await world.cards(card.owner)).find(
      ({ approvalId, recordId, state, fields }) =>
        approvalId !== card.approvalId &&
        recordId === card.recordId &&
        state === 'pending' &&
        fields.join() === card.fields.join(),
    ),
  )
  await world.until('the old one points at it', async () =>
    (await world.card(card)).says.includes('replaced it'),
  )
  await world.press(again, 'approval.approve')
  await world.becomes(again, 'done')
})

test('a suggestion that nobody ever saw expires on its own and is not counted as ignored', async () => {
  const [open] = (await world.recommendations()).filter(({ state }) => state === 'open')

  await platform.db
    .update(recommendations)
    .set({ expiresAt: sql`clock_timestamp()` })
    .where(eq(recommendations.id, open!.id))

  await world.until('it expired', async () =>
    (await world.recommendations()).some(({ id, state }) => id === open!.id && state === 'expired'),
  )
})

test('an approved write whose job is lost is found and written', async () => {
  const card = await world.freshCard('update')
  const admin = await world.admin()
  await world.command(admin, '/sergas', 'stop-writes')
  await world.press(card, 'approval.approve')
  await world.becomes(card, 'processing')
  await world.until('its job came and went', async () => {
    const rows = await platform.db.select().from(operations).where(eq(operations.state, 'planned'))
    return rows.length === 1
  })

  await platform.db.execute(sql`delete from settings where key = 'writes_stopped'`)

  await world.becomes(card, 'done')
  expect(await world.writesTo(card.recordId!)).toHaveLength(1)
})
