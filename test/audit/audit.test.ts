import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createAudit, verifyAudit } from '../../src/audit/audit.ts'
import { type Db, type Tx, transaction } from '../../src/store/db.ts'
import { auditEvents } from '../../src/store/schema.ts'
import { openDatabase } from '../database.ts'

const key = new Uint8Array(32).fill(3)
const audit = createAudit(key)
let db: Db
let close: () => Promise<void>

const appendTo = (tx: Tx, subject: string, payload: Record<string, unknown> = { amount: 5 }) =>
  audit.append(tx, {
    teamId: 'T1',
    actor: 'crm-dana',
    action: 'approval.approved',
    subject,
    about: 'acc-1',
    payload,
  })
const happened = (subject: string, payload?: Record<string, unknown>) =>
  transaction(db, (tx) => appendTo(tx, subject, payload))

beforeAll(async () => {
  ;({ db, close } = await openDatabase())
  for (let seq = 1; seq <= 6; seq += 1) await happened(`approval-${seq}`)
  for (const table of ['audit_events', 'audit_payloads', 'audit_head', 'audit_keys']) {
    await db.execute(sql.raw(`create table kept_${table} as table ${table}`))
  }
})
afterAll(() => close())

/** As somebody does who has the database to themselves. */
async function byHand(...statements: string[]): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql.raw('set local session_replication_role = replica'))
    for (const statement of statements) await tx.execute(sql.raw(statement))
  })
}

afterEach(() =>
  byHand(
    'delete from audit_pending',
    'delete from audit_payloads',
    'delete from audit_events',
    'delete from audit_head',
    'delete from audit_keys',
    'insert into audit_events select * from kept_audit_events',
    'insert into audit_payloads select * from kept_audit_payloads',
    'insert into audit_head select * from kept_audit_head',
    'insert into audit_keys select * from kept_audit_keys',
  ),
)

test('an untouched trail fits, with its key and without', async () => {
  expect(await verifyAudit(db, key)).toMatchObject({ ok: true, events: 6 })
  expect(await verifyAudit(db, null)).toMatchObject({ ok: true, events: 6 })
})

test('what a transaction did not commit is not in the trail, and what it did stands in its order', async () => {
  const undone = transaction(db, async (tx) => {
    await appendTo(tx, 'never-happened')
    throw new Error('no')
  })
  await expect(undone).rejects.toThrow('no')
  await transaction(db, (tx) => Promise.all(['first', 'second'].map((subject) => appendTo(tx, subject))))

  expect(await verifyAudit(db, key)).toMatchObject({ ok: true, events: 8 })
  const rows = await db.select({ envelope: auditEvents.envelope }).from(auditEvents).orderBy(auditEvents.seq)
  expect(rows.slice(6).map(({ envelope }) => JSON.parse(envelope).subject)).toEqual(['first', 'second'])
})

test.each([
  [
    'an event that never reached the chain',
    `insert into audit_pending (before_time, after_time, ciphertext) values ('', '', '\\x00')`,
    'audit_pending',
    7,
  ],
  [
    'the actor of an event',
    `update audit_events set envelope = replace(envelope, 'crm-dana', 'crm-bo') where seq = 4`,
    'audit_events',
    4,
  ],
  [
    'the time of an event',
    `update audit_events set envelope = regexp_replace(envelope, '"time":"2', '"time":"3') where seq = 1`,
    'audit_events',
    1,
  ],
  [
    'the hash of an event',
    `update audit_events set hash = set_byte(hash, 0, (get_byte(hash, 0) + 1) % 256) where seq = 2`,
    'audit_events',
    2,
  ],
  [
    'the previous hash of an event',
    `update audit_events set prev_hash = set_byte(prev_hash, 31, (get_byte(prev_hash, 31) + 1) % 256) where seq = 5`,
    'audit_events',
    5,
  ],
  [
    'one bit of a payload',
    `update audit_payloads set ciphertext = set_byte(ciphertext, 30, get_byte(ciphertext, 30) # 1) where seq = 3`,
    'audit_payloads',
    3,
  ],
  [
    'an event taken out',
    'delete from audit_payloads where seq = 3; delete from audit_events where seq = 3',
    'audit_events',
    3,
  ],
  ['a payload taken out', 'delete from audit_payloads where seq = 6', 'audit_payloads', 6],
  [
    'the last event cut off',
    'delete from audit_payloads where seq = 6; delete from audit_events where seq = 6',
    'audit_head',
    6,
  ],
  ['the head moved back', 'update audit_head set seq = 5', 'audit_head', 5],
  ['the head gone', 'delete from audit_head', 'audit_head', 6],
  [
    'two events in each other’s place',
    'update audit_events set seq = -seq where seq in (2, 3); update audit_events set seq = 5 + seq where seq in (-2, -3)',
    'audit_events',
    2,
  ],
  [
    'two payloads in each other’s place',
    'update audit_payloads set seq = -seq where seq in (2, 3); update audit_payloads set seq = 5 + seq where seq in (-2, -3)',
    'audit_payloads',
    2,
  ],
] as const)('%s shows, and its row is named', async (_, statements, table, seq) => {
  await byHand(...statements.split('; '))

  expect(await verifyAudit(db, key)).toMatchObject({ ok: false, table, seq })
  // The chain needs no key to be seen broken.
  expect(await verifyAudit(db, null)).toMatchObject({ ok: false, table, seq })
})

test('a payload put there by somebody without the key shows', async () => {
  const other = createAudit(new Uint8Array(32).fill(9))
  await transaction(db, (tx) =>
    other.append(tx, {
      teamId: 'T1',
      actor: 'x',
      action: 'approval.approved',
      subject: 's',
      about: null,
      payload: {},
    }),
  )

  expect(await verifyAudit(db, key)).toMatchObject({ ok: false, table: 'audit_payloads', seq: 7 })
})

test.each([
  'update audit_events set envelope = envelope',
  'delete from audit_events',
  'truncate audit_events cascade',
  'update audit_payloads set ciphertext = ciphertext',
  'delete from audit_payloads',
  'delete from audit_head',
])('the database refuses: %s', async (statement) => {
  await expect(db.execute(sql.raw(statement))).rejects.toMatchObject({
    cause: expect.objectContaining({ message: expect.stringContaining('append-only') }),
  })
})

test('events of many transactions at once stand in one chain', async () => {
  await Promise.all(Array.from({ length: 25 }, (_, index) => happened(`at-once-${index}`)))

  expect(await verifyAudit(db, key)).toMatchObject({ ok: true, events: 31 })
})

test('what is undone with its transaction leaves no trace', async () => {
  const failing = transaction(db, async (tx) => {
    await audit.append(tx, {
      teamId: 'T1',
      actor: 'x',
      action: 'approval.approved',
      subject: 's',
      about: null,
      payload: {},
    })
    throw new Error('no')
  })

  await expect(failing).rejects.toThrow('no')
  expect(await verifyAudit(db, key)).toMatchObject({ ok: true, events: 6 })
})

test('the chain itself holds nothing of what a person wrote', async () => {
  await happened('approval-7', { reason: 'Jane Harper is on leave', email: 'jane@customer.example' })

  const rows = await db.execute(sql`select envelope from audit_events where seq = 7`)
  expect(JSON.stringify(rows)).not.toMatch(/Jane|customer/)
})
