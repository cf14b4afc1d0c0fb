import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Db } from '../../src/store/db.ts'
import { markDeleted } from '../../src/store/mirror-deletions.ts'
import { type AccountRow, mergeRecords } from '../../src/store/mirror-writes.ts'
import { ownerRecords } from '../../src/store/owner-records.ts'
import { keepPeople } from '../../src/store/people.ts'
import { openDatabase } from '../database.ts'
import { account as accountRow } from '../jobs/job-tools.ts'

let db: Db
let close: () => Promise<void>

const NOW = new Date('2026-11-20T12:00:00Z')

const account = (id: string, ownerId: string | null, status: AccountRow['status'] = 'active') =>
  accountRow(id, { ownerId, status })

const person = (id: string, active = true) => ({
  id,
  name: id,
  email: `${id}@example.com`,
  role: 'owner' as const,
  managerId: null,
  zone: null,
  active,
})

beforeAll(async () => {
  ;({ db, close } = await openDatabase())
  await keepPeople(db, 'T1', [person('dana'), person('bo'), person('kim'), person('gone', false)])
  const rows = [
    account('1', 'dana'),
    account('2', 'dana', 'closed'),
    account('3', 'dana'),
    account('4', 'bo'),
    account('5', 'bo'),
    account('6', 'bo', 'closed'),
    account('7', 'kim'),
    account('8', 'gone'),
    account('9', null),
  ]
  await mergeRecords(db, { module: 'Accounts', rows }, { source: 'sync', first: true, readAt: NOW })
  await markDeleted(db, { module: 'Accounts', ids: ['3'], at: NOW, source: 'sync' })
})
afterAll(() => close())

test('an owner’s accounts come with what is known of them, without those deleted', async () => {
  const { accounts, ownerId } = await ownerRecords(db, 'dana', NOW)

  expect(ownerId).toBe('dana')
  expect(accounts.map((facts) => facts.account.id)).toEqual(['1', '2'])
  expect(accounts[0]?.owner?.name).toBe('dana')
})

test('of colleagues only how many open accounts each active one has, in order of the figures', async () => {
  const { colleagueLoads } = await ownerRecords(db, 'dana', NOW)

  expect(colleagueLoads).toEqual([1, 2])
})

test('somebody unknown has no accounts', async () => {
  expect((await ownerRecords(db, 'nobody', NOW)).accounts).toEqual([])
})
