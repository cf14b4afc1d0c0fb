import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openText, seal } from '../../src/access/crypto.ts'
import { createAudit, verifyAudit } from '../../src/audit/audit.ts'
import { eraseSubject } from '../../src/audit/erase.ts'
import { answer } from '../../src/audit/questions.ts'
import { keyIdOf } from '../../src/audit/subject-keys.ts'
import { type Db, transaction } from '../../src/store/db.ts'
import { auditEvents, auditKeys, auditPayloads, auditPending } from '../../src/store/schema.ts'
import { openDatabase } from '../database.ts'
import { audit, checkpointNow, erased, happened, key, published, signer } from './trail.ts'

let db: Db
let close: () => Promise<void>
beforeEach(async () => {
  ;({ db, close } = await openDatabase())
})
afterEach(() => close())

const append = (about: string | null, tools = audit) =>
  transaction(db, (tx) =>
    tools.append(tx, {
      teamId: 'T1',
      actor: 'crm-dana',
      action: 'approval.approved',
      subject: 'approval-1',
      about,
      payload: { reason: 'x' },
    }),
  )

test('what is about an account is encrypted with its own key, what is about none with ours', async () => {
  for (const about of ['acc-1', 'acc-2', 'acc-1', null]) await append(about)

  const keys = await db.select().from(auditKeys)
  const rows = await db.select().from(auditPayloads).orderBy(auditPayloads.seq)
  const idOf = (about: string) => keys.find((row) => row.about === about)?.id
  expect(rows.map(({ ciphertext }) => keyIdOf(ciphertext))).toEqual([
    idOf('acc-1'),
    idOf('acc-2'),
    idOf('acc-1'),
    null,
  ])
  expect(await verifyAudit(db, key)).toMatchObject({ ok: true, events: 4, erased: 0 })
})

test('an erased account cannot be read any more, the trail fits, and says that it was', async () => {
  await happened(db, 20)
  await checkpointNow(db)
  const outside = await published(db)

  expect(await erased(db, 'account-2')).toBe(1)
  expect(await erased(db, 'account-2')).toBe(0)
  await happened(db, 20, 20)

  expect(await db.select().from(auditKeys)).toHaveLength(7)
  expect(await verifyAudit(db, key, { published: outside, verifier: signer.verifier })).toMatchObject({
    ok: true,
    events: 41,
    erased: 2,
  })
  const [event] = await db.select().from(auditEvents).where(sql`seq = 21`)
  expect(event?.envelope).toContain('subject.erased')
  expect(event?.envelope).not.toContain('account-2')
})

test('a process that still knows an erased key makes another', async () => {
  const other = createAudit(key)
  await append('acc-1')
  await append('acc-1', other)

  await erased(db, 'acc-1')
  await append('acc-1', other)

  expect(await verifyAudit(db, key)).toMatchObject({ ok: true, events: 4, erased: 2 })
})

test('an erasure that is asked for says how much went, and is on record with its reason', async () => {
  await append('acc-1')
  await append('acc-2')
  const tools = { db, key, verifier: null, publishedFile: null }
  const ask = { ask: 'erase', account: 'acc-1', reason: 'request 17' } as const

  const first = await answer(tools, ask)
  const again = await answer(tools, ask)
  const blind = await answer({ ...tools, key: null }, { ...ask, account: 'acc-2' })

  expect(first).toEqual({
    code: 0,
    lines: [expect.stringContaining('acc-1 can never be read again: 1 key'), expect.any(String)],
  })
  expect(again).toEqual({ code: 2, lines: [expect.stringContaining('nothing')] })
  expect(blind).toEqual({ code: 2, lines: [expect.stringContaining('ENCRYPTION_KEY')] })
  expect(await verifyAudit(db, key)).toMatchObject({ ok: true, events: 3, erased: 1 })
  const [event] = await db.select().from(auditEvents).where(sql`seq = 3`)
  const [payload] = await db.select().from(auditPayloads).where(sql`seq = 3`)
  const { action, actor, subject } = JSON.parse(event?.envelope ?? '{}')
  expect({ action, actor }).toEqual({ action: 'subject.erased', actor: 'system' })
  expect(openText(key, payload!.ciphertext, `audit:${subject}`)).toBe('{"reason":"request 17"}')
})

test('what happens after an erasure in the same transaction has a key of its own', async () => {
  await transaction(db, async (tx) => {
    const event = {
      teamId: 'T1',
      actor: 'x',
      action: 'approval.approved',
      subject: 's',
      payload: {},
    } as const
    await audit.append(tx, { ...event, about: 'acc-1' })
    await eraseSubject(tx, { audit, teamId: 'T1', actor: 'crm-bo', about: 'acc-1', reason: 'asked' })
    await audit.append(tx, { ...event, about: 'acc-1' })
  })

  expect(await verifyAudit(db, key)).toMatchObject({ ok: true, events: 3, erased: 1 })
})

test('a key that went without an erasure, or came back after one, shows', async () => {
  for (const about of ['acc-1', 'acc-2', 'acc-3']) await append(about)
  const kept = await db.select().from(auditKeys).where(sql`about = 'acc-3'`)
  await db.delete(auditKeys).where(sql`about = 'acc-2'`)

  expect(await verifyAudit(db, null)).toMatchObject({ ok: false, table: 'audit_keys', seq: 2 })
  await db.delete(auditPending)
  await erased(db, 'acc-3')
  await db.insert(auditKeys).values(kept)
  expect(await verifyAudit(db, key)).toMatchObject({ ok: false, table: 'audit_keys', seq: 2 })
})

test('a key that its transaction never committed is used by nobody', async () => {
  const undone = transaction(db, async (tx) => {
    await audit.append(tx, {
      teamId: 'T1',
      actor: 'x',
      action: 'approval.approved',
      subject: 's',
      about: 'acc-undone',
      payload: {},
    })
    throw new Error('no')
  })
  await expect(undone).rejects.toThrow('no')

  await append('acc-undone')

  expect(await verifyAudit(db, key)).toMatchObject({ ok: true, events: 1, erased: 0 })
})

test('many transactions at once about one new account all commit, and all can be read', async () => {
  const tools = createAudit(key)

  await Promise.all(Array.from({ length: 12 }, () => append('acc-new', tools)))

  expect(await verifyAudit(db, key)).toMatchObject({ ok: true, events: 12, erased: 0 })
})

test('what was written before accounts had keys still opens', async () => {
  const ciphertext = seal(key, '{}', 'audit:approval-0')
  const { createHash } = await import('node:crypto')
  const hash = createHash('sha256').update(ciphertext).digest('hex')
  await db.insert(auditPending).values({
    beforeTime: `{"action":"approval.opened","actor":"system","payload_sha256":"${hash}","subject":"approval-0","team":"T1","time":"`,
    afterTime: '","v":1}',
    ciphertext,
  })
  await append('acc-1')

  expect(await verifyAudit(db, key)).toMatchObject({ ok: true, events: 2 })
})
