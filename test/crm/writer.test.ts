import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CrmWriter } from '../../src/crm/crm.ts'
import { UpstreamError } from '../../src/errors.ts'
import type { CrmChange } from '../../src/model/change.ts'
import { resolveFields } from '../../src/model/field.ts'
import { READ_CONNECTION } from '../../src/sandbox/zoho/oauth.ts'
import type { Db } from '../../src/store/db.ts'
import { openDatabase } from '../database.ts'
import { ACME, DEAL, LONG_AGO, OLA, smallCompany, TASK } from './company.ts'
import { startServer, startZohoWorld, type ZohoWorld } from './zoho-world.ts'

/** A database of its own takes its time where many start at once. */
const STARTING_MS = 60_000
let database: { db: Db; close(): Promise<void> }
let db: Db
beforeAll(async () => {
  database = await openDatabase()
  db = database.db
}, STARTING_MS)
afterAll(() => database.close())

type Update = Extract<CrmChange, { action: 'update' }>
type Creation = Extract<CrmChange, { action: 'create' }>
type Write = { method: string; path: string; headers: Record<string, string>; body: unknown; status: number }

const closing = (day: string): Update => ({
  action: 'update',
  module: 'Deals',
  recordId: DEAL,
  recordName: 'Acme renewal',
  fields: { Closing_Date: day },
  before: { Closing_Date: '2026-12-01' },
})
const task: Creation = {
  action: 'create',
  module: 'Tasks',
  parent: { module: 'Accounts', id: ACME, name: 'Acme' },
  fields: {
    Subject: 'Call Anna',
    Due_Date: '2026-12-05',
    Owner: { id: OLA, name: 'Ola Nord' },
    Description: 'About tea.',
  },
}
const meeting: Creation = {
  action: 'create',
  module: 'Events',
  parent: { module: 'Deals', id: DEAL, name: 'Acme renewal' },
  fields: {
    Event_Title: 'Review',
    Start_DateTime: '2026-12-05T10:00:00.000Z',
    End_DateTime: '2026-12-05T11:00:00+01:00',
  },
}
const note: Creation = {
  action: 'create',
  module: 'Notes',
  parent: { module: 'Accounts', id: ACME, name: 'Acme' },
  fields: { Note_Title: 'Proposal', Note_Content: 'Offer them tea.' },
}

const writes = (zoho: ZohoWorld) => zoho.control<Write[]>('GET', '/zoho/writes')
const stored = (zoho: ZohoWorld, module: string, id: string) =>
  zoho.control<Record<string, unknown>>('GET', `/zoho/records?module=${module}&id=${id}`)
const modifiedAt = async (zoho: ZohoWorld, module: string, id: string) =>
  String((await stored(zoho, module, id)).Modified_Time)
const atOnce = async () => {}
const unmapped = resolveFields({ 'Tasks.operationId': null, 'Events.operationId': null }).fields

test('an update carries exactly the change, sets off no automation, and names what it was based on', async () => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db })

  const outcome = await zoho.writer.update(closing('2026-12-15'), '2026-01-10T09:00:00.123Z', atOnce)

  expect(outcome).toMatchObject({ kind: 'written', recordId: DEAL, modifiedAt: expect.any(String) })
  expect(await stored(zoho, 'Deals', DEAL)).toMatchObject({ Closing_Date: '2026-12-15', Amount: 20_000 })
  expect(await writes(zoho)).toMatchObject([
    {
      method: 'PUT',
      path: `/crm/v8/Deals/${DEAL}`,
      headers: { 'if-unmodified-since': '2026-01-10T09:00:00+00:00' },
      status: 200,
    },
  ])
  expect((await writes(zoho))[0]?.body).toEqual({ data: [{ Closing_Date: '2026-12-15' }], trigger: [] })
})

test('automation runs only when it was configured', async () => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db })

  await zoho.anotherWriter({ automation: ['workflow'] }).update(closing('2026-12-15'), LONG_AGO, atOnce)

  expect((await writes(zoho))[0]?.body).toMatchObject({ trigger: ['workflow'] })
})

test('a change is not written over an edit that a person made meanwhile', async () => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db })
  await zoho.control('POST', '/zoho/edit', {
    module: 'Deals',
    id: DEAL,
    fields: { Closing_Date: '2027-01-31' },
  })

  const outcome = await zoho.writer.update(closing('2026-12-15'), LONG_AGO, atOnce)

  expect(outcome).toEqual({ kind: 'moved' })
  expect(await stored(zoho, 'Deals', DEAL)).toMatchObject({ Closing_Date: '2027-01-31' })
})

test.each([
  [{ Stage: 'Nirvana' }, 'INVALID_DATA', 'field Stage'],
  [{ Deal_Name: '' }, 'MANDATORY_NOT_FOUND', 'field Deal_Name'],
])('a value that Zoho refuses (%j) comes back with its code and the field', async (fields, code, words) => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db })

  const outcome = await zoho.writer.update({ ...closing('2026-12-15'), fields }, LONG_AGO, atOnce)

  expect(outcome).toMatchObject({ kind: 'refused', code, message: expect.stringContaining(words) })
})

test.each([
  ['RECORD_LOCKED', 'locked in Zoho'],
  ['RECORD_IN_BLUEPRINT', 'a Blueprint in Zoho'],
])('%s hidden in an answer with 200 is a refusal that a person can read', async (code, words) => {
  await using server = await startServer((req, res) => {
    if (req.path === '/oauth/v2/token')
      res.json({ access_token: 'local', api_domain: server.url, expires_in: 3600 })
    else res.json({ data: [{ code, status: 'error', message: 'x', details: { api_name: 'Stage' } }] })
  })
  await using zoho = await startZohoWorld({ company: smallCompany(), db })
  const writer = zoho.anotherWriter({
    accountsUrl: server.url,
    apiHosts: [server.url],
    credentials: { clientId: 'local', clientSecret: 'local', refreshToken: server.url },
  })

  expect(await writer.update(closing('2026-12-15'), LONG_AGO, atOnce)).toMatchObject({
    kind: 'refused',
    code,
    message: expect.stringContaining(words),
  })
})

test('the read connection cannot write', async () => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db })

  const outcome = await zoho
    .anotherWriter({ credentials: READ_CONNECTION })
    .update(closing('2026-12-15'), LONG_AGO, atOnce)

  expect(outcome).toMatchObject({ kind: 'refused', code: 'OAUTH_SCOPE_MISMATCH' })
  expect(await stored(zoho, 'Deals', DEAL)).toMatchObject({ Closing_Date: '2026-12-01' })
})

test.each([
  ['lost_answer', true],
  ['reset', true],
  ['error', true],
  ['html', true],
  ['hang', true],
  ['rate_limit', false],
] as const)(
  'a write struck by %s is never repeated and says that it may have arrived: %s',
  async (kind, sent) => {
    await using zoho = await startZohoWorld({ company: smallCompany(), db })
    await zoho.writer.read('Deals', DEAL)
    zoho.breakZoho({ kind })
    const writer = zoho.anotherWriter({ timeoutMs: 300 })

    const error = await writer
      .update(closing('2026-12-15'), LONG_AGO, atOnce)
      .catch((thrown: unknown) => thrown)

    expect(error).toBeInstanceOf(UpstreamError)
    expect(error).toMatchObject({ service: 'zoho', sent })
    expect(await writes(zoho)).toHaveLength(1)
  },
)

test('a write that found nobody listening was not sent', async () => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db })
  await zoho.writer.read('Deals', DEAL)
  const { writer } = zoho
  await zoho[Symbol.asyncDispose]()
  // The first call finds a connection that was just cut, and cannot know what went over it.
  await writer.update(closing('2026-12-15'), LONG_AGO, atOnce).catch(() => undefined)

  const error = await writer
    .update(closing('2026-12-15'), LONG_AGO, atOnce)
    .catch((thrown: unknown) => thrown)

  expect(error).toMatchObject({ service: 'zoho', sent: false })
})

test.each([task, meeting])(
  'a creation in $module is tied to its parent, and its repetition makes no second record',
  async (change) => {
    await using zoho = await startZohoWorld({ company: smallCompany(), db })

    const first = await zoho.writer.create(change, 'op-1', atOnce)
    const second = await zoho.writer.create(change, 'op-1', atOnce)

    expect(first).toMatchObject({ kind: 'written' })
    expect(second).toMatchObject({ kind: 'written', recordId: recordOf(first) })
    expect(await stored(zoho, change.module, recordOf(first))).toMatchObject({
      What_Id: { id: change.parent.id },
      $se_module: change.parent.module,
      Sergas_Id: 'op-1',
    })
  },
)

test.each([
  ['by its own field', task, resolveFields({}).fields],
  ['by its own field', meeting, resolveFields({}).fields],
  ['by its mark', task, unmapped],
  ['by its mark', meeting, unmapped],
  ['by its mark', note, resolveFields({}).fields],
])('a creation whose answer was lost is found %s', async (_, change, fields) => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db, fields })
  expect(await zoho.writer.findCreated(change, 'op-7')).toBeNull()
  zoho.breakZoho({ kind: 'lost_answer', count: 1, path: `/${change.module}` })
  const error = await zoho.writer.create(change, 'op-7', atOnce).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ sent: true })

  const found = await zoho.writer.findCreated(change, 'op-7')

  expect(found?.record.id).toMatch(/^\d+$/)
  expect(Object.keys(found?.fields ?? {}).sort()).toEqual(Object.keys(change.fields).sort())
  const text = change.module === 'Notes' ? 'Note_Content' : 'Description'
  // Our mark is not part of what was approved.
  expect(found?.fields[text] ?? null).toEqual(change.fields[text] ?? found?.fields[text] ?? null)
  expect(await zoho.writer.findCreated(change, 'op-8')).toBeNull()
})

test('undoing a creation removes our record, unless somebody touched it since', async () => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db })
  const made = recordOf(await zoho.writer.create(task, 'op-1', atOnce))
  const removal = (id: string, unmodifiedSince: string): Extract<CrmChange, { action: 'remove' }> => ({
    action: 'remove',
    module: 'Tasks',
    recordId: id,
    recordName: 'Call Anna',
    createdBy: 'op-1',
    unmodifiedSince,
    before: task.fields,
  })

  expect(await zoho.writer.remove(removal(TASK, '2020-01-01T00:00:00+00:00'), atOnce)).toEqual({
    kind: 'moved',
  })
  expect(
    await zoho.writer.remove(removal(made, await modifiedAt(zoho, 'Tasks', made)), atOnce),
  ).toMatchObject({
    kind: 'written',
  })
  expect(await zoho.writer.read('Tasks', made)).toBeNull()
  expect(await zoho.writer.read('Tasks', TASK)).not.toBeNull()
})

test('the live record is read with the write connection, and its fields in the form of a change', async () => {
  await using zoho = await startZohoWorld({ company: smallCompany(), db })

  const record = await zoho.writer.read('Deals', DEAL)

  expect(record && zoho.writer.fieldsOf(record, ['Closing_Date', 'Amount', 'Owner', 'Next_Step'])).toEqual({
    Closing_Date: '2026-12-01',
    Amount: 20_000,
    Owner: { id: OLA, name: 'Ola Nord' },
    Next_Step: null,
  })
})

function recordOf(outcome: Awaited<ReturnType<CrmWriter['create']>>): string {
  if (outcome.kind !== 'written') throw new Error(`not written: ${JSON.stringify(outcome)}`)
  return outcome.recordId
}
