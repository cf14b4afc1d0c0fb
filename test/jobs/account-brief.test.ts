import { asc, eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { accountBrief, briefKey } from '../../src/jobs/account-brief.ts'
import { sweep } from '../../src/jobs/sweep.ts'
import type { Db } from '../../src/store/db.ts'
import { markDeleted } from '../../src/store/mirror-deletions.ts'
import { openReview, reviewById } from '../../src/store/reviews.ts'
import { approvals, outbox, owners, recommendations, reviews } from '../../src/store/schema.ts'
import { openDatabase } from '../database.ts'
import { ACME, bo, dana, emptied, insertPeople, jobTools, marked, mergedBusy } from './job-tools.ts'

let db: Db
let close: () => Promise<void>
beforeAll(async () => {
  ;({ db, close } = await openDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  await emptied(db)
  await insertPeople(db)
  await mergedBusy(db)
})

const asks = (requestedBy: string) =>
  openReview(db, { id: 'r1', accountId: ACME, ownerId: dana, requestedBy })
const said = async () => {
  const rows = await db
    .select()
    .from(outbox)
    .where(eq(outbox.messageKey, briefKey('r1')))
    .orderBy(asc(outbox.id))
  return rows.map(({ action, body }) => ({ action, text: 'text' in body ? body.text : '' }))
}
const finished = async () => (await reviewById(db, 'r1'))?.finishedAt !== null
const aged = (minutes: number) =>
  db.update(reviews).set({ startedAt: new Date(Date.now() - minutes * 60_000) })

test('an owner gets the brief and up to two cards in its thread, together with the end of the review', async () => {
  await asks(dana)
  const { tools } = jobTools(db)

  await accountBrief.run({ reviewId: 'r1' }, tools)

  const messages = await said()
  expect(messages[0]).toMatchObject({ action: 'post', text: expect.stringContaining('Working on Acme') })
  expect(messages.at(-1)?.text).not.toContain('Working on')
  expect(await finished()).toBe(true)
  const asked = await db.select().from(approvals)
  expect(asked.length).toBeGreaterThan(0)
  expect(asked.length).toBeLessThanOrEqual(2)
  expect(asked.every(({ askedOwnerId }) => askedOwnerId === dana)).toBe(true)
  expect(await marked(db)).toEqual([])
})

test('a process that dies between the review and the brief leaves both to the next attempt', async () => {
  await asks(dana)
  const { tools } = jobTools(db)
  const dying = { ...tools, gather: { ...tools.gather, db: null as never } }

  await expect(accountBrief.run({ reviewId: 'r1' }, dying)).rejects.toThrow()
  expect(await db.select().from(recommendations)).not.toEqual([])
  expect(await finished()).toBe(false)
  await accountBrief.run({ reviewId: 'r1' }, tools)
  const messages = await said()
  await accountBrief.run({ reviewId: 'r1' }, tools)

  expect(await finished()).toBe(true)
  expect(messages.at(-1)?.text).not.toContain('Working on')
  expect(messages.filter(({ action }) => action === 'post')).toHaveLength(1)
  expect(await said()).toEqual(messages)
})

test('one not finished after a minute is begun again; after ten the person hears that it is over', async () => {
  await asks(dana)
  const { tools, handedOver } = jobTools(db)

  await aged(2)
  await sweep(tools)
  expect(handedOver).toContainEqual({
    name: 'account-brief',
    payload: { reviewId: 'r1' },
    delayMs: undefined,
  })
  await aged(11)
  await sweep(tools)

  expect((await said()).at(-1)?.text).toContain('could not finish')
  expect(await reviewById(db, 'r1')).toMatchObject({ state: 'failed' })
  const messages = await said()
  await accountBrief.run({ reviewId: 'r1' }, tools)
  expect(await said()).toEqual(messages)
})

test('an account that is deleted meanwhile ends it with the words for one that cannot be found', async () => {
  await asks(dana)
  const { tools } = jobTools(db)
  const gone = async () => {
    await markDeleted(db, { module: 'Accounts', ids: [ACME], at: new Date(), source: 'request' })
    return 0
  }

  await accountBrief.run({ reviewId: 'r1' }, { ...tools, sync: { ...tools.sync, account: gone } })

  expect((await said()).at(-1)?.text).toContain('can\'t find an account "Acme"')
  expect(await finished()).toBe(true)
})

test('a manager reads what is suggested and is asked only where the owner cannot be', async () => {
  await asks(bo)
  const { tools } = jobTools(db)
  await accountBrief.run({ reviewId: 'r1' }, tools)
  expect(await finished()).toBe(true)
  expect(await db.select().from(approvals)).toEqual([])

  await db.update(owners).set({ active: false }).where(eq(owners.id, dana))
  await openReview(db, { id: 'r2', accountId: ACME, ownerId: dana, requestedBy: bo })
  await accountBrief.run({ reviewId: 'r2' }, tools)

  const asked = await db.select().from(approvals)
  expect(asked.length).toBeGreaterThan(0)
  expect(asked.every(({ askedOwnerId }) => askedOwnerId === bo)).toBe(true)
})
