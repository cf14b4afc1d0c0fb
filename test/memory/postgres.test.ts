import { sql } from 'drizzle-orm'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { MemoryOf } from '../../src/memory/memory.ts'
import { postgresMemory } from '../../src/memory/postgres.ts'
import type { Db } from '../../src/store/db.ts'
import { openDatabase } from '../database.ts'
import { ACME, audit, dana, memoryOf, remembered, smallCompany } from './company.ts'
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

test('a name is found although it is misspelt, over all accounts and within one', async () => {
  const [best] = await seenBy([dana]).search(null, 'Cardamon Huose')
  expect(best).toMatchObject({ accountId: ACME })
  expect(best?.found).toEqual(['related'])

  const [within] = await seenBy([dana]).search(ACME, 'refridgeration')
  expect(within).toMatchObject({ key: 'Calls:1', found: ['spelling'] })
})

// The last one here: what it takes out comes back, but not as it was.
test('a server without pg_trgm finds names by their words, and that is said once', async () => {
  await db.execute(sql`drop extension pg_trgm cascade`)
  const said: string[] = []
  const log = pino({ level: 'warn' }, { write: (line) => void said.push(line) })
  const asking = () => postgresMemory({ db, audit, log, teamId: 'T1' })([dana])
  const memory = asking()

  expect((await memory.search(null, 'Robin Vale')).map(({ key }) => key)).toContain('Calls:2')
  expect((await memory.search(null, 'Cardamom')).length).toBeGreaterThan(0)
  expect(await memory.search(null, 'Cardamon Huose')).toEqual([])
  expect(await memory.search(ACME, 'refridgeration')).toEqual([])
  expect(said.filter((line) => line.includes('pg_trgm'))).toHaveLength(1)

  // Once the server has it, the next migration makes use of it.
  const [made] = await db
    .select({ made: sql`memory_spelling()`.mapWith(Boolean) })
    .from(sql`(select 1) as one`)
  expect(made?.made).toBe(true)
  expect((await asking().search(null, 'Cardamon Huose')).length).toBeGreaterThan(0)
})
