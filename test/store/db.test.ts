import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assertOutsideTransaction, type Db, transaction } from '../../src/store/db.ts'
import { settings } from '../../src/store/schema.ts'
import { setSetting, setting } from '../../src/store/settings.ts'
import { openDatabase } from '../database.ts'

let db: Db
let close: () => Promise<void>
beforeAll(async () => {
  ;({ db, close } = await openDatabase())
})
afterAll(() => close())

test.each([
  ['a query', () => db.select().from(settings)],
  ['a statement', () => db.execute(sql`select 1`)],
  ['an insert', () => setSetting(db, 'writes_stopped', true, 'test')],
  ['a second transaction', () => transaction(db, async () => {})],
])('%s on the outer database inside an open transaction throws at once', async (_, work) => {
  await expect(transaction(db, async () => void (await work()))).rejects.toThrow('inside an open transaction')
})

test('handing over a job inside an open transaction throws at once', async () => {
  await expect(transaction(db, async () => assertOutsideTransaction('Enqueueing'))).rejects.toThrow(
    'Enqueueing inside',
  )
})

test('what a transaction threw is not kept, and the database is free again', async () => {
  const failing = transaction(db, async (tx) => {
    await setSetting(tx, 'writes_stopped', true, 'test')
    throw new Error('no')
  })

  await expect(failing).rejects.toThrow('no')
  expect(await setting(db, 'writes_stopped')).toBeNull()
})

test('after its transaction the same code may use the database', async () => {
  await transaction(db, (tx) => setSetting(tx, 'writes_stopped', false, 'test'))

  expect(await setting(db, 'writes_stopped')).toBe(false)
})
