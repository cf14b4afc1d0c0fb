import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { approve, approveEdited, endApproval, expireApproval, reject } from '../../src/approval/approval.ts'
import { openApproval } from '../../src/approval/opening.ts'
import { housekeeping } from '../../src/jobs/housekeeping.ts'
import { sweep } from '../../src/jobs/sweep.ts'
import type { MemoryOf } from '../../src/memory/memory.ts'
import { type Db, transaction } from '../../src/store/db.ts'
import { markMemoryDue, memoryDue, stillDue } from '../../src/store/memory-due.ts'
import { markDeleted } from '../../src/store/mirror-deletions.ts'
import {
  accounts,
  approvals,
  auditEvents,
  changes,
  memoryEntities,
  memoryEvents,
  memoryFacts,
  memoryRelations,
  operations,
  recommendations,
} from '../../src/store/schema.ts'
import { setSetting } from '../../src/store/settings.ts'
import { recommend } from '../approval/proposal.ts'
import { openDatabase } from '../database.ts'
import { jobTools, takenIn } from '../jobs/job-tools.ts'
import {
  ACME,
  DEAL,
  dana,
  daysAgo,
  dealt,
  GLOBEX,
  happened,
  INITECH,
  memoryOf,
  remembered,
  smallCompany,
  VALE,
} from './company.ts'

/** Memory follows what is on record. */

let db: Db
let close: () => Promise<void>
let seenBy: MemoryOf
beforeAll(async () => {
  ;({ db, close } = await openDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  await db.execute(
    'truncate accounts, contacts, deals, activities, memory_events, memory_facts, memory_entities, memory_relations, owners, changes, reviews, recommendations, approvals, outbox, settings cascade',
  )
  await smallCompany(db)
  await remembered(db)
  seenBy = memoryOf(db)
})

const everything = async () => ({
  events: await db.select().from(memoryEvents).orderBy(memoryEvents.key),
  facts: await db.select().from(memoryFacts).orderBy(memoryFacts.key),
  entities: await db.select().from(memoryEntities).orderBy(memoryEntities.id),
  relations: await db
    .select()
    .from(memoryRelations)
    .orderBy(memoryRelations.fromId, memoryRelations.toId, memoryRelations.sourceKey),
})
const keys = async () => (await everything()).events.map(({ key }) => key)
const search = async (query: string) => (await seenBy(null).search(null, query)).map(({ key }) => key)

test('remembering everything anew changes nothing', async () => {
  const before = await everything()
  expect(before.events.length).toBeGreaterThan(5)

  await markMemoryDue(db, null)
  expect(await remembered(db)).toBe(4)

  expect(await everything()).toEqual(before)
  expect(await remembered(db)).toBe(0)
})

test('what the CRM says otherwise now is remembered otherwise, and the old words lead nowhere', async () => {
  expect(await search('refrigeration')).toContain('Calls:1')

  await happened(db, [{ id: '1', about: ACME, days: 2, subject: 'Quarterly review', body: 'About ovens.' }])
  await remembered(db)

  expect(await search('ovens')).toEqual(['Calls:1'])
  expect(await search('refrigeration')).not.toContain('Calls:1')
})

test('what the CRM deletes is forgotten, with all that hung on it', async () => {
  await markDeleted(db, { module: 'Contacts', ids: [VALE], at: new Date(), source: 'sync' })
  await markDeleted(db, { module: 'Calls', ids: ['4'], at: new Date(), source: 'sync' })
  await remembered(db)

  const { entities, facts, relations } = await everything()
  expect(await keys()).not.toContain('Calls:4')
  expect(JSON.stringify([entities, facts])).not.toContain('Robin Vale')
  expect(relations.filter(({ sourceKey }) => sourceKey === 'Calls:4')).toEqual([])
  expect((await seenBy(null).similar(ACME, 50)).flatMap(({ reasons }) => reasons)).not.toContain(
    'both mention Initrode',
  )
})

test('an account that goes from the CRM takes its memory with it, and returns with it and its notes', async () => {
  const note = { accountId: GLOBEX, text: 'A word in passing', at: daysAgo(1), by: dana }
  await seenBy(null).remember({ ...note, saidBy: null, messageId: 'C1:1.1', permalink: null })
  await markDeleted(db, { module: 'Accounts', ids: [GLOBEX], at: new Date(), source: 'sync' })
  await remembered(db)

  const left = (await everything()).events.filter(({ accountId }) => accountId === GLOBEX)
  expect(left.map(({ kind }) => kind)).toEqual(['told'])
  expect(await search('word in passing')).toEqual([])

  await db.update(accounts).set({ deletedAt: null }).where(eq(accounts.id, GLOBEX))
  await markMemoryDue(db, [GLOBEX])
  await remembered(db)
  expect((await search('word in passing'))[0]).toBe(`slack:C1:1.1:${GLOBEX}`)
  expect(await keys()).toContain('Calls:3')
})

test('a task that is still open has not happened', async () => {
  await happened(db, [
    {
      id: '90',
      module: 'Tasks',
      type: 'task',
      about: ACME,
      days: 1,
      subject: 'Send samples',
      completed: false,
    },
    {
      id: '91',
      module: 'Tasks',
      type: 'task',
      about: ACME,
      days: 1,
      subject: 'Sent samples',
      completed: true,
    },
  ])
  await remembered(db)

  expect((await keys()).filter((key) => key.startsWith('Tasks:'))).toEqual(['Tasks:91'])
})

test('a field that moved is an event, and the value it had is a fact of its time', async () => {
  await dealt(
    db,
    { id: DEAL, accountId: ACME, name: 'Warehouse rollout', stage: 'Closed Won', outcome: 'won' },
    false,
  )
  await remembered(db)

  const [{ id } = { id: 0 }] = (await db.select().from(changes)).filter(({ field }) => field === 'stage')
  expect(await keys()).toContain(`changes:${id}`)
  const facts = await seenBy(null).facts({ kind: 'deal', key: DEAL })
  const stages = facts.filter(({ statement }) => statement.includes(': stage '))
  expect(stages.map(({ statement, validTo }) => [statement, validTo === null])).toEqual([
    ['Warehouse rollout: stage Closed Won', true],
    ['Warehouse rollout: stage Negotiation', false],
  ])
  const [then] = await seenBy(null).facts({ kind: 'deal', key: DEAL }, { at: stages[1]!.validFrom! })
  expect(then?.validTo === null || then?.statement.includes('Negotiation')).toBe(true)
})

test('two records that say nearly the same are one memory with two sources', async () => {
  const words =
    'They want the refrigeration pilot extended to the harbour warehouse before the summer season starts'
  await happened(db, [
    { id: '95', about: INITECH, days: 2, subject: 'Pilot', body: words },
    { id: '96', module: 'Notes', type: 'note', about: INITECH, days: 2, subject: 'Pilot', body: `${words}.` },
    { id: '97', about: INITECH, days: 30, subject: 'Pilot', body: words },
  ])
  await remembered(db)

  const found = await seenBy(null).search(INITECH, 'harbour pilot')
  expect(found.map(({ key }) => key).sort()).toEqual(['Calls:95', 'Calls:97'])
  const [one] = found.filter(({ key }) => key === 'Calls:95')
  expect(one?.sources).toEqual([
    { source: 'Calls', recordId: '95' },
    { source: 'Notes', recordId: '96' },
  ])
})

test('a silent account is called stale', async () => {
  const { staleDays } = await seenBy(null).timeline(GLOBEX)
  expect(staleDays).toBeNull()
  await db.delete(changes)
  await happened(db, [{ id: '3', about: GLOBEX, days: 80, subject: 'Check-in' }])
  await db
    .update(memoryEvents)
    .set({ at: daysAgo(80) })
    .where(eq(memoryEvents.accountId, GLOBEX))

  expect((await seenBy(null).timeline(GLOBEX)).staleDays).toBe(80)
})

describe('what people decide', () => {
  const bench = () => jobTools(db).tools
  const asked = async () => {
    const { approval } = bench()
    const recommendationId = await recommend(db)
    await db.update(recommendations).set({ accountId: ACME }).where(eq(recommendations.id, recommendationId))
    return (
      (await openApproval(approval, recommendationId, { ownerId: dana, place: { channel: 'U0DANA' } })) ?? ''
    )
  }
  const titles = async () =>
    (await everything()).events
      .filter(({ kind }) => kind === 'decision' || kind === 'outcome')
      .map(({ title, text }) => `${title} ${text}`.trim())

  test('is remembered with the reason, once', async () => {
    const { approval } = bench()
    const [first, second, third] = [await asked(), await asked(), await asked()]
    await approve(approval, { approvalId: first, version: 1, person: dana })
    await reject(approval, { approvalId: second, version: 1, person: dana }, 'The facts are wrong')
    await db
      .update(approvals)
      .set({ expiresAt: daysAgo(1), openedAt: daysAgo(4) })
      .where(eq(approvals.id, third))
    await expireApproval(approval, third)
    await remembered(db)
    await remembered(db)

    expect((await titles()).map((title) => title.replace(/“.*”/, '…')).sort()).toEqual([
      'Approved by Dana Ruiz: …',
      'Not decided in time: …',
      'Rejected by Dana Ruiz: … The facts are wrong',
    ])
  })

  test('is remembered as edited when other values were put in', async () => {
    const { approval } = bench()
    const approvalId = await asked()
    const [version] = await db.query.approvalVersions.findMany()
    await approveEdited(approval, { approvalId, version: 1, person: dana }, version!.change)
    await remembered(db)

    expect((await titles())[0]).toMatch(/^Approved after editing by Dana Ruiz/)
  })

  test('the bot’s own bookkeeping is not remembered', async () => {
    const { approval } = bench()
    await endApproval(approval, await asked(), 'superseded', { by: 'system' })
    await remembered(db)

    expect(await titles()).toEqual([])
  })

  test('what became of a write follows it from failed to written', async () => {
    const { approval } = bench()
    await approve(approval, { approvalId: await asked(), version: 1, person: dana })
    await db.update(operations).set({ state: 'failed', error: 'Zoho said no', finishedAt: new Date() })
    await remembered(db)
    expect((await titles()).some((title) => /^Could not be written: “.*” Zoho said no$/.test(title))).toBe(
      true,
    )

    await db.update(operations).set({ state: 'applied', error: null, finishedAt: new Date() })
    await remembered(db)
    const now = await titles()
    expect(now.some((title) => title.startsWith('Written to the CRM'))).toBe(true)
    expect(now.some((title) => title.startsWith('Could not'))).toBe(false)
  })

  test('the sweep hands over what is not in memory yet, once a company was taken in', async () => {
    const { tools, handedOver } = jobTools(db)
    await approve(tools.approval, { approvalId: await asked(), version: 1, person: dana })
    const wanted = { name: 'remember', payload: {}, delayMs: undefined }

    await sweep(tools)
    expect(handedOver).not.toContainEqual(wanted)

    await takenIn(db)
    await sweep(tools)
    expect(handedOver).toContainEqual(wanted)

    await remembered(db)
    handedOver.length = 0
    await sweep(tools)
    expect(handedOver).not.toContainEqual(wanted)
  })
})

test('one account that cannot be remembered keeps no other from it', async () => {
  await markMemoryDue(db, null)
  // A record that no version of ours writes.
  await db
    .update(accounts)
    .set({ name: 'x'.repeat(20), industry: 'bad' })
    .where(eq(accounts.id, ACME))
  await db.execute("alter table memory_entities add constraint no_x check (name <> 'xxxxxxxxxxxxxxxxxxxx')")
  await happened(db, [{ id: '98', about: GLOBEX, days: 1, subject: 'New' }])

  await remembered(db)
  await db.execute('alter table memory_entities drop constraint no_x')

  expect(await keys()).toContain('Calls:98')
  const [acme] = await db.select().from(accounts).where(eq(accounts.id, ACME))
  expect(acme!.memoryDueAt!.getTime()).toBeGreaterThan(Date.now())
})

test('memory reaches as far back as the company wants, and the trail tells what was forgotten', async () => {
  const { tools } = jobTools(db)
  await setSetting(db, 'memory_keep_days', 35, 'test')
  const count = await db.$count(auditEvents)

  await housekeeping(tools)

  // Forty days old, and what only it mentioned.
  expect(await keys()).not.toContain('Calls:4')
  expect(await keys()).toContain('Calls:3')
  const { relations } = await everything()
  expect(relations.filter(({ sourceKey }) => sourceKey === 'Calls:4')).toEqual([])
  const events = await db.select().from(auditEvents).orderBy(auditEvents.seq)
  expect(events.slice(count).map(({ envelope }) => JSON.parse(envelope).action)).toEqual(['memory.forgotten'])

  // It stays forgotten although the mirror still has it.
  await markMemoryDue(db, null)
  await remembered(db)
  expect(await keys()).not.toContain('Calls:4')
  await housekeeping(tools)
  expect(await db.$count(auditEvents)).toBe(count + 1)
})

test('two that remember at once leave what one would have', async () => {
  const before = await everything()
  await markMemoryDue(db, null)

  await Promise.all([remembered(db), remembered(db)])

  expect(await everything()).toEqual(before)
  const due = (await db.select().from(accounts)).filter(({ memoryDueAt }) => memoryDueAt !== null)
  expect(due).toEqual([])
})

test('a mark that moved meanwhile stays, and what was read before it is not written', async () => {
  const [acme] = await db.select().from(accounts).where(eq(accounts.id, ACME))
  await markMemoryDue(db, [ACME])
  const [taken] = await memoryDue(db, 1)
  await markMemoryDue(db, [ACME])

  const still = await transaction(db, (tx) => stillDue(tx, [taken!]))

  expect(acme?.memoryDueAt).toBeNull()
  expect(still).toEqual([])
  expect(await memoryDue(db, 1)).toHaveLength(1)
})
