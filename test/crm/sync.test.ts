import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { asc, eq } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { deletedSync } from '../../src/crm/sync/deleted.ts'
import { deltaSync } from '../../src/crm/sync/delta.ts'
import { checkFields } from '../../src/crm/sync/fields-check.ts'
import { fullSync } from '../../src/crm/sync/full.ts'
import { syncPeople } from '../../src/crm/sync/people.ts'
import type { SyncTools } from '../../src/crm/sync/progress.ts'
import { refreshAccount } from '../../src/crm/sync/refresh-account.ts'
import { refreshRecords } from '../../src/crm/sync/refresh-records.ts'
import { resolveFields } from '../../src/model/field.ts'
import { type CrmData, recordId, zohoTime } from '../../src/sandbox/data/crm-data.ts'
import { loadCompany } from '../../src/sandbox/data/csv-company.ts'
import { accountIdsOf } from '../../src/store/account-ids.ts'
import type { Db } from '../../src/store/db.ts'
import { accountFacts, accountFactsOf, findAccounts } from '../../src/store/mirror.ts'
import {
  accounts,
  activities,
  changes,
  contacts,
  crmTokens,
  deals,
  owners,
  syncState,
} from '../../src/store/schema.ts'
import { openDatabase } from '../database.ts'
import {
  ACME,
  ANNA,
  account,
  CALL,
  DEAL,
  EMAIL,
  GLOBEX,
  LONG_AGO,
  NOTE,
  OLA,
  PIA,
  smallCompany,
  TASK,
} from './company.ts'
import { startZohoWorld, type ZohoWorld } from './zoho-world.ts'

/** A database of its own takes its time where many start at once. */
const STARTING_MS = 60_000
let database: { db: Db; close(): Promise<void> }
let db: Db
beforeAll(async () => {
  database = await openDatabase()
  db = database.db
}, STARTING_MS)
afterAll(() => database.close())
const TABLES: PgTable[] = [accounts, contacts, deals, activities, changes, syncState, owners, crmTokens]
beforeEach(async () => {
  for (const table of TABLES) await db.delete(table)
})

const mapped = resolveFields({}).fields

async function start(company: CrmData = smallCompany()) {
  const zoho = await startZohoWorld({ company, db })
  const { fields, choices } = await zoho.checked()
  const tools = (): SyncTools => ({ db, crm: zoho.reader, fields, choices, now: new Date() })
  return { zoho, tools, [Symbol.asyncDispose]: () => zoho[Symbol.asyncDispose]() }
}

const edit = (zoho: ZohoWorld, module: string, id: string, fields: Record<string, unknown>) =>
  zoho.control('POST', '/zoho/edit', { module, id, fields })

const changesOf = async (recordId: string) =>
  (
    await db
      .select({ field: changes.field, old: changes.old, new: changes.new, accountId: changes.accountId })
      .from(changes)
      .where(eq(changes.recordId, recordId))
      .orderBy(asc(changes.id))
  ).map((change) => ({ ...change }))

async function factsOf(id: string) {
  const facts = await accountFacts(db, id, new Date())
  if (!facts) throw new Error(`no facts of ${id}`)
  return facts
}

describe('the first sync', () => {
  test('brings every record in, in our words, and calls nothing a change', async () => {
    await using world = await start()

    const result = await fullSync(world.tools())

    expect(result).toMatchObject({ seen: 9, changed: 9, deleted: 0, problems: [] })
    expect([...result.accountIds].sort()).toEqual([ACME, GLOBEX])
    expect(await db.select().from(changes)).toEqual([])
    const facts = await factsOf(ACME)
    expect(facts.account).toMatchObject({
      id: ACME,
      name: 'Acme',
      ownerId: OLA,
      status: 'active',
      statusText: 'Active',
      annualRevenue: 1_500_000.5,
      healthScore: 72,
      renewalDate: '2026-12-31',
      paymentStatus: 'paid',
      createdAt: new Date(LONG_AGO),
    })
    expect(facts.deals).toMatchObject([
      { id: DEAL, outcome: 'open', stage: 'Proposal', amount: 20_000, stageChangedAt: new Date(LONG_AGO) },
    ])
    expect(facts.contacts).toMatchObject([{ id: ANNA, name: 'Anna Berg', email: 'anna@acme.example' }])
    expect(facts.asOf).toBeInstanceOf(Date)
    expect(facts.missing).toEqual([])
  })

  test('activities find their account directly, through their deal, or through their contact', async () => {
    await using world = await start()

    await fullSync(world.tools())

    const { activities: found } = await factsOf(ACME)
    expect(
      Object.fromEntries(found.map((each) => [each.id, [each.type, each.subject, each.completed]])),
    ).toMatchObject({
      [TASK]: ['task', 'Prepare offer', false],
      [EMAIL]: ['email', 'Hello', true],
      [CALL]: ['call', 'Check-in', null],
      [NOTE]: ['note', 'Remember', null],
    })
    expect(found.find(({ id }) => id === TASK)).toMatchObject({
      dealId: DEAL,
      at: new Date('2026-11-30T12:00:00Z'),
    })
    expect(found.find(({ id }) => id === CALL)).toMatchObject({ contactId: ANNA })
  })

  test('an e-mail that is still to be written is a task, not contact that happened', async () => {
    await using world = await start(
      smallCompany(({ Tasks }) => {
        for (const task of Tasks) task.Status = 'In Progress'
      }),
    )

    await fullSync(world.tools())

    const { activities: found } = await factsOf(ACME)
    expect(found.find(({ id }) => id === EMAIL)).toMatchObject({ type: 'task', completed: false })
  })

  test('what cannot be understood becomes unknown or empty and is said, never "now"', async () => {
    const company = smallCompany(({ Accounts, Deals, Events, Notes }) => {
      Object.assign(Accounts[0] ?? {}, {
        Account_Status: 'Hibernating',
        Payment_Status: 'Sometimes',
        Owner: null,
        Health_Score: 250,
        Annual_Revenue: 'plenty',
        Renewal_Date: 'soon',
        Account_Name: null,
      })
      Object.assign(Deals[0] ?? {}, {
        Stage: 'Limbo',
        Stage_Changed_Time: '2026-03-01T10:00:00',
        Amount: null,
      })
      Object.assign(Events[0] ?? {}, { Start_DateTime: '2026-03-01T10:00:00' })
      Object.assign(Notes[0] ?? {}, { Parent_Id: null })
    })
    await using world = await start(company)

    const { problems } = await fullSync(world.tools())

    const { account: acme, deals: found, activities: happened, owner } = await factsOf(ACME)
    expect(owner).toBeNull()
    expect(acme).toMatchObject({
      name: `(account ${ACME} without a name)`,
      ownerId: null,
      status: 'unknown',
      statusText: 'Hibernating',
      paymentStatus: 'unknown',
      healthScore: null,
      annualRevenue: null,
      renewalDate: null,
    })
    expect(found).toMatchObject([{ stage: 'Limbo', outcome: 'unknown', stageChangedAt: null, amount: null }])
    expect(happened.find(({ type }) => type === 'meeting')).toMatchObject({ at: null })
    expect(problems).toEqual(
      expect.arrayContaining([
        `Accounts ${ACME}: we do not know the status "Hibernating"`,
        `Accounts ${ACME}: the health score 250 is not between 0 and 100`,
        `Accounts ${ACME}: Annual_Revenue is no number`,
        `Accounts ${ACME}: Renewal_Date is no date`,
        `Deals ${DEAL}: we do not know the stage "Limbo"`,
        `Deals ${DEAL}: Stage_Changed_Time has no time zone, so its moment is unknown`,
      ]),
    )
  })

  test('a field that the CRM does not have is switched off, said, and not asked for', async () => {
    await using zoho = await startZohoWorld({
      company: smallCompany(),
      db,
      fields: resolveFields({ 'Accounts.status': 'Lifecycle', 'Accounts.healthScore': 'Rating' }).fields,
    })
    const { fields, choices, problems } = await zoho.checked()

    expect(problems).toEqual([
      'Accounts.status: Zoho has no field Lifecycle, or hides it from us: switched off',
      'Accounts.healthScore: Rating is a picklist in Zoho, not a number: switched off',
    ])
    expect(fields.Accounts.status.api).toBeNull()
    expect(choices.Deals?.stage).toContain('Closed Won')
    const crm = zoho.anotherReader({ fields: () => fields })
    await fullSync({ db, crm, fields, choices, now: new Date() })
    expect((await factsOf(ACME)).account).toMatchObject({ name: 'Acme', status: 'unknown', statusText: null })
  })

  test('deals are won or lost by their stage', async () => {
    const company = smallCompany(({ Deals }) => {
      const [first] = Deals
      for (const [at, Stage] of ['Closed Won', 'Closed Lost', 'Closed-Lost to Competition'].entries()) {
        if (first) Deals.push({ ...first, id: recordId('Deals', at + 2), Stage })
      }
    })
    await using world = await start(company)

    await fullSync(world.tools())

    expect((await factsOf(ACME)).deals.map(({ outcome }) => outcome)).toEqual(['open', 'won', 'lost', 'lost'])
  })
})

describe('later syncs', () => {
  test('a delta without edits changes nothing', async () => {
    await using world = await start()
    await fullSync(world.tools())

    expect(await deltaSync(world.tools())).toMatchObject({ changed: 0, accountIds: [] })
    expect(await fullSync(world.tools())).toMatchObject({ seen: 9, changed: 0, deleted: 0, accountIds: [] })
    expect(await db.select().from(changes)).toEqual([])
  })

  test('a delta brings edits in and keeps what moved, field by field', async () => {
    await using world = await start()
    await fullSync(world.tools())
    await edit(world.zoho, 'Accounts', ACME, { Account_Status: 'At Risk', Owner: { id: PIA }, Phone: '123' })
    await edit(world.zoho, 'Deals', DEAL, { Stage: 'Negotiation', Amount: 25_000, Next_Step: 'Call' })

    const result = await deltaSync(world.tools())

    expect(result).toMatchObject({ changed: 2, accountIds: [ACME] })
    expect(await changesOf(ACME)).toEqual([
      { field: 'owner', old: OLA, new: PIA, accountId: ACME },
      { field: 'status', old: 'Active', new: 'At Risk', accountId: ACME },
    ])
    expect(await changesOf(DEAL)).toEqual([
      { field: 'stage', old: 'Proposal', new: 'Negotiation', accountId: ACME },
      { field: 'amount', old: '20000', new: '25000', accountId: ACME },
      { field: 'nextStep', old: null, new: 'Call', accountId: ACME },
      { field: 'probability', old: null, new: '80', accountId: ACME },
    ])
    expect((await factsOf(ACME)).changes.map(({ field }) => field).sort()).toEqual([
      'amount',
      'nextStep',
      'owner',
      'probability',
      'stage',
      'status',
    ])
  })

  test('where the CRM keeps no date for it, a stage changed when we saw it change', async () => {
    await using zoho = await startZohoWorld({
      company: smallCompany(),
      db,
      fields: resolveFields({ 'Deals.stageChangedAt': null }).fields,
    })
    const { fields, choices } = await zoho.checked()
    const sync = () => deltaSync({ db, crm: zoho.reader, fields, choices, now: new Date() })
    await sync()
    expect((await factsOf(ACME)).deals[0]?.stageChangedAt).toBeNull()

    const { Modified_Time } = (await edit(zoho, 'Deals', DEAL, { Stage: 'Negotiation' })) as {
      Modified_Time: string
    }
    await sync()
    await edit(zoho, 'Deals', DEAL, { Next_Step: 'Wait' })
    await sync()

    expect((await factsOf(ACME)).deals[0]?.stageChangedAt).toEqual(new Date(Modified_Time))
  })

  test('usage is followed once a field is mapped for it, and absent before', async () => {
    await using world = await start(
      smallCompany(({ Accounts }) => Object.assign(Accounts[0] ?? {}, { Employees: 40 })),
    )
    await fullSync(world.tools())
    expect((await factsOf(ACME)).account).not.toHaveProperty('usage')

    const fields = resolveFields({ 'Accounts.usage': 'Employees' }).fields
    const crm = world.zoho.anotherReader({ fields: () => fields })
    const sync = () => fullSync({ ...world.tools(), crm, fields })
    await sync()
    await edit(world.zoho, 'Accounts', ACME, { Employees: 55 })
    await sync()

    expect((await factsOf(ACME)).account.usage).toBe(55)
    expect((await changesOf(ACME)).filter(({ field }) => field === 'usage')).toEqual([
      { field: 'usage', old: null, new: '40', accountId: ACME },
      { field: 'usage', old: '40', new: '55', accountId: ACME },
    ])
  })

  test('a contact who gets another title is a change of the account', async () => {
    await using world = await start()
    await fullSync(world.tools())

    await edit(world.zoho, 'Contacts', ANNA, { Title: 'CFO' })
    await deltaSync(world.tools())

    expect(await changesOf(ANNA)).toMatchObject([{ field: 'title', new: 'CFO', accountId: ACME }])
  })

  test('an activity tells how it went and who began it, as far as the CRM says', async () => {
    const company = smallCompany(({ Calls, Tasks }) => {
      Object.assign(Calls[0] ?? {}, { Call_Result: 'Left voicemail' })
      Object.assign(Tasks[1] ?? {}, { Description: 'Direction: Inbound\n\nWe are happy.' })
    })
    await using world = await start(company)

    await fullSync(world.tools())

    const told = (await factsOf(ACME)).activities.map(({ type, outcome, direction }) => ({
      type,
      outcome,
      direction,
    }))
    expect(told).toContainEqual({ type: 'call', outcome: 'Left voicemail', direction: 'outbound' })
    expect(told).toContainEqual({ type: 'email', outcome: null, direction: 'inbound' })
    expect(told).toContainEqual({ type: 'note', outcome: null, direction: null })
  })

  test('a record that appears after the first sync is a change of its account', async () => {
    await using world = await start()
    await fullSync(world.tools())
    const answer = await world.zoho.writer.create(
      {
        action: 'create',
        module: 'Tasks',
        parent: { module: 'Deals', id: DEAL, name: 'Acme renewal' },
        fields: { Subject: 'Call Anna' },
      },
      'op-1',
      async () => {},
    )
    if (answer.kind !== 'written') throw new Error(answer.kind)

    const result = await deltaSync(world.tools())

    expect(result.accountIds).toEqual([ACME])
    expect(await changesOf(answer.recordId)).toEqual([
      { field: 'record', old: null, new: 'Call Anna', accountId: ACME },
    ])
  })

  test('a deletion is seen by looking for deletions, and by a full sync', async () => {
    await using world = await start()
    await fullSync(world.tools())
    await world.zoho.control('POST', '/zoho/delete', { module: 'Contacts', id: ANNA })
    await world.zoho.control('POST', '/zoho/delete', { module: 'Tasks', id: TASK })

    expect(await deltaSync(world.tools())).toMatchObject({ deleted: 0 })
    expect(await deletedSync(world.tools(), ['Contacts'])).toMatchObject({ deleted: 1, accountIds: [ACME] })
    expect(await fullSync(world.tools())).toMatchObject({ deleted: 1, accountIds: [ACME] })

    const facts = await factsOf(ACME)
    expect(facts.contacts).toEqual([])
    expect(facts.activities.map(({ id }) => id)).not.toContain(TASK)
    expect(await changesOf(TASK)).toEqual([
      { field: 'record', old: 'Prepare offer', new: null, accountId: ACME },
    ])
  })

  test('a module that suddenly shows nothing is not taken for deleted', async () => {
    await using full = await start()
    await fullSync(full.tools())
    await using emptied = await start(smallCompany((records) => records.Deals.splice(0)))

    const result = await fullSync(emptied.tools())

    expect(result.deleted).toBe(0)
    expect(result.problems).toEqual([
      'Deals: Zoho showed none of the records it had; they are kept as they were',
    ])
    expect((await factsOf(ACME)).deals).toHaveLength(1)
  })

  test('an older version never overwrites a newer one', async () => {
    await using world = await start()
    await fullSync(world.tools())
    await edit(world.zoho, 'Accounts', ACME, { Industry: 'Tea' })
    await deltaSync(world.tools())
    await using yesterday = await start()

    await refreshRecords(yesterday.tools(), { module: 'Accounts', ids: [ACME] })

    expect((await factsOf(ACME)).account.industry).toBe('Tea')
  })

  test('a sync that was cut short says so and is made up for by the next', async () => {
    await using world = await start()
    await fullSync(world.tools())
    await edit(world.zoho, 'Deals', DEAL, { Amount: 1 })
    world.zoho.breakZoho({ kind: 'rate_limit', path: '/coql' })

    await expect(deltaSync(world.tools())).rejects.toThrow('slow down')
    expect((await factsOf(ACME)).missing).toEqual([
      'Accounts could not be read from the CRM: Zoho asks us to slow down',
    ])
    world.zoho.mend()
    await deltaSync(world.tools())

    expect((await factsOf(ACME)).missing).toEqual([])
    expect((await factsOf(ACME)).deals[0]?.amount).toBe(1)
  })
})

describe('reading again on request', () => {
  test('the records a notification names are read, and those that are gone are marked', async () => {
    await using world = await start()
    await fullSync(world.tools())
    await edit(world.zoho, 'Deals', DEAL, { Amount: 99 })
    await world.zoho.control('POST', '/zoho/delete', { module: 'Tasks', id: TASK })

    const deal = await refreshRecords(world.tools(), { module: 'Deals', ids: [DEAL, recordId('Deals', 77)] })
    const task = await refreshRecords(world.tools(), { module: 'Tasks', ids: [TASK] })

    expect(deal).toMatchObject({ seen: 1, changed: 1, deleted: 0, accountIds: [ACME] })
    expect(task).toMatchObject({ deleted: 1, accountIds: [ACME] })
    expect((await factsOf(ACME)).deals[0]?.amount).toBe(99)
  })

  test('one account is read with everything around it in seven calls', async () => {
    await using world = await start()
    await fullSync(world.tools())
    await edit(world.zoho, 'Contacts', ANNA, { Title: 'CEO' })
    await edit(world.zoho, 'Tasks', TASK, { Status: 'Completed' })
    const before = world.zoho.counter.counts().total

    const result = await refreshAccount(world.tools(), ACME)

    expect(world.zoho.counter.counts().total - before).toBe(7)
    expect(result).toMatchObject({ changed: 2, accountIds: [ACME] })
    expect((await factsOf(ACME)).contacts).toMatchObject([{ title: 'CEO' }])
  })

  test('an account that is gone is answered with null and leaves the mirror', async () => {
    await using world = await start()
    await fullSync(world.tools())
    await world.zoho.control('POST', '/zoho/delete', { module: 'Accounts', id: GLOBEX })

    expect(await refreshAccount(world.tools(), GLOBEX)).toBeNull()
    expect(await accountFacts(db, GLOBEX, new Date())).toBeNull()
  })
})

describe('the facts of an account', () => {
  test('hold the newest two hundred activities, newest first and undated ones last', async () => {
    const day = (at: number) => zohoTime(new Date(Date.UTC(2026, 0, 1 + at)))
    const company = smallCompany(({ Calls }) => {
      const [first] = Calls
      for (let at = 2; at <= 250; at += 1) {
        if (first)
          Calls.push({ ...first, id: recordId('Calls', at), Call_Start_Time: at === 99 ? null : day(at) })
      }
    })
    await using world = await start(company)
    await fullSync(world.tools())

    const { activities: found } = await factsOf(ACME)
    const times = found.map(({ at }) => at?.getTime() ?? 0)

    expect(found).toHaveLength(200)
    expect(times).toEqual(times.toSorted((a, b) => b - a))
    expect(found.map(({ id }) => id)).not.toContain(recordId('Calls', 99))
  })

  test('are the same for one account as for many, and leave out what is unknown', async () => {
    await using world = await start()
    await fullSync(world.tools())
    await edit(world.zoho, 'Deals', DEAL, { Amount: 7 })
    await deltaSync(world.tools())
    const now = new Date()

    const many = await accountFactsOf(db, [GLOBEX, ACME, recordId('Accounts', 99), ACME], now)

    expect(many).toEqual([await accountFacts(db, ACME, now), await accountFacts(db, GLOBEX, now)])
  })

  test('hold the changes of half a year', async () => {
    await using world = await start()
    await fullSync(world.tools())
    const common = {
      module: 'Accounts',
      recordId: ACME,
      accountId: ACME,
      field: 'name',
      source: 'sync',
    } as const
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000)
    await db.insert(changes).values([
      { ...common, new: 'recent', at: daysAgo(179) },
      { ...common, new: 'old', at: daysAgo(181) },
    ])

    expect((await factsOf(ACME)).changes.map((change) => change.new)).toEqual(['recent'])
  })

  test('hold one change when two syncs see the same edit at once', async () => {
    await using world = await start()
    await fullSync(world.tools())
    await edit(world.zoho, 'Deals', DEAL, { Amount: 7 })

    await Promise.all([
      deltaSync(world.tools(), ['Deals']),
      refreshRecords(world.tools(), { module: 'Deals', ids: [DEAL] }),
      refreshRecords(world.tools(), { module: 'Deals', ids: [DEAL] }),
    ])

    expect(await changesOf(DEAL)).toEqual([{ field: 'amount', old: '20000', new: '7', accountId: ACME }])
  })
})

describe('people', () => {
  test('users become owners, managers and admins, and a role given by hand stays', async () => {
    await using world = await start()
    const sync = () => syncPeople({ db, crm: world.zoho.reader, teamId: 'T1' })
    await sync()
    await db
      .update(owners)
      .set({ role: 'auditor', linkedByHand: true, slackUserId: 'U9' })
      .where(eq(owners.id, OLA))
    await db.update(owners).set({ role: 'none' }).where(eq(owners.id, PIA))

    expect(await sync()).toEqual({ seen: 3, active: 3 })

    const rows = await db.select().from(owners).orderBy(asc(owners.id))
    expect(rows.map(({ role, slackUserId }) => [role, slackUserId])).toEqual([
      ['auditor', 'U9'],
      ['manager', null],
      ['admin', null],
    ])
    await fullSync(world.tools())
    expect((await factsOf(ACME)).owner).toMatchObject({ id: OLA, zone: 'Europe/Oslo', role: 'auditor' })
  })
})

describe('finding accounts', () => {
  const named = (names: string[]) =>
    smallCompany((records) => {
      records.Accounts.length = 0
      for (const [at, Account_Name] of names.entries())
        records.Accounts.push(account(at + 1, { Account_Name }))
    })
  const namesFor = async (text: string, ownerIds: string[] | null = null) =>
    (await findAccounts(db, { text, ownerIds })).map(({ name }) => name)

  test('by id, by exact name, by its beginning, then by a part', async () => {
    await using world = await start(named(['Tea', 'Tea House', 'Green Tea', '100% Tea', '1000 Teas']))
    await fullSync(world.tools(), ['Accounts'])

    expect(await namesFor(recordId('Accounts', 3))).toEqual(['Green Tea'])
    expect(await namesFor(' tea ')).toEqual(['Tea'])
    expect(await namesFor('TEA H')).toEqual(['Tea House'])
    expect(await namesFor('een')).toEqual(['Green Tea'])
    expect(await namesFor('100% t')).toEqual(['100% Tea'])
    expect(await namesFor('coffee')).toEqual([])
    expect(await namesFor('')).toEqual([])
    expect(await namesFor('tea', [PIA])).toEqual([])
    expect(await accountIdsOf(db, [OLA])).toHaveLength(5)
  })

  test('at most six, enough to see that five are not all', async () => {
    await using world = await start(named(Array.from({ length: 9 }, (_, at) => `Twin ${at}`)))
    await fullSync(world.tools(), ['Accounts'])

    expect(await namesFor('twin')).toHaveLength(6)
  })
})

const crmDemo = join(
  process.env.SERGAS_SHARED ?? join(import.meta.dirname, '../../../shared'),
  'data/crm-demo',
)

describe.skipIf(!existsSync(crmDemo))('the sample company of 150 accounts', () => {
  test('is read in at most a fifth of a call per account, and its facts in one query per table', async () => {
    const company = loadCompany(crmDemo, new Date())
    await using zoho = await startZohoWorld({ company, db })

    const { fields, choices, problems } = await checkFields(zoho.reader, mapped)
    await syncPeople({ db, crm: zoho.reader, teamId: 'T1' })
    const result = await fullSync({ db, crm: zoho.reader, fields, choices, now: new Date() })

    expect([...problems, ...result.problems]).toEqual([])
    expect(zoho.counter.counts().total).toBeLessThanOrEqual(0.2 * 150)
    const facts = await accountFactsOf(db, await accountIdsOf(db, null), new Date())
    expect(facts).toHaveLength(150)
    const sum = (read: (each: (typeof facts)[number]) => number) =>
      facts.reduce((total, each) => total + read(each), 0)
    expect(sum(({ contacts: each }) => each.length)).toBe(company.records.Contacts.length)
    expect(sum(({ deals: each }) => each.length)).toBe(company.records.Deals.length)
    expect(sum(({ activities: each }) => each.length)).toBe(
      company.records.Tasks.length +
        company.records.Events.length +
        company.records.Calls.length +
        company.records.Notes.length,
    )
  })
})

test('an edit stamped a minute before the last one we saw is not lost', async () => {
  let clock = new Date()
  await using zoho = await startZohoWorld({ company: smallCompany(), db, now: () => clock })
  const { fields, choices } = await zoho.checked()
  const sync = () => deltaSync({ db, crm: zoho.reader, fields, choices, now: new Date() })
  await sync()
  await edit(zoho, 'Accounts', ACME, { Industry: 'Tea' })
  await sync()
  // Stamped when it began, shown only now.
  clock = new Date(clock.getTime() - 60_000)
  await edit(zoho, 'Accounts', GLOBEX, { Industry: 'Coffee' })

  expect(await sync()).toMatchObject({ changed: 1, accountIds: [GLOBEX] })
})
