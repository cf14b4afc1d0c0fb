import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { approve, approveEdited, reject } from '../../src/approval/approval.ts'
import { reassign } from '../../src/approval/opening.ts'
import type { CrmWriter } from '../../src/crm/crm.ts'
import { UpstreamError } from '../../src/errors.ts'
import { type ExecuteTools, execute } from '../../src/execution/execute.ts'
import { retry, undo } from '../../src/execution/undo.ts'
import { createLog } from '../../src/log.ts'
import type { CrmChange, Fields } from '../../src/model/change.ts'
import { askedApproval } from '../../src/store/approvals.ts'
import { giveBack, noLeases, releaseLeases } from '../../src/store/leases.ts'
import { approvals, crmTokens, decisions, operations } from '../../src/store/schema.ts'
import { setSetting } from '../../src/store/settings.ts'
import { approvalTools, bo, dana, insertPeople, shown } from '../approval/proposal.ts'
import { ACME, DEAL, OLA, smallCompany } from '../crm/company.ts'
import { startZohoWorld, type ZohoWorld } from '../crm/zoho-world.ts'
import { openDatabase } from '../database.ts'

/** What a bad day brings between a press and a write, against a real local Zoho. */

let zoho: ZohoWorld
let close: () => Promise<void>
let tools: ExecuteTools
let before: number

beforeAll(async () => {
  const database = await openDatabase()
  close = database.close
  zoho = await startZohoWorld({ company: smallCompany(), db: database.db, options: { timeoutMs: 1_000 } })
  await insertPeople(database.db)
  const { audit } = approvalTools(database.db)
  tools = { db: zoho.db, crm: zoho.writer, audit, log: createLog('silent'), leaseMs: 60_000, held: new Set() }
})
beforeEach(async () => {
  before = (await writes()).length
})
afterEach(() => zoho.mend())
afterAll(async () => {
  await zoho[Symbol.asyncDispose]()
  await close()
})

type Write = { method: string; path: string; status: number | null }
const writes = () => zoho.control<Write[]>('GET', '/zoho/writes')
const newWrites = async () => (await writes()).slice(before)
const deal = () => zoho.control<Fields>('GET', `/zoho/records?module=Deals&id=${DEAL}`)
const edit = (module: string, id: string, fields: Fields) =>
  zoho.control('POST', '/zoho/edit', { module, id, fields })
const due = (id: string) =>
  zoho.db.update(operations).set({ nextAttemptAt: sql`clock_timestamp()` }).where(eq(operations.id, id))

async function dealChange(fields: Fields): Promise<CrmChange> {
  const now = await deal()
  const held = Object.fromEntries(Object.keys(fields).map((name) => [name, now[name] ?? null]))
  return {
    action: 'update',
    module: 'Deals',
    recordId: DEAL,
    recordName: 'Acme renewal',
    fields,
    before: held,
  }
}

const newTask = (): CrmChange => ({
  action: 'create',
  module: 'Tasks',
  parent: { module: 'Accounts', id: ACME, name: 'Acme' },
  fields: {
    Subject: 'Call Anna',
    Status: 'Not Started',
    Owner: { id: OLA },
    What_Id: { id: ACME },
    $se_module: 'Accounts',
    Description: 'About the renewal',
  },
})

async function approved(change: CrmChange): Promise<{ approvalId: string; operationId: string }> {
  const approval = await shown(approvalTools(zoho.db), { change })
  const outcome = await approve(approvalTools(zoho.db), { approvalId: approval.id, version: 1, person: dana })
  if (outcome.kind !== 'decided' || !outcome.operationId) throw new Error('It was not approved')
  return { approvalId: approval.id, operationId: outcome.operationId }
}

/** The same writer, with some of its calls going wrong. */
const broken = (calls: Partial<CrmWriter>): ExecuteTools => ({ ...tools, crm: { ...zoho.writer, ...calls } })
const unreachable = async (): Promise<never> => {
  throw new UpstreamError('connection lost', { service: 'zoho', sent: true })
}

test('undoing a creation leaves alone what a person added to it', async () => {
  const { approvalId, operationId } = await approved(newTask())
  await execute(operationId, tools)
  const [made] = await zoho.db.select().from(operations).where(eq(operations.id, operationId))
  const id = made?.receipt?.recordId ?? ''
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  await edit('Tasks', id, { Priority: 'High' })

  const undone = await undo({ ...approvalTools(zoho.db), undoMs: 3_600_000 }, approvalId, dana)
  if (undone.kind !== 'planned') throw new Error(undone.reason)
  const outcome = await execute(undone.operationId, tools)

  expect(outcome.state).toBe('conflict')
  expect(await zoho.control('GET', `/zoho/records?module=Tasks&id=${id}`)).toMatchObject({ Priority: 'High' })
  const again = await undo({ ...approvalTools(zoho.db), undoMs: 3_600_000 }, approvalId, dana)
  expect(again).toEqual({ kind: 'refused', reason: 'touched_since' })
})

test('a creation that Zoho answered is not repeated because reading it back failed', async () => {
  const { operationId } = await approved(newTask())

  const outcome = await execute(operationId, broken({ read: unreachable }))
  await due(operationId)
  const again = await execute(operationId, tools)

  expect([outcome.state, again.state]).toEqual(['applied', 'not-mine'])
  expect(await newWrites()).toHaveLength(1)
})

test('a write that a person took back before its repetition is not written over them', async () => {
  const change = await dealChange({ Next_Step: 'Send the offer' })
  const { operationId } = await approved(change)
  const lost: ExecuteTools = broken({
    async update(...given) {
      await zoho.writer.update(...given)
      return unreachable()
    },
  })

  expect((await execute(operationId, lost)).state).toBe('unknown')
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  await edit('Deals', DEAL, { Next_Step: null })
  await due(operationId)
  const outcome = await execute(operationId, tools)

  expect(outcome.state).toBe('conflict')
  expect((await deal()).Next_Step).toBeNull()
})

test('writes that are stopped between the claim and the request are not sent', async () => {
  const { operationId } = await approved(await dealChange({ Next_Step: 'Call on Monday' }))
  const stopping = broken({
    async read(module, id) {
      await setSetting(zoho.db, 'writes_stopped', true, 'an admin')
      return zoho.writer.read(module, id)
    },
  })

  const outcome = await execute(operationId, stopping)
  await setSetting(zoho.db, 'writes_stopped', false, 'an admin')

  expect(outcome.state).toBe('not-mine')
  expect(await newWrites()).toEqual([])
})

test('an outage before anything was sent is waited for, and is not called unknown', async () => {
  const { operationId } = await approved(await dealChange({ Next_Step: 'Ask for a date' }))

  const outcome = await execute(operationId, broken({ read: unreachable }))

  expect(outcome.state).toBe('planned')
})

test('a bug of ours is borne five times, and then a person is told that nothing was written', async () => {
  const { operationId } = await approved(await dealChange({ Next_Step: 'Meet in June' }))
  const buggy = broken({
    async read() {
      throw new TypeError('undefined is not a function')
    },
  })
  const states: string[] = []
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await due(operationId)
    states.push((await execute(operationId, buggy)).state)
  }

  expect(states).toEqual(['planned', 'planned', 'planned', 'planned', 'failed'])
  expect(await newWrites()).toEqual([])
})

test('an approval older than 72 hours is not written, whatever attempt it is', async () => {
  const { approvalId, operationId } = await approved(await dealChange({ Next_Step: 'Too late' }))
  await execute(operationId, broken({ read: unreachable }))
  const longAgo = sql`clock_timestamp() - interval '73 hours'`
  await zoho.db.update(approvals).set({ decidedAt: longAgo }).where(eq(approvals.id, approvalId))
  await due(operationId)

  const outcome = await execute(operationId, tools)

  expect(outcome.state).toBe('conflict')
  expect(await newWrites()).toEqual([])
})

test('an edit that reaches above the limit needs a second person, though the proposal did not', async () => {
  const limited = approvalTools(zoho.db, { secondApproverAbove: 100_000 })
  const small = await dealChange({ Amount: 25_000 })
  const approval = await shown(limited, { change: small, actionClass: 'amount' })
  if (small.action !== 'update') throw new Error('It is an update')

  const outcome = await approveEdited(
    limited,
    { approvalId: approval.id, version: 1, person: dana },
    { ...small, fields: { Amount: 9_000_000 } },
  )

  expect(outcome).toEqual({ kind: 'waiting_for_second', missing: 1 })
})

test('the first of two who rejects after approving has both on record', async () => {
  const limited = approvalTools(zoho.db, { secondApproverAbove: 1 })
  const approval = await shown(limited, {
    change: await dealChange({ Amount: 30_000 }),
    actionClass: 'amount',
  })
  const press = { approvalId: approval.id, version: 1, person: dana }

  await approve(limited, press)
  await reject(limited, press, 'On second thoughts')

  const said = await zoho.db.select().from(decisions).where(eq(decisions.approvalId, approval.id))
  expect(said.map(({ decision }) => decision).sort()).toEqual(['approve', 'reject'])
})

test('a card is passed on only where somebody handed it over', async () => {
  const opened = await shown(approvalTools(zoho.db), { change: await dealChange({ Next_Step: 'Pass on' }) })
  const handedTo = await reassign(approvalTools(zoho.db), opened.id, dana, {
    ownerId: bo,
    place: { channel: 'U0BO' },
  })

  expect((await askedApproval(zoho.db, opened.id))?.passedOn).toBe(false)
  expect((await askedApproval(zoho.db, handedTo ?? ''))?.passedOn).toBe(true)
})

const refusing = () =>
  broken({ update: async () => ({ kind: 'refused', code: 'RULE', message: 'a rule of yours' }) })
const pastThisSecond = () => new Promise((resolve) => setTimeout(resolve, 1_100))

test('what Zoho refused is written when the record was mended and somebody tries again', async () => {
  const { approvalId, operationId } = await approved(await dealChange({ Next_Step: 'Call on Monday' }))
  const refused = await execute(operationId, refusing())
  // What has to be mended need not be what we write.
  await pastThisSecond()
  await edit('Deals', DEAL, { Description: 'mended' })

  await retry(tools, approvalId, dana)
  const again = await execute(operationId, tools)

  expect(refused.state).toBe('failed')
  expect(again.state).toBe('applied')
  expect(await deal()).toMatchObject({ Next_Step: 'Call on Monday', Description: 'mended' })
})

test('refused after an answer was lost, a write is still not made over a person who took it back', async () => {
  const { approvalId, operationId } = await approved(await dealChange({ Next_Step: 'Call on Tuesday' }))
  const { Next_Step: held = null } = await deal()
  zoho.breakZoho({ kind: 'lost_answer', method: 'PUT', count: 1 })
  await execute(operationId, tools)
  await pastThisSecond()
  await edit('Deals', DEAL, { Next_Step: held })
  await due(operationId)
  await execute(operationId, refusing())

  await retry(tools, approvalId, dana)
  const again = await execute(operationId, tools)

  expect(again.state).toBe('conflict')
  expect(await deal()).toMatchObject({ Next_Step: held })
})

/** It has no field of its own for our id: whoever sends it twice makes two. */
const newNote = (): CrmChange => ({
  action: 'create',
  module: 'Notes',
  parent: { module: 'Accounts', id: ACME, name: 'Acme' },
  fields: { Note_Title: 'Proposal', Note_Content: 'Offer them tea.' },
})
const SHORT_LEASE_MS = 300

/** For longer than a short lease another process is about to fetch a token, and never does. */
async function anotherFetchesToken(held: { accessToken?: null } = {}): Promise<void> {
  await zoho.writer.read('Accounts', ACME)
  await zoho.db
    .update(crmTokens)
    .set({
      ...held,
      refreshLease: 'another',
      refreshLeaseUntil: sql`clock_timestamp() + interval '1 second'`,
    })
    .where(eq(crmTokens.connection, 'write'))
}

test('a write that waited for its access token until its lease was over is not sent', async () => {
  const { operationId } = await approved(newNote())
  await anotherFetchesToken({ accessToken: null })
  const tokenless = { ...tools, crm: zoho.anotherWriter() }

  const tooLate = await execute(operationId, { ...tokenless, leaseMs: SHORT_LEASE_MS })
  const left = await row(operationId)
  const again = await execute(operationId, tokenless)

  expect([tooLate.state, again.state]).toEqual(['not-mine', 'applied'])
  expect(left).toMatchObject({ sentAt: null })
  expect(await newWrites()).toHaveLength(1)
})

test('a write whose token was refused goes out again only while its lease is still good', async () => {
  const { operationId } = await approved(newNote())
  zoho.breakZoho({ kind: 'expired_token', method: 'POST', path: '/Notes', count: 1 })
  await anotherFetchesToken()
  const restarted = { ...tools, crm: zoho.anotherWriter() }

  const tooLate = await execute(operationId, { ...restarted, leaseMs: SHORT_LEASE_MS })

  expect(tooLate.state).toBe('not-mine')
  expect((await newWrites()).map(({ status }) => status)).toEqual([401])
  expect((await execute(operationId, restarted)).state).toBe('applied')
})

test('a write whose token was refused goes out again with a fresh one, under a lease begun anew', async () => {
  const { operationId } = await approved(newNote())
  zoho.breakZoho({ kind: 'expired_token', method: 'POST', path: '/Notes', count: 1 })

  const outcome = await execute(operationId, { ...tools, crm: zoho.anotherWriter() })

  expect(outcome.state).toBe('applied')
  expect((await newWrites()).map(({ status }) => status)).toEqual([401, 201])
})

const row = async (id: string) =>
  (await zoho.db.select().from(operations).where(eq(operations.id, id)))[0] ?? expect.unreachable()
async function isSent(id: string): Promise<void> {
  while ((await row(id)).sentAt === null) await new Promise((resolve) => setTimeout(resolve, 5))
}

test('a creation whose answer was lost is looked for when it can no longer be on its way', async () => {
  const { operationId } = await approved(newNote())
  zoho.breakZoho({ kind: 'reset', method: 'POST', count: 1 })

  const outcome = await execute(operationId, tools)

  expect(outcome.state).toBe('unknown')
  const { sentAt, nextAttemptAt } = await row(operationId)
  expect(nextAttemptAt.getTime() - (sentAt?.getTime() ?? 0)).toBeGreaterThanOrEqual(tools.leaseMs)
})

test('a restart looks after an update at once, and after a creation when it can no longer be on its way', async () => {
  const creation = await approved(newNote())
  const change = await approved(await dealChange({ Next_Step: 'Call on Friday' }))
  zoho.breakZoho({ kind: 'slow', method: 'POST' })
  zoho.breakZoho({ kind: 'slow', method: 'PUT' })
  const killed = [creation, change].map(async ({ operationId }) => execute(operationId, tools))
  await Promise.all([isSent(creation.operationId), isSent(change.operationId)])

  await releaseLeases(zoho.db)
  const states = await Promise.all(
    [creation, change].map(async ({ operationId }) => (await execute(operationId, tools)).state),
  )

  expect(states).toEqual(['not-mine', 'applied'])
  await Promise.all(killed)
  expect((await newWrites()).filter(({ method }) => method === 'POST')).toHaveLength(1)
})

test('a process that stops gives back what it holds, and not what another took over', async () => {
  const own = await approved(await dealChange({ Next_Step: 'Call on Sunday' }))
  const lost = await approved(await dealChange({ Amount: 31_000 }))
  zoho.breakZoho({ kind: 'hang', method: 'PUT' })
  const { operations: held, messages } = noLeases()
  const stopping = [own, lost].map(({ operationId }) => execute(operationId, { ...tools, held }))
  await Promise.all([isSent(own.operationId), isSent(lost.operationId)])
  await zoho.db.update(operations).set({ lease: 'another' }).where(eq(operations.id, lost.operationId))

  await giveBack(zoho.db, { operations: held, messages })

  expect(await row(own.operationId)).toMatchObject({ state: 'unknown', lease: null, leaseUntil: null })
  expect(await row(lost.operationId)).toMatchObject({ state: 'writing', lease: 'another' })
  await Promise.all(stopping)
  expect(held.size).toBe(0)
})

test('what was made at the second attempt is not taken back: the first may still be on its way', async () => {
  const { approvalId, operationId } = await approved(newTask())
  zoho.breakZoho({ kind: 'reset', method: 'POST', count: 1 })
  await execute(operationId, tools)
  await due(operationId)
  const made = await execute(operationId, tools)

  const undone = await undo({ ...approvalTools(zoho.db), undoMs: 3_600_000 }, approvalId, dana)

  expect(made.state).toBe('applied')
  expect(undone).toMatchObject({ kind: 'refused' })
})

test('what was made is taken back, however often it had been put off before it left or refused', async () => {
  const { approvalId, operationId } = await approved(newTask())
  zoho.breakZoho({ kind: 'rate_limit', method: 'POST', count: 1 })
  const putOff = await execute(operationId, tools)
  const left = await row(operationId)
  await due(operationId)
  const nobodyListens = { accountsUrl: 'http://127.0.0.1:9', apiHosts: ['http://127.0.0.1:9'] }
  const unreachable = await execute(operationId, { ...tools, crm: zoho.anotherWriter(nobodyListens) })
  await zoho.db.delete(crmTokens)
  await due(operationId)
  const made = await execute(operationId, tools)

  const undone = await undo({ ...approvalTools(zoho.db), undoMs: 3_600_000 }, approvalId, dana)

  expect([putOff.state, unreachable.state, made.state]).toEqual(['planned', 'planned', 'applied'])
  expect(left).toMatchObject({ sentAt: null })
  expect(undone).toMatchObject({ kind: 'planned' })
})
