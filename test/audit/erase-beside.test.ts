import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAudit, verifyAudit } from '../../src/audit/audit.ts'
import { eraseSubject } from '../../src/audit/erase.ts'
import { keyIdOf } from '../../src/audit/subject-keys.ts'
import { createLog } from '../../src/log.ts'
import type { Platform } from '../../src/platform/platform.ts'
import { migrateProduction, production } from '../../src/platform/production.ts'
import { type Tx, transaction } from '../../src/store/db.ts'
import { auditEvents, auditKeys, auditPayloads } from '../../src/store/schema.ts'
import { until } from '../processes.ts'
import { type OwnPostgres, serversMissing, startPostgres } from '../servers.ts'
import { erased, key } from './trail.ts'

const missing = serversMissing()
if (missing) console.warn(`Skipped: ${missing}`)

/** Two transactions at once need two connections. */
describe.skipIf(missing !== null)('an erasure beside what happens about the account', () => {
  const audit = createAudit(key)
  let server: OwnPostgres
  let platform: Platform
  beforeAll(async () => {
    server = await startPostgres()
    await migrateProduction(server.url)
    platform = await production(server.url, null, createLog('silent'))
  })
  afterAll(async () => {
    await platform?.close()
    await server?.stop()
  })

  const append = (tx: Tx, about: string, subject: string) =>
    audit.append(tx, {
      teamId: 'T1',
      actor: 'crm-dana',
      action: 'approval.approved',
      subject,
      about,
      payload: { reason: 'x' },
    })
  const happens = (about: string, subject: string) =>
    transaction(platform.db, (tx) => append(tx, about, subject))

  /** Begins a transaction and leaves it open until it is told to end. */
  async function open<T>(work: (tx: Tx) => Promise<T>): Promise<() => Promise<void>> {
    let end = () => {}
    const told = new Promise<void>((resolve) => {
      end = resolve
    })
    let began = () => {}
    const working = new Promise<void>((resolve) => {
      began = resolve
    })
    const done = transaction(platform.db, async (tx) => {
      await work(tx)
      began()
      await told
    })
    await Promise.race([working, done])
    return async () => {
      end()
      await done
    }
  }

  const somebodyWaits = () =>
    until(async () => {
      const waiting = await platform.db.execute(sql`select from pg_locks where not granted`)
      return Array.isArray(waiting) && waiting.length > 0
    }, 5_000).catch(() => {})

  /** In the order of the trail: what happened, and whether its payload can still be read. */
  async function told(): Promise<string[]> {
    const { db } = platform
    const keys = new Set((await db.select().from(auditKeys)).map(({ id }) => id))
    const payloads = await db.select().from(auditPayloads).orderBy(auditPayloads.seq)
    return (await db.select().from(auditEvents).orderBy(auditEvents.seq)).map(({ envelope }, index) => {
      const { action, subject } = JSON.parse(envelope)
      const id = keyIdOf(payloads[index]?.ciphertext ?? new Uint8Array())
      return action === 'subject.erased'
        ? 'erased'
        : `${subject} ${id && !keys.has(id) ? 'gone' : 'readable'}`
    })
  }

  test('waits for what is under way, so that nothing after it is sealed with a key that is gone', async () => {
    await happens('acc-1', 'a')
    const commit = await open((tx) => append(tx, 'acc-1', 'b'))

    const erasing = erased(platform.db, 'acc-1')
    await somebodyWaits()
    await commit()

    expect(await erasing).toBe(1)
    expect(await told()).toEqual(['a gone', 'b gone', 'erased'])
  })

  test('also takes out a key that was only just made', async () => {
    const before = (await told()).length
    const commit = await open((tx) => append(tx, 'acc-2', 'c'))

    const erasing = erased(platform.db, 'acc-2')
    await somebodyWaits()
    await commit()

    expect(await erasing).toBe(1)
    expect((await told()).slice(before)).toEqual(['c gone', 'erased'])
  })

  test('is waited for by what happens meanwhile, which has a key of its own', async () => {
    await happens('acc-3', 'd')
    const before = (await told()).length
    const commit = await open((tx) =>
      eraseSubject(tx, { audit, teamId: 'T1', actor: 'crm-bo', about: 'acc-3', reason: 'asked' }),
    )

    const happening = happens('acc-3', 'e')
    await somebodyWaits()
    await commit()
    await happening

    expect((await told()).slice(before)).toEqual(['erased', 'e readable'])
    expect(await verifyAudit(platform.db, key)).toMatchObject({ ok: true })
  })
})
