import { Queue, Worker } from 'bullmq'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifyAudit } from '../../src/audit/audit.ts'
import { keepCheckpoints } from '../../src/audit/checkpoints.ts'
import { createLog } from '../../src/log.ts'
import type { Platform } from '../../src/platform/platform.ts'
import { migrateProduction, production } from '../../src/platform/production.ts'
import { setSetting, setting } from '../../src/store/settings.ts'
import { type OwnPostgres, serversMissing, startPostgres } from '../servers.ts'
import { checkpointNow, erased, happened, key, signer } from './trail.ts'

const missing = serversMissing()
if (missing) console.warn(`Skipped: ${missing}`)

/** On a server of its own: roles belong to a whole server. */
describe.skipIf(missing !== null)('an application that owns nothing', () => {
  let server: OwnPostgres
  let platform: Platform
  let client: postgres.Sql
  const asRole = (role: string, url = server.url) => Object.assign(new URL(url), { username: role }).href

  beforeAll(async () => {
    server = await startPostgres()
    await migrateProduction(server.url)
    const owner = postgres(server.url, { max: 1 })
    await owner.unsafe('create role bot login in role sergas_app')
    await owner.end()
    platform = await production(asRole('bot'), null, createLog('silent'))
    client = postgres(asRole('bot'), { max: 1 })
    await happened(platform.db, 12)
    await checkpointNow(platform.db)
  })
  afterAll(async () => {
    await client?.end()
    await platform?.close()
    await server?.stop()
  })

  test('appends, signs, publishes, erases, verifies, and changes what is not the trail', async () => {
    const { db } = platform
    const published: number[] = []
    const publish = async ({ size }: { size: number }) => {
      published.push(size)
      return 'published' as const
    }

    await erased(db, 'account-2')
    await keepCheckpoints({ db, signer, publish })
    await setSetting(db, 'writes_stopped', true, 'Dana')

    expect(await setting(db, 'writes_stopped')).toBe(true)
    expect(published).toEqual([12])
    expect(await verifyAudit(db, key, { verifier: signer.verifier })).toMatchObject({
      ok: true,
      events: 13,
      covered: 12,
    })
  })

  test.each([
    'update audit_events set envelope = envelope',
    'delete from audit_events',
    'truncate audit_events cascade',
    `insert into audit_events (seq, envelope, prev_hash, hash) values (99, '{}', '\\x01', '\\x02')`,
    'update audit_payloads set ciphertext = ciphertext',
    'delete from audit_payloads',
    'truncate audit_payloads',
    `insert into audit_payloads (seq, ciphertext) values (99, '\\x01')`,
    'update audit_head set seq = 0',
    'delete from audit_head',
    `insert into audit_head (id, seq, hash) values (2, 0, '\\x00')`,
    'update audit_pending set ciphertext = ciphertext',
    'delete from audit_pending',
    'update audit_checkpoints set root = root',
    'delete from audit_checkpoints',
    'truncate audit_checkpoints',
    'update audit_keys set wrapped = wrapped',
    'truncate audit_keys',
    `select audit_append('', '', '\\x00')`,
    'alter table audit_events disable trigger all',
    'drop trigger audit_events_append_only on audit_events',
    'drop table audit_events cascade',
    'set session_replication_role = replica',
    'create or replace function audit_refuse_change() returns trigger language plpgsql as $$ begin return null; end $$',
    'set role sergas',
  ])('may not: %s', async (statement) => {
    await expect(client.unsafe(statement)).rejects.toMatchObject({ code: '42501' })
  })

  test('has a queue that works', async () => {
    const { producer, worker: connection, backend } = platform.queue
    if (!backend) throw new Error('The queue of a Postgres has a backend')
    const queue = new Queue('owns-nothing', { connection: producer }, backend)
    let done: (data: unknown) => void = () => {}
    const came = new Promise((resolve) => {
      done = resolve
    })
    const worker = new Worker('owns-nothing', async ({ data }) => done(data), { connection }, backend)
    try {
      await queue.add('job', { id: 7 })
      expect(await came).toEqual({ id: 7 })
    } finally {
      await worker.close()
      await queue.close()
    }
  })

  test('a migrating user who may not make roles migrates all the same, and a later one makes up for it', async () => {
    const owner = postgres(server.url, { max: 1 })
    await owner.unsafe('create role migrator login')
    await owner.unsafe('create database elsewhere owner migrator')
    await owner.unsafe('drop owned by sergas_app; drop role sergas_app')
    const url = asRole('migrator', server.url.replace(/\/sergas$/, '/elsewhere'))
    try {
      await migrateProduction(url)
      const migrated = postgres(url, { max: 1 })
      const [before] = await migrated`select to_regrole('sergas_app') is null as missing`
      await owner.unsafe('create role sergas_app nologin')
      await migrateProduction(url)
      const [after] =
        await migrated`select has_table_privilege('sergas_app', 'audit_events', 'select') as reads,
          has_table_privilege('sergas_app', 'audit_events', 'insert') as writes`
      await migrated.end()

      expect(before?.missing).toBe(true)
      expect(after).toEqual({ reads: true, writes: false })
    } finally {
      await owner.end()
    }
  })
})
