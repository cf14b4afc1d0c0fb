import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyAudit } from '../../src/audit/audit.ts'
import type { PublishedCheckpoint } from '../../src/audit/note.ts'
import type { Db } from '../../src/store/db.ts'
import { openDatabase } from '../database.ts'
import { diceOf, tampered } from './tamper.ts'
import {
  checkpointNow,
  erased,
  happened,
  key,
  published,
  putTables,
  signer,
  type Tables,
  tablesOf,
} from './trail.ts'
import { verdictOn } from './verdict-on.ts'

let db: Db
let close: () => Promise<void>
let clean: Tables
let outside: PublishedCheckpoint[]

beforeAll(async () => {
  ;({ db, close } = await openDatabase())
  for (const [from, count] of [
    [0, 7],
    [7, 12],
    [19, 1],
    [20, 10],
  ] as const) {
    await happened(db, count, from)
    await checkpointNow(db)
  }
  await erased(db, 'account-3')
  await happened(db, 6, 30)
  clean = await tablesOf(db)
  outside = await published(db)
})
afterAll(() => close())

test('an untouched trail fits, in the database and as it was read from it', async () => {
  const evidence = { published: outside, verifier: signer.verifier }

  expect(await verifyAudit(db, key, evidence)).toMatchObject({ ok: true, events: 37, covered: 30 })
  expect(verdictOn(clean, outside)).toEqual(await verifyAudit(db, key, evidence))
})

test('whatever is done to a trail shows, and the first row of it is named', () => {
  for (let seed = 0; seed < 200; seed += 1) {
    const { what, tables, from, to } = tampered(clean, diceOf(seed))
    const verdict = verdictOn(tables, outside)
    expect(verdict, `${what}, seed ${seed}`).toMatchObject({ ok: false })
    if (verdict.ok) continue
    expect(verdict.seq, `${what}, seed ${seed}: ${verdict.problem}`).toBeGreaterThanOrEqual(from)
    expect(verdict.seq, `${what}, seed ${seed}: ${verdict.problem}`).toBeLessThanOrEqual(to)
  }
})

test('the database tells the same of what was done to it', async () => {
  for (let seed = 1_000; seed < 1_030; seed += 1) {
    const { what, tables } = tampered(clean, diceOf(seed))
    await putTables(db, tables)

    const verdict = await verifyAudit(db, key, { published: outside, verifier: signer.verifier })

    expect(verdict, `${what}, seed ${seed}`).toEqual(verdictOn(tables, outside))
    expect(verdict.ok, `${what}, seed ${seed}`).toBe(false)
  }
  await putTables(db, clean)
  expect((await verifyAudit(db, key, { published: outside })).ok).toBe(true)
})
