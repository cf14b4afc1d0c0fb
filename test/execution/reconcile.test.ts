import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { approve } from '../../src/approval/approval.ts'
import { type ExecuteTools, execute } from '../../src/execution/execute.ts'
import { reconcile, remembered, settle } from '../../src/execution/reconcile.ts'
import { createLog } from '../../src/log.ts'
import type { CrmChange, Fields } from '../../src/model/change.ts'
import { transaction } from '../../src/store/db.ts'
import { assumeSent } from '../../src/store/restored.ts'
import { approvals, decisions, operations } from '../../src/store/schema.ts'
import { approvalTools, dana, insertPeople, shown } from '../approval/proposal.ts'
import { ACME, DEAL, smallCompany } from '../crm/company.ts'
import { startZohoWorld, type ZohoWorld } from '../crm/zoho-world.ts'
import { openDatabase } from '../database.ts'

/** A database that came back from a backup, beside a CRM that did not. */

let zoho: ZohoWorld
let close: () => Promise<void>
let tools: ExecuteTools
let began: Date
let day = 1

beforeAll(async () => {
  const database = await openDatabase()
  close = database.close
  zoho = await startZohoWorld({ company: smallCompany(), db: database.db })
  await insertPeople(database.db)
  const { audit } = approvalTools(database.db)
  tools = { db: zoho.db, crm: zoho.writer, audit, log: createLog('silent'), leaseMs: 60_000, held: new Set() }
  began = new Date()
})
afterAll(async () => {
  await zoho[Symbol.asyncDispose]()
  await close()
})

const writes = () => zoho.control<unknown[]>('GET', '/zoho/writes')
const deal = () => zoho.control<Fields>('GET', `/zoho/records?module=Deals&id=${DEAL}`)
const found = async () => reconcile(zoho.db, await remembered(zoho.traces, began))

async function moved(field: 'Closing_Date' | 'Next_Step'): Promise<CrmChange & { action: 'update' }> {
  const to = `2027-05-${String(day++).padStart(2, '0')}`
  return {
    action: 'update',
    module: 'Deals',
    recordId: DEAL,
    recordName: 'Acme renewal',
    fields: { [field]: to },
    before: { [field]: (await deal())[field] ?? null },
  }
}
const moveClosing = () => moved('Closing_Date')

const note = (title: string): CrmChange => ({
  action: 'create',
  module: 'Notes',
  parent: { module: 'Accounts', id: ACME, name: 'Acme' },
  fields: { Note_Title: title, Note_Content: 'We spoke.' },
})

async function written(change: CrmChange): Promise<{ approvalId: string; operationId: string }> {
  const approval = await shown(approvalTools(zoho.db), { change })
  const outcome = await approve(approvalTools(zoho.db), { approvalId: approval.id, version: 1, person: dana })
  if (outcome.kind !== 'decided' || !outcome.operationId) throw new Error('It was not approved')
  expect((await execute(outcome.operationId, tools)).state).toBe('applied')
  return { approvalId: approval.id, operationId: outcome.operationId }
}

/** As a backup has it that was taken between the press and its write. */
const beforeTheWrite = (id: string) =>
  zoho.db
    .update(operations)
    .set({ state: 'planned', sentAt: null, receipt: null, finishedAt: null, attempt: 0 })
    .where(eq(operations.id, id))

/** As a backup has it that was taken before the press. */
async function beforeTheDecision(approvalId: string): Promise<void> {
  await zoho.db.delete(operations).where(eq(operations.approvalId, approvalId))
  await zoho.db.delete(decisions).where(eq(decisions.approvalId, approvalId))
  await zoho.db
    .update(approvals)
    .set({ state: 'pending', decidedAt: null, decidedBy: null })
    .where(eq(approvals.id, approvalId))
}

const held = () => transaction(zoho.db, (tx) => assumeSent(tx, null))

const stateOf = async (id: string) =>
  (await zoho.db.select().from(operations).where(eq(operations.id, id)))[0]?.state

test.each([
  ['an update', moveClosing],
  ['a note, which has no field for our id', async () => note('Kick-off')],
])('%s whose outcome is lost is read back, and not written twice', async (_, change) => {
  const { operationId } = await written(await change())
  const before = (await writes()).length
  await beforeTheWrite(operationId)
  await held()

  expect((await execute(operationId, tools)).state).toBe('applied')

  expect(await writes()).toHaveLength(before)
})

test('what an operation accounts for needs no explanation', async () => {
  await written(await moveClosing())
  await written(note('Agenda'))

  expect(await found()).toMatchObject({ carriedOut: [], unrecorded: [] })
})

test('the effect of a lost decision is found, also when somebody edited the record since', async () => {
  const update = await written(await moved('Next_Step'))
  const creation = await written(note('Minutes'))
  await beforeTheDecision(update.approvalId)
  await beforeTheDecision(creation.approvalId)
  await zoho.control('POST', '/zoho/edit', { module: 'Deals', id: DEAL, fields: { Amount: 7 } })

  const { unrecorded } = await found()

  expect(unrecorded).toMatchObject([
    { did: 'updated', module: 'Deals', recordId: DEAL, waiting: { id: update.approvalId } },
    { did: 'created', module: 'Notes', name: 'Minutes', waiting: { id: creation.approvalId } },
  ])
  // For the tests that follow.
  await zoho.db
    .delete(approvals)
    .where(eq(approvals.id, update.approvalId))
    .catch(() => {})
  began = new Date(Date.now() + 1_000)
  await new Promise((resolve) => setTimeout(resolve, 1_500))
})

test('a change that was taken back in the lost time is not written once more', async () => {
  const change = await moveClosing()
  const first = await written(change)
  const taken: CrmChange = { ...change, fields: change.before, before: change.fields }
  const back = await written(taken)
  await beforeTheWrite(first.operationId)
  await beforeTheDecision(back.approvalId)
  await held()
  const before = (await writes()).length

  const { carriedOut, unrecorded } = await found()
  for (const each of carriedOut) await settle(tools, each)

  expect(unrecorded.filter(({ fields }) => fields.includes('Closing_Date'))).toHaveLength(1)
  expect(await stateOf(first.operationId)).toBe('applied')
  expect((await execute(first.operationId, tools)).state).toBe('not-mine')
  expect(await writes()).toHaveLength(before)
  expect(await deal()).toMatchObject(change.before)
})

test('a card that was pressed again before anybody compared writes no second record', async () => {
  const creation = await written(note('Recap'))
  await beforeTheDecision(creation.approvalId)
  const before = (await writes()).length
  const again = await approve(approvalTools(zoho.db), {
    approvalId: creation.approvalId,
    version: 1,
    person: dana,
  })
  if (again.kind !== 'decided' || !again.operationId) throw new Error('It was not approved')

  const { carriedOut } = await found()
  for (const each of carriedOut) await settle(tools, each)

  expect(await stateOf(again.operationId)).toBe('applied')
  expect(await writes()).toHaveLength(before)
})

test('an effect is not taken for that of an approval which asked for another value', async () => {
  const lost = await written(await moveClosing())
  await beforeTheDecision(lost.approvalId)
  const asked = await shown(approvalTools(zoho.db), { change: await moveClosing() })
  const pressed = await approve(approvalTools(zoho.db), {
    approvalId: asked.id,
    version: 1,
    person: dana,
  })
  if (pressed.kind !== 'decided' || !pressed.operationId) throw new Error('It was not approved')
  await held()

  const { carriedOut, unrecorded } = await found()

  expect(carriedOut).toEqual([])
  expect(unrecorded.map(({ waiting }) => waiting?.id)).toContain(lost.approvalId)
})
