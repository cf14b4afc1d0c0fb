import { afterEach, beforeEach, expect, test } from 'vitest'
import { createAudit as auditWith, verifyAudit } from '../../src/audit/audit.ts'
import type { PublishedCheckpoint } from '../../src/audit/note.ts'
import { answer } from '../../src/audit/questions.ts'
import { noteRestored } from '../../src/audit/restored.ts'
import { type Db, transaction } from '../../src/store/db.ts'
import { openDatabase } from '../database.ts'
import { audit, checkpointNow, happened, key, published, putTables, signer, tablesOf } from './trail.ts'

let db: Db
let close: () => Promise<void>
let outside: PublishedCheckpoint[]

/** Ten events came back of fourteen; a checkpoint of all of them is outside. */
beforeEach(async () => {
  ;({ db, close } = await openDatabase())
  await happened(db, 10)
  await checkpointNow(db)
  const backup = await tablesOf(db)
  await happened(db, 4, 10)
  await checkpointNow(db)
  outside = await published(db)
  await putTables(db, backup)
})
afterEach(() => close())

const verdict = () => verifyAudit(db, key, { published: outside, verifier: signer.verifier })
const note = (of: PublishedCheckpoint[], before: number | null = null) =>
  transaction(db, (tx) => noteRestored(tx, { audit, teamId: 'T1', published: of, before }))

test('a trail that ends before what was published is not taken for whole', async () => {
  expect(await verdict()).toMatchObject({ ok: false, seq: 11, problem: expect.stringContaining('14 events') })
})

test('a restore that says what it left behind is told from a trail that was cut', async () => {
  expect(await note(outside)).toMatchObject({ events: 10, lost: [{ size: 14 }] })
  await happened(db, 6, 20)

  expect(await verdict()).toMatchObject({ ok: true, events: 17, covered: 10, lost: 4 })
  const { code, lines } = await answer(
    { db, key, verifier: signer.verifier, publishedFile: null },
    { ask: 'verify', published: outside.map((each) => each.note).join('\n'), publicKey: null },
  )
  expect({ code, said: lines.join('\n') }).toMatchObject({
    code: 0,
    said: expect.stringContaining('at least 4 events that were published before are lost'),
  })
})

test('what is cut after the restore shows as ever', async () => {
  await note(outside)
  await happened(db, 6, 20)
  const after = await tablesOf(db)
  await happened(db, 3, 30)
  await checkpointNow(db)
  outside.push(...(await published(db)).slice(-1))
  await putTables(db, after)

  expect(await verdict()).toMatchObject({ ok: false, problem: expect.stringContaining('20 events') })
})

test('a restore that does not name what was published explains nothing', async () => {
  await note([])
  await happened(db, 6, 20)

  expect(await verdict()).toMatchObject({ ok: false, seq: 11, through: 14 })
})

test('only whoever holds the key can tell of a restore', async () => {
  await transaction(db, (tx) =>
    noteRestored(tx, {
      audit: auditWith(new Uint8Array(32).fill(9)),
      teamId: 'T1',
      published: outside,
      before: null,
    }),
  )

  expect(await verdict()).toMatchObject({ ok: false, seq: 11, table: 'audit_payloads' })
})

test('what was published is named also when it could not be read at first', async () => {
  await note([])
  await happened(db, 6, 20)
  await checkpointNow(db)
  outside.push(...(await published(db)).slice(-1))
  expect(await verdict()).toMatchObject({ ok: false, seq: 11, through: 14 })

  expect(await note(outside, 10)).toMatchObject({ events: 10, lost: [{ size: 14 }] })

  expect(await verdict()).toMatchObject({ ok: true, events: 18, covered: 17, lost: 4 })
})

test('nothing is explained of rows before which no restore stands in the trail', async () => {
  await happened(db, 6, 20)
  await checkpointNow(db)

  await note(outside, 10)

  expect(await verdict()).toMatchObject({ ok: false, seq: 11, through: 14 })
})
