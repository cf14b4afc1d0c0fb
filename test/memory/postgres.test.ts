import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { MemoryOf } from '../../src/memory/memory.ts'
import type { Db } from '../../src/store/db.ts'
import { openDatabase } from '../database.ts'
import { memoryOf, remembered, smallCompany } from './company.ts'
import { memoryContract } from './contract.ts'

let db: Db
let close: () => Promise<void>
let seenBy: MemoryOf

beforeAll(async () => {
  ;({ db, close } = await openDatabase())
  await smallCompany(db)
  await remembered(db)
})
afterAll(() => close())
beforeEach(() => {
  seenBy = memoryOf(db)
})

memoryContract('Postgres', () => ({ db, seenBy }))
