import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyAudit } from '../../src/audit/audit.ts'
import type { PublishedCheckpoint } from '../../src/audit/note.ts'
import type { Db } from '../../src/store/db.ts'
import { diceOf, tampered } from '../audit/tamper.ts'
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
} from '../audit/trail.ts'
import { verdictOn } from '../audit/verdict-on.ts'
import { openDatabase } from '../database.ts'

/** A thousand ways to tamper with a trail, and a thousand looks at one that nobody touched. */

const TAMPERINGS = 1_000
const IN_THE_DATABASE = 60
const seedFrom = Number(process.env.SEED ?? 0)

let db: Db
let close: () => Promise<void>
let clean: Tables
let outside: PublishedCheckpoint[]

beforeAll(async () => {
  ;({ db, close } = await openDatabase())
  const dice = diceOf(seedFrom)
  for (let from = 0; from < 300; ) {
    const count = 1 + dice.below(25)
    await happened(db, count, from)
    from += count
    await checkpointNow(db)
    if (dice.below(6) === 0) await erased(db, `account-${dice.below(7)}`)
  }
  await happened(db, 9, 400)
  clean = await tablesOf(db)
  outside = await published(db)
})
afterAll(() => close())

test(`of ${TAMPERINGS} tamperings each shows, with its first row`, { timeout: 300_000 }, () => {
  const kinds = new Map<string, number>()
  let exact = 0
  for (let seed = seedFrom; seed < seedFrom + TAMPERINGS; seed += 1) {
    const { what, tables, from, to } = tampered(clean, diceOf(seed))
    const verdict = verdictOn(tables, outside)
    const about = `${what}, seed ${seed}, ${JSON.stringify(verdict)}`
    if (verdict.ok || verdict.seq < from || verdict.seq > to)
      throw new Error(`${about}, not ${from} to ${to}`)
    kinds.set(what, (kinds.get(what) ?? 0) + 1)
    if (from === to) exact += 1
  }
  console.info(`${TAMPERINGS} found, ${exact} by their very row`, Object.fromEntries(kinds))
})

test('the database tells the same of what was done to it', { timeout: 600_000 }, async () => {
  for (let seed = seedFrom + 5_000; seed < seedFrom + 5_000 + IN_THE_DATABASE; seed += 1) {
    const { what, tables } = tampered(clean, diceOf(seed))
    await putTables(db, tables)
    const verdict = await verifyAudit(db, key, { published: outside, verifier: signer.verifier })
    expect(verdict, `${what}, seed ${seed}`).toEqual(verdictOn(tables, outside))
    expect(verdict.ok, `${what}, seed ${seed}`).toBe(false)
  }
  await putTables(db, clean)
})

test('of a thousand looks at a trail that grows, is signed and is erased from, none is an alarm', {
  timeout: 600_000,
}, async () => {
  const dice = diceOf(seedFrom + 1)
  for (let look = 0; look < 1_000; look += 1) {
    if (look % 20 === 0) {
      await happened(db, 1 + dice.below(5), 1_000 + look)
      if (dice.below(2) === 0) await checkpointNow(db)
      await erased(db, `account-${dice.below(7)}`)
      clean = await tablesOf(db)
      outside = await published(db)
      expect((await verifyAudit(db, key, { published: outside, verifier: signer.verifier })).ok).toBe(true)
    }
    // What was published may be any part of it, twice or not at all.
    const known = [...outside, ...outside].filter(() => dice.below(2) === 0)
    const verdict = verdictOn(clean, known)
    if (!verdict.ok) throw new Error(`Look ${look}: ${JSON.stringify(verdict)}`)
  }
})
