import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq, sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { verifyAudit } from '../../src/audit/audit.ts'
import { keepCheckpoints, makeCheckpoint } from '../../src/audit/checkpoints.ts'
import { checkpointsIn, isSignedBy, signerOf, verifierText } from '../../src/audit/note.ts'
import { publishToFile, publishToSlack } from '../../src/audit/publish.ts'
import { answer, type TrailTools } from '../../src/audit/questions.ts'
import type { Db } from '../../src/store/db.ts'
import { auditCheckpoints, outbox } from '../../src/store/schema.ts'
import { openDatabase } from '../database.ts'
import { checkpointNow, erased, happened, key, published, putTables, signer, tablesOf } from './trail.ts'

let db: Db
let close: () => Promise<void>
let folder: string
let tools: TrailTools
beforeEach(async () => {
  ;({ db, close } = await openDatabase())
  folder = mkdtempSync(join(tmpdir(), 'sergas-checkpoints-'))
  tools = { db, key, verifier: signer.verifier, publishedFile: join(folder, 'kept', 'checkpoints.txt') }
})
afterEach(async () => {
  await close()
  rmSync(folder, { recursive: true })
})

const sizes = async () => (await published(db)).map(({ size }) => size)

test('one is made after a thousand rows or five minutes, and not before', async () => {
  expect(await makeCheckpoint(db, signer)).toBeNull()
  await happened(db, 999)
  expect(await makeCheckpoint(db, signer)).toBeNull()
  expect(await makeCheckpoint(db, signer, { everyMs: 0 })).toBe(999)
  expect(await makeCheckpoint(db, signer, { everyMs: 0 })).toBeNull()
  await happened(db, 1_000, 999)
  expect(await makeCheckpoint(db, signer)).toBe(1_999)

  expect(await sizes()).toEqual([999, 1_999])
  expect(await verifyAudit(db, key, { verifier: signer.verifier })).toMatchObject({ covered: 1_999 })
})

test('of many who try at once one makes it', async () => {
  await happened(db, 5)

  const made = await Promise.all(Array.from({ length: 6 }, () => checkpointNow(db)))

  expect(made.filter((size) => size !== null)).toEqual([5])
})

test('each goes on from the one before, and stands for the same as if all were read', async () => {
  for (const count of [1, 1, 5, 8, 2, 16]) {
    await happened(db, count)
    await checkpointNow(db)
  }

  expect(await sizes()).toEqual([1, 2, 7, 15, 17, 33])
  expect(await verifyAudit(db, key, { verifier: signer.verifier })).toMatchObject({ ok: true, covered: 33 })
})

test.each([
  `update audit_checkpoints set root = '\\x00'`,
  'update audit_checkpoints set size = 9',
  'delete from audit_checkpoints',
  'truncate audit_checkpoints',
  'update audit_keys set wrapped = wrapped',
])('the database refuses: %s', async (statement) => {
  await happened(db, 3)
  await checkpointNow(db)

  await expect(db.execute(sql.raw(statement))).rejects.toMatchObject({
    cause: expect.objectContaining({ message: expect.stringContaining('append-only') }),
  })
})

test('a file receives each once, and what could not be written is written later', async () => {
  const file = tools.publishedFile ?? ''
  const keep = (publish = publishToFile(file)) => keepCheckpoints({ db, signer, publish })
  await happened(db, 3)
  await checkpointNow(db)

  await expect(keep(() => Promise.reject(new Error('the disk is full')))).rejects.toThrow('the disk is full')
  expect(existsSync(file)).toBe(false)
  await keep()
  await keep()

  const kept = checkpointsIn(readFileSync(file, 'utf8'))
  expect(kept.map(({ size }) => size)).toEqual([3])
  expect(isSignedBy(signer.verifier, kept[0]?.note ?? '')).toBe(true)
  expect((await db.select().from(auditCheckpoints))[0]?.publishedAt).toBeInstanceOf(Date)
})

test('a channel receives it as one message, and it counts as published when Slack has it', async () => {
  const publish = publishToSlack({ db, teamId: 'T1', channel: 'C7' })
  await happened(db, 3)
  await checkpointNow(db)

  await keepCheckpoints({ db, signer, publish })
  await keepCheckpoints({ db, signer, publish })
  const [message, ...more] = await db.select().from(outbox)
  expect((await db.select().from(auditCheckpoints))[0]?.publishedAt).toBeNull()
  await db.update(outbox).set({ state: 'sent', sentChannel: 'C7', ts: '1.2' })
  await keepCheckpoints({ db, signer, publish })

  expect(more).toEqual([])
  expect(message).toMatchObject({ channel: 'C7', messageKey: 'audit-checkpoint:3' })
  expect((await db.select().from(auditCheckpoints))[0]?.publishedAt).toBeInstanceOf(Date)
  const shown = JSON.stringify(message?.body).replaceAll('\\n', '\n')
  expect(checkpointsIn(shown.replaceAll('```', '\n'))).toHaveLength(1)
})

test('a message with one that an admin discards does not keep those behind it from the channel', async () => {
  const publish = publishToSlack({ db, teamId: 'T1', channel: 'C7' })
  for (const count of [3, 2]) {
    await happened(db, count)
    await checkpointNow(db)
  }
  await keepCheckpoints({ db, signer, publish })
  await db.update(outbox).set({ state: 'failed', error: 'channel_not_found' })
  await keepCheckpoints({ db, signer, publish })
  const whileFailed = (await db.select().from(outbox)).map(({ messageKey }) => messageKey)

  await db.update(outbox).set({ discardedAt: new Date() })
  await keepCheckpoints({ db, signer, publish })
  await db
    .update(outbox)
    .set({ state: 'sent', sentChannel: 'C7', ts: '1.2' })
    .where(eq(outbox.state, 'pending'))
  await keepCheckpoints({ db, signer, publish })

  expect(whileFailed).toEqual(['audit-checkpoint:3'])
  const rows = await db.select().from(auditCheckpoints).orderBy(auditCheckpoints.size)
  expect(rows.map(({ size, publishedAt }) => [size, publishedAt !== null])).toEqual([
    [3, false],
    [5, true],
  ])
})

test('a trail is answered for: what fits, what stands for it, what was not looked at', async () => {
  await happened(db, 4)
  expect(await answer(tools, { ask: 'verify', published: null, publicKey: null })).toMatchObject({
    code: 0,
    lines: [expect.stringContaining('4 events'), expect.stringContaining('No checkpoint stands for it')],
  })
  await checkpointNow(db)
  await happened(db, 1)
  await erased(db, 'account-1')
  const text = (await published(db)).map(({ note }) => note).join('\n')

  const seen = await answer(tools, { ask: 'verify', published: text, publicKey: null })
  const blind = await answer(
    { ...tools, key: null, verifier: null },
    { ask: 'verify', published: null, publicKey: null },
  )

  expect(seen).toEqual({
    code: 0,
    lines: [
      expect.stringMatching(/^The audit trail fits: 6 events, head [0-9a-f]{64}$/),
      '1 payloads were erased, as the trail says',
      'Checkpoints stand for its first 4 events, not yet for the last 2',
    ],
  })
  expect(blind.lines.join('\n')).toMatch(/--checkpoint\n.*--public-key.*\n.*ENCRYPTION_KEY is not set/)
})

test('what cannot be relied on is no proof of anything', async () => {
  await happened(db, 4)
  await checkpointNow(db)
  const other = verifierText(signerOf(signer.name, new Uint8Array(32).fill(8)).verifier)
  const [{ note } = { note: '' }] = await published(db)
  const ask = (published: string | null, publicKey: string | null = null) =>
    answer(tools, { ask: 'verify', published, publicKey })

  expect(await ask('nothing')).toMatchObject({ code: 2 })
  expect(await ask(note, other)).toMatchObject({ code: 2, lines: [expect.stringContaining('not signed')] })
  expect(await ask(note, 'no key')).toMatchObject({ code: 2 })
  expect(await ask(note, verifierText(signer.verifier))).toMatchObject({ code: 0 })
})

test('a trail that was written anew is told by the checkpoint that was published', async () => {
  await happened(db, 4)
  await checkpointNow(db)
  await happened(db, 6, 4)
  await checkpointNow(db)
  const text = (await published(db)).map(({ note }) => note).join('\n')
  const others = await openDatabase()
  try {
    // Everything is as it should be, by the same keys, but it is not what happened.
    await happened(others.db, 10, 50)
    for (const _ of [1, 2]) await checkpointNow(others.db)
    await putTables(db, await tablesOf(others.db))
  } finally {
    await others.close()
  }

  expect(await answer(tools, { ask: 'verify', published: null, publicKey: null })).toMatchObject({ code: 0 })
  expect(await answer(tools, { ask: 'verify', published: text, publicKey: null })).toEqual({
    code: 1,
    lines: [
      expect.stringContaining('audit_events seq 1 to 4: the rows are not those that a published checkpoint'),
    ],
  })
})

test('a row is proven under the newest checkpoint, and a row behind it is not yet', async () => {
  await happened(db, 11)
  await checkpointNow(db)
  await happened(db, 1)

  const { code, lines } = await answer(tools, { ask: 'prove', seq: 6, publicKey: null })

  expect(code).toBe(0)
  expect(lines.slice(0, 3)).toEqual(['c2sp.org/tlog-proof@v1', expect.stringMatching(/^extra /), 'index 5'])
  expect(checkpointsIn(lines.join('\n'))).toMatchObject([{ size: 11 }])
  expect(await answer(tools, { ask: 'prove', seq: 12, publicKey: null })).toMatchObject({ code: 2 })
})

test('a row that was edited is not proven', async () => {
  await happened(db, 11)
  await checkpointNow(db)
  const tables = await tablesOf(db)
  const row = tables.events[5]
  if (row) row.envelope = row.envelope.replace('crm-dana', 'crm-bo')
  await putTables(db, tables)

  expect(await answer(tools, { ask: 'prove', seq: 6, publicKey: null })).toMatchObject({ code: 1 })
})

test('a later checkpoint is proven to have grown from an earlier one', async () => {
  await happened(db, 5)
  await checkpointNow(db)
  await happened(db, 8, 5)
  await checkpointNow(db)

  expect(await answer(tools, { ask: 'consistency', sizes: [13, 5], publicKey: null })).toMatchObject({
    code: 0,
  })
  expect(await answer(tools, { ask: 'consistency', sizes: [5, 6], publicKey: null })).toMatchObject({
    code: 2,
    lines: ['There is no checkpoint of 6 events'],
  })
  expect(await answer(tools, { ask: 'public-key' })).toEqual({
    code: 0,
    lines: [verifierText(signer.verifier)],
  })
})
