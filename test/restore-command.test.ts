import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { approve } from '../src/approval/approval.ts'
import { createAudit } from '../src/audit/audit.ts'
import { checkpointText, signerOf, signNote } from '../src/audit/note.ts'
import { runAudit } from '../src/audit-command.ts'
import { type ExecuteTools, execute } from '../src/execution/execute.ts'
import { createLog } from '../src/log.ts'
import type { CrmChange } from '../src/model/change.ts'
import type { Platform } from '../src/platform/platform.ts'
import { migrateProduction, production } from '../src/platform/production.ts'
import { type ReconcileOptions, runHold, runReconcile } from '../src/restore-command.ts'
import { READ_CONNECTION, WRITE_CONNECTION } from '../src/sandbox/zoho/oauth.ts'
import {
  approvals,
  approvalVersions,
  auditEvents,
  decisions,
  operations,
  outbox,
  recommendations,
  settings,
} from '../src/store/schema.ts'
import { setSetting, setting } from '../src/store/settings.ts'
import { approvalTools, dana, insertPeople, shown } from './approval/proposal.ts'
import { ACME, smallCompany } from './crm/company.ts'
import { startZohoWorld, type ZohoWorld } from './crm/zoho-world.ts'
import { inTempDir, until } from './processes.ts'
import { type OwnPostgres, serversMissing, startPostgres } from './servers.ts'

const missing = serversMissing()
if (missing) console.warn(`Skipped: ${missing}`)

/** `hold` and `reconcile` as the login that owns nothing runs them, on a server of their own: roles belong to one. */
describe.skipIf(missing !== null)('going on from a backup', () => {
  const key = randomBytes(32)
  let server: OwnPostgres
  let platform: Platform
  let zoho: ZohoWorld
  let tools: ExecuteTools
  let env: Record<string, string>

  beforeAll(async () => {
    server = await startPostgres()
    await migrateProduction(server.url)
    const owner = postgres(server.url, { max: 1 })
    await owner.unsafe('create role bot login in role sergas_app')
    await owner.end()
    const url = Object.assign(new URL(server.url), { username: 'bot' }).href
    platform = await production(url, null, createLog('silent'))
    const { db } = platform
    zoho = await startZohoWorld({ company: smallCompany(), db, options: { key } })
    await insertPeople(db)
    const log = createLog('silent')
    tools = { db, crm: zoho.writer, audit: createAudit(key), log, leaseMs: 60_000, held: new Set() }
    env = {
      DATABASE_URL: url,
      ENCRYPTION_KEY: key.toString('base64'),
      SLACK_BOT_TOKEN: 'xoxb-none',
      SLACK_SIGNING_SECRET: 'none',
      ZOHO_ACCOUNTS_URL: zoho.url,
      ZOHO_API_DOMAINS: zoho.url,
      ZOHO_READ_CLIENT_ID: READ_CONNECTION.clientId,
      ZOHO_READ_CLIENT_SECRET: READ_CONNECTION.clientSecret,
      ZOHO_READ_REFRESH_TOKEN: READ_CONNECTION.refreshToken,
      ZOHO_WRITE_CLIENT_ID: WRITE_CONNECTION.clientId,
      ZOHO_WRITE_CLIENT_SECRET: WRITE_CONNECTION.clientSecret,
      ZOHO_WRITE_REFRESH_TOKEN: WRITE_CONNECTION.refreshToken,
    }
  })
  afterAll(async () => {
    await zoho?.[Symbol.asyncDispose]()
    await platform?.close()
    await server?.stop()
  })
  beforeEach(async () => {
    await platform.db.delete(settings)
  })

  const writes = () => zoho.control<unknown[]>('GET', '/zoho/writes')
  const people = () => ({ ...approvalTools(platform.db), audit: tools.audit })
  const stateOf = async (id: string) =>
    (await platform.db.select().from(operations).where(eq(operations.id, id)))[0]?.state

  const note = (title: string): CrmChange => ({
    action: 'create',
    module: 'Notes',
    parent: { module: 'Accounts', id: ACME, name: 'Acme' },
    fields: { Note_Title: title, Note_Content: 'We spoke.' },
  })

  async function pressed(approvalId: string, by = people()): Promise<string> {
    const outcome = await approve(by, { approvalId, version: 1, person: dana })
    if (outcome.kind !== 'decided' || !outcome.operationId) throw new Error('It was not approved')
    return outcome.operationId
  }

  /** In the CRM, and nothing here says more than that its card waits. */
  async function lostPress(title: string): Promise<string> {
    const { id } = await shown(people(), { change: note(title) })
    expect((await execute(await pressed(id), tools)).state).toBe('applied')
    await platform.db.delete(operations).where(eq(operations.approvalId, id))
    await platform.db.delete(decisions).where(eq(decisions.approvalId, id))
    const undecided = { state: 'pending', decidedAt: null, decidedBy: null } as const
    await platform.db.update(approvals).set(undecided).where(eq(approvals.id, id))
    return id
  }

  /** Resolves when a statement waits for what another transaction holds. */
  async function somebodyWaits(): Promise<void> {
    const owner = postgres(server.url, { max: 1 })
    await until(async () => {
      const [row] = await owner`select count(*)::int as waiting from pg_locks where not granted`
      return row?.waiting > 0
    }, 20_000)
    await owner.end()
  }

  async function hold(checkpoint: string | null = null): Promise<string> {
    const lines: string[] = []
    await runHold(checkpoint, { env, print: (line) => lines.push(line) })
    return lines.join('\n')
  }

  async function reconcile(options: Partial<ReconcileOptions> = {}) {
    const lines: string[] = []
    const code = await runReconcile({
      since: new Date(Date.now() - 60_000).toISOString(),
      accept: false,
      json: false,
      env,
      print: (line) => lines.push(line),
      ...options,
    })
    return { code, said: lines.join('\n') }
  }

  test('hold stops writes and tells of itself in the trail, as a login that owns nothing', async () => {
    expect(await hold()).toContain('Nothing is written to Zoho until an admin says /sergas resume-writes')

    expect(await setting(platform.db, 'writes_stopped')).toBe(true)
    const events = await platform.db.select().from(auditEvents)
    expect(events.map(({ envelope }) => JSON.parse(envelope).action)).toContain('trail.restored')
  })

  test('an effect whose approval was given again is something to look at until it is accepted', async () => {
    const approvalId = await lostPress('Recap')
    await hold()
    const again = await pressed(approvalId)

    expect(await reconcile()).toMatchObject({
      code: 1,
      said: expect.stringContaining('1 approved and not over'),
    })
    expect((await reconcile({ accept: true })).code).toBe(0)
    expect(await reconcile()).toMatchObject({ code: 0, said: expect.stringContaining('0 without a record') })
    expect(await stateOf(again)).toBe('applied')
  })

  test('a press while what was found is being accepted writes nothing a second time', async () => {
    const approvalId = await lostPress('Follow-up')
    await hold()
    const before = (await writes()).length
    let accepting: ReturnType<typeof reconcile> | undefined

    // Its card waits, for whoever looks, until the press commits.
    const operationId = await platform.db.transaction(async (tx) => {
      const id = await pressed(approvalId, { ...people(), db: tx })
      accepting = reconcile({ accept: true })
      await somebodyWaits()
      return id
    })

    expect((await accepting)?.code).toBe(0)
    expect(await stateOf(operationId)).toBe('applied')
    await setSetting(platform.db, 'writes_stopped', false, 'test')
    expect((await execute(operationId, tools)).state).toBe('not-mine')
    expect(await writes()).toHaveLength(before)
    expect((await reconcile()).code).toBe(0)
  })

  test('a file of checkpoints that is mended and held with again lets the trail be verified', async () => {
    const signer = signerOf('sergas-audit', new Uint8Array(32).fill(5))
    await inTempDir(async (dir) => {
      const file = join(dir, 'checkpoints.txt')
      const signed = {
        ...env,
        AUDIT_SIGNING_KEY: Buffer.alloc(32, 5).toString('base64'),
        AUDIT_PUBLISH_TO: file,
      }
      const said: string[] = []
      const print = (line: string) => said.push(line)
      const verify = () =>
        runAudit({ ask: 'verify' }, { dir: null, checkpoint: null, publicKey: null, env: signed, print })
      writeFileSync(file, 'half a checkpoint')
      await runHold(null, { env: signed, print })
      expect(said[0]).toContain('mend it and hold again')
      const events = await platform.db.$count(auditEvents)
      await shown(people(), { change: note('Since') })
      const root = randomBytes(32)
      writeFileSync(file, signNote(signer, checkpointText({ origin: signer.name, size: events, root })))
      expect(await verify()).toBe(1)

      await runHold(null, { env: signed, print })

      expect(await verify()).toBe(0)
      expect(said.join('\n')).toContain('restored from a backup')
    })
  })

  test('held a second time, what was approved since is still known to be new', async () => {
    const approvalId = await lostPress('Agenda')
    const under = await pressed((await shown(people(), { change: note('Under way') })).id)
    await hold()
    const again = await pressed(approvalId)

    await hold()

    const rows = await platform.db.select().from(operations)
    const sentAt = (id: string) => rows.find((row) => row.id === id)?.sentAt
    expect({ under: sentAt(under), again: sentAt(again) }).toEqual({ under: expect.any(Date), again: null })
    expect((await reconcile({ accept: true })).code).toBe(0)
    expect(await stateOf(again)).toBe('applied')
    expect(await stateOf(under)).toBe('planned')
  })

  test('what was carried out already is not asked of anybody who was not asked yet', async () => {
    const approvalId = await lostPress('Minutes')
    const [{ recommendationId } = { recommendationId: '' }] = await platform.db
      .select()
      .from(approvals)
      .where(eq(approvals.id, approvalId))
    // As a backup has it that was taken before anybody was asked.
    await platform.db.delete(outbox).where(eq(outbox.messageKey, `card:${approvalId}`))
    await platform.db.delete(approvalVersions).where(eq(approvalVersions.approvalId, approvalId))
    await platform.db.delete(approvals).where(eq(approvals.id, approvalId))
    await platform.db
      .update(recommendations)
      .set({ state: 'open' })
      .where(eq(recommendations.id, recommendationId))
    await hold()

    expect(await reconcile()).toMatchObject({ code: 1, said: expect.stringContaining('is proposed again') })
    expect((await reconcile({ accept: true })).code).toBe(0)

    const [row] = await platform.db
      .select()
      .from(recommendations)
      .where(eq(recommendations.id, recommendationId))
    expect(row?.state).toBe('stale')
    expect((await reconcile()).code).toBe(0)
  })
})
