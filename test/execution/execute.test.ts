import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { approve } from '../../src/approval/approval.ts'
import { verifyAudit } from '../../src/audit/audit.ts'
import type { CrmWriter } from '../../src/crm/crm.ts'
import { type ExecuteTools, execute } from '../../src/execution/execute.ts'
import { retry, type UndoTools, undo } from '../../src/execution/undo.ts'
import { createLog } from '../../src/log.ts'
import type { CrmChange } from '../../src/model/change.ts'
import { approvals, approvalVersions, operations } from '../../src/store/schema.ts'
import { setSetting } from '../../src/store/settings.ts'
import { approvalTools, auditKey, dana, insertPeople, shown } from '../approval/proposal.ts'
import { ACME, DEAL, smallCompany } from '../crm/company.ts'
import { startZohoWorld, type ZohoWorld } from '../crm/zoho-world.ts'
import { openDatabase } from '../database.ts'

/** The way from an approved row to the local Zoho and back, in steps that the flows cannot make visible. */

let zoho: ZohoWorld
let close: () => Promise<void>
let tools: ExecuteTools
let undoTools: UndoTools
let day = 1

beforeAll(async () => {
  const database = await openDatabase()
  close = database.close
  zoho = await startZohoWorld({ company: smallCompany(), db: database.db, options: { timeoutMs: 1_000 } })
  await insertPeople(database.db)
  const { audit } = approvalTools(database.db)
  tools = { db: zoho.db, crm: zoho.writer, audit, log: createLog('silent'), leaseMs: 60_000, held: new Set() }
  undoTools = { db: zoho.db, audit, ttlMs: 3_600_000, undoMs: 3_600_000 }
})
afterEach(() => zoho.mend())
afterAll(async () => {
  await zoho[Symbol.asyncDispose]()
  await close()
})

type Write = { method: string; status: number | null; answer: { data?: { code: string }[] } | null }
const writes = () => zoho.control<Write[]>('GET', '/zoho/writes')
const deal = () => zoho.control<{ Closing_Date: string }>('GET', `/zoho/records?module=Deals&id=${DEAL}`)

/** A change of the deal from what it holds now, approved: the operation that is to write it. */
async function approved(
  change?: CrmChange,
): Promise<{ operationId: string; approvalId: string; to: string }> {
  const to = `2027-03-${String(day++).padStart(2, '0')}`
  const moved: CrmChange = {
    action: 'update',
    module: 'Deals',
    recordId: DEAL,
    recordName: 'Acme renewal',
    fields: { Closing_Date: to },
    before: { Closing_Date: (await deal()).Closing_Date },
  }
  const approval = await shown(approvalTools(zoho.db), { change: change ?? moved })
  const outcome = await approve(approvalTools(zoho.db), { approvalId: approval.id, version: 1, person: dana })
  if (outcome.kind !== 'decided' || !outcome.operationId) throw new Error('It was not approved')
  return { operationId: outcome.operationId, approvalId: approval.id, to }
}

async function operation(id: string) {
  const [row] = await zoho.db.select().from(operations).where(eq(operations.id, id))
  if (!row) throw new Error(`There is no operation ${id}`)
  return row
}

const due = (id: string) =>
  zoho.db.update(operations).set({ nextAttemptAt: sql`clock_timestamp()` }).where(eq(operations.id, id))

async function state(id: string, more: Partial<ExecuteTools> = {}): Promise<string> {
  return (await execute(id, { ...tools, ...more })).state
}

test('of many workers that take one operation, one writes', async () => {
  const { operationId, to } = await approved()
  const before = (await writes()).length

  const states = await Promise.all(Array.from({ length: 8 }, () => state(operationId)))

  expect(states.toSorted()).toEqual(['applied', ...Array.from({ length: 7 }, () => 'not-mine')])
  expect(await writes()).toHaveLength(before + 1)
  expect(await deal()).toMatchObject({ Closing_Date: to })
  expect(await state(operationId)).toBe('not-mine')
})

test('a worker that slept through its lease changes nothing; who took over wrote once', async () => {
  const { operationId, to } = await approved()
  const before = (await writes()).length
  zoho.breakZoho({ kind: 'hang', path: DEAL, method: 'PUT', count: 1 })

  const slept = state(operationId)
  while ((await writes()).length === before) await new Promise((resolve) => setTimeout(resolve, 10))
  await zoho.db
    .update(operations)
    .set({ leaseUntil: sql`clock_timestamp()` })
    .where(eq(operations.id, operationId))
  const second = await state(operationId)

  expect([second, await slept]).toEqual(['applied', 'not-mine'])
  const carriedOut = (await writes())
    .slice(before)
    .filter(({ answer }) => answer?.data?.[0]?.code === 'SUCCESS')
  expect(carriedOut).toHaveLength(1)
  expect(await operation(operationId)).toMatchObject({ state: 'applied' })
  expect(await deal()).toMatchObject({ Closing_Date: to })
})

test('while writes are stopped nothing is taken', async () => {
  const { operationId } = await approved()
  await setSetting(zoho.db, 'writes_stopped', true, 'test')

  expect(await state(operationId)).toBe('not-mine')
  expect(await operation(operationId)).toMatchObject({ state: 'planned', attempt: 0 })

  await setSetting(zoho.db, 'writes_stopped', false, 'test')
  expect(await state(operationId)).toBe('applied')
})

test('an approval that waited for more than 72 hours is not written: it asks again', async () => {
  const { operationId, approvalId } = await approved()
  const before = (await writes()).length
  await zoho.db
    .update(approvals)
    .set({
      decidedAt: sql`clock_timestamp() - interval '73 hours'`,
      openedAt: sql`clock_timestamp() - interval '74 hours'`,
    })
    .where(eq(approvals.id, approvalId))

  expect(await state(operationId)).toBe('conflict')

  expect((await operation(operationId)).error).toMatch(/72 hours/)
  expect(await writes()).toHaveLength(before)
})

test('what Zoho refuses has failed with Zoho’s reason, and can be tried again', async () => {
  const { operationId, approvalId } = await approved({
    action: 'update',
    module: 'Accounts',
    recordId: ACME,
    recordName: 'Acme',
    fields: { Renewal_Date: 'next spring' },
    before: { Renewal_Date: '2026-12-31' },
  })

  expect(await state(operationId)).toBe('failed')
  expect((await operation(operationId)).error).toContain('INVALID_DATA')

  expect(await retry(undoTools, approvalId, dana)).toBe(operationId)
  expect(await operation(operationId)).toMatchObject({ state: 'planned', finishedAt: null })
  expect(await state(operationId)).toBe('failed')
})

test('a record that is gone is a conflict', async () => {
  const { operationId } = await approved({
    action: 'update',
    module: 'Deals',
    recordId: '5725767000039999999',
    recordName: 'Gone',
    fields: { Closing_Date: '2027-01-01' },
    before: { Closing_Date: '2026-12-01' },
  })

  expect(await state(operationId)).toBe('conflict')
})

test('a stored change that was altered after its approval is never written', async () => {
  const { operationId, approvalId } = await approved()
  const before = (await writes()).length
  await zoho.db
    .update(approvalVersions)
    .set({ change: sql`jsonb_set(change::jsonb, '{fields,Closing_Date}', '"2029-09-09"')` })
    .where(eq(approvalVersions.approvalId, approvalId))

  expect(await state(operationId)).toBe('failed')

  expect(await writes()).toHaveLength(before)
})

/** An attempt that finds nobody. */
async function unreached(operationId: string) {
  const accountsUrl = 'http://127.0.0.1:9'
  const crm: CrmWriter = zoho.anotherWriter({ accountsUrl, apiHosts: [accountsUrl] })
  await zoho.db.execute(sql`delete from crm_tokens`)
  await due(operationId)
  return execute(operationId, { ...tools, crm })
}

const approvedBefore = (approvalId: string, hours: number) =>
  zoho.db
    .update(approvals)
    .set({
      decidedAt: sql`clock_timestamp() - ${hours}::float8 * interval '1 hour'`,
      openedAt: sql`clock_timestamp() - interval '74 hours'`,
    })
    .where(eq(approvals.id, approvalId))

test('while Zoho cannot be reached it is planned again, for a day, and then it has failed', async () => {
  const { operationId, approvalId } = await approved()

  expect((await unreached(operationId)).state).toBe('planned')
  await approvedBefore(approvalId, 25)
  expect((await unreached(operationId)).state).toBe('failed')

  expect((await operation(operationId)).error).toContain('24 hours')
})

test.each([
  ['ten minutes', 1 / 6, 45_000],
  ['an hour', 1, 60_000],
  ['ten hours', 10, 600_000],
])('an outage of %s is over for us soon after it is over', async (_, hours, withinMs) => {
  const { operationId, approvalId } = await approved()
  await approvedBefore(approvalId, hours)
  await zoho.db.update(operations).set({ attempt: 30 }).where(eq(operations.id, operationId))
  const longest = vi.spyOn(Math, 'random').mockReturnValue(1)

  const outcome = await unreached(operationId).finally(() => longest.mockRestore())

  const { retryInMs } = outcome.state === 'not-mine' ? expect.unreachable() : outcome
  expect(Math.abs((retryInMs ?? 0) - withinMs)).toBeLessThan(5_000)
})

test('a write whose answer was lost is found out by reading, not by writing again', async () => {
  const { operationId, to } = await approved()
  const before = (await writes()).length
  zoho.breakZoho({ kind: 'lost_answer', path: DEAL, method: 'PUT', count: 1 })

  expect(await state(operationId)).toBe('unknown')
  await due(operationId)
  expect(await state(operationId)).toBe('applied')

  expect(await operation(operationId)).toMatchObject({ receipt: { by: 'read-back' } })
  expect(await writes()).toHaveLength(before + 1)
  expect(await deal()).toMatchObject({ Closing_Date: to })
})

test('undo is for what was written, in its time, and once', async () => {
  const { operationId, approvalId } = await approved()
  expect(await undo(undoTools, approvalId, dana)).toMatchObject({ kind: 'refused', reason: 'not_written' })
  await state(operationId)

  expect(await undo({ ...undoTools, undoMs: 0 }, approvalId, dana)).toMatchObject({ reason: 'too_late' })
  const outcomes = await Promise.all([undo(undoTools, approvalId, dana), undo(undoTools, approvalId, dana)])

  expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['planned', 'refused'])
  const planned = outcomes.find((outcome) => outcome.kind === 'planned')!
  expect(await state(planned.operationId)).toBe('applied')
  const [row] = await zoho.db.select().from(approvals).where(eq(approvals.undoOf, approvalId))
  expect(row).toMatchObject({ kind: 'undo', state: 'approved', decidedBy: dana })
})

test('all of it is in the audit trail, which fits', async () => {
  expect(await verifyAudit(zoho.db, auditKey)).toMatchObject({ ok: true })
})
