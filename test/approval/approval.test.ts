import { eq, sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type ApprovalTools,
  approve,
  approveEdited,
  endApproval,
  expireApproval,
  reject,
} from '../../src/approval/approval.ts'
import { openApproval, reassign } from '../../src/approval/opening.ts'
import { verifyAudit } from '../../src/audit/audit.ts'
import { type CrmChange, changeHash } from '../../src/model/change.ts'
import type { Db } from '../../src/store/db.ts'
import {
  approvals,
  approvalVersions,
  auditEvents,
  decisions,
  operations,
  outbox,
  recommendations,
} from '../../src/store/schema.ts'
import { openDatabase } from '../database.ts'
import { approvalOf, approvalTools, auditKey, bo, dana, insertPeople, recommend, shown } from './proposal.ts'
import { moveCloseDate } from './sample-card.ts'

let db: Db
let close: () => Promise<void>
let tools: ApprovalTools

beforeAll(async () => {
  ;({ db, close } = await openDatabase())
  tools = approvalTools(db)
  await insertPeople(db)
})
afterAll(() => close())

const operationsOf = (approvalId: string) =>
  db.select().from(operations).where(eq(operations.approvalId, approvalId))
const decisionsOf = (approvalId: string) =>
  db.select().from(decisions).where(eq(decisions.approvalId, approvalId))
/** What the audit trail says became of an approval, oldest first. */
const trailOf = async (id: string): Promise<string[]> => {
  const rows = await db.select({ envelope: auditEvents.envelope }).from(auditEvents).orderBy(auditEvents.seq)
  const events = rows.map(({ envelope }) => JSON.parse(envelope) as { subject: string; action: string })
  return events.filter(({ subject }) => subject === id).map(({ action }) => action)
}
const recommendationState = async (id: string) =>
  (await db.select().from(recommendations).where(eq(recommendations.id, id)))[0]?.state

const laterDate: CrmChange = { ...moveCloseDate, fields: { Closing_Date: '2027-01-31' } } as CrmChange

test('an approval opens once, however often it is shown', async () => {
  const id = await recommend(db)
  const asked = { ownerId: dana, place: { channel: 'U0DANA' } }

  const [first, second] = await Promise.all([openApproval(tools, id, asked), openApproval(tools, id, asked)])

  expect([first, second].filter(Boolean)).toHaveLength(1)
  expect(await recommendationState(id)).toBe('shown')
})

test('a decision, its operation, its card and its audit event appear together', async () => {
  const { id, changeHash: hash, recommendationId } = await shown(tools)

  const outcome = await approve(tools, { approvalId: id, version: 1, person: dana })

  const [operation] = await operationsOf(id)
  expect(outcome).toEqual({ kind: 'decided', state: 'approved', operationId: operation!.id })
  expect(operation).toMatchObject({
    state: 'planned',
    version: 1,
    changeHash: hash,
    approvalState: 'approved',
  })
  expect(await decisionsOf(id)).toMatchObject([{ person: dana, decision: 'approve', changeHash: hash }])
  expect(await recommendationState(recommendationId)).toBe('accepted')
  expect(await trailOf(id)).toEqual(['approval.opened', 'approval.approved'])
  const cards = await db
    .select()
    .from(outbox)
    .where(eq(outbox.messageKey, `card:${id}`))
  expect(cards.map(({ action, state }) => [action, state])).toEqual([
    ['post', 'sent'],
    ['update', 'pending'],
  ])
})

test('when the audit event cannot be written, nothing was decided', async () => {
  const { id } = await shown(tools)
  const broken = {
    ...tools,
    audit: {
      append: async () => {
        throw new Error('the disk is full')
      },
    },
  }

  await expect(approve(broken, { approvalId: id, version: 1, person: dana })).rejects.toThrow(
    'the disk is full',
  )

  expect(await approvalOf(db, id)).toMatchObject({ state: 'pending', decidedAt: null })
  expect(await operationsOf(id)).toEqual([])
  expect(await decisionsOf(id)).toEqual([])
})

test('a press on an older version changes nothing', async () => {
  const { id } = await shown(tools, {})

  expect(await approve(tools, { approvalId: id, version: 2, person: dana })).toEqual({
    kind: 'changed',
    version: 1,
  })

  expect((await approvalOf(db, id)).state).toBe('pending')
})

test('an edit is a new version with a hash of its own, and that is what is written', async () => {
  const { id, changeHash: before } = await shown(tools)

  await approveEdited(tools, { approvalId: id, version: 1, person: dana }, laterDate)

  const approval = await approvalOf(db, id)
  expect(approval).toMatchObject({ state: 'approved', version: 2, changeHash: changeHash(laterDate) })
  expect(approval.changeHash).not.toBe(before)
  const [operation] = await operationsOf(id)
  expect(operation).toMatchObject({ version: 2, changeHash: changeHash(laterDate) })
})

test('a press after the deadline by the database’s clock expires the approval', async () => {
  for (const press of [
    approve,
    (each: ApprovalTools, at: Parameters<typeof approve>[1]) => reject(each, at, 'late'),
  ]) {
    const { id, recommendationId } = await shown(tools)
    await db.update(approvals).set({ expiresAt: sql`clock_timestamp()` }).where(eq(approvals.id, id))

    expect(await press(tools, { approvalId: id, version: 1, person: dana })).toEqual({ kind: 'expired' })

    expect((await approvalOf(db, id)).state).toBe('expired')
    expect(await operationsOf(id)).toEqual([])
    expect(await recommendationState(recommendationId)).toBe('expired')
  }
})

test('an approval whose time has not run out is not expired by the sweeper', async () => {
  const { id } = await shown(tools)
  await approve(tools, { approvalId: id, version: 1, person: dana })

  await expireApproval(tools, id)

  expect((await approvalOf(db, id)).state).toBe('approved')
})

test('a change of a large amount takes two people, and one twice is one', async () => {
  const strict = approvalTools(db, { secondApproverAbove: 50_000 })
  const change: CrmChange = {
    ...moveCloseDate,
    fields: { Amount: 60_000 },
    before: { Amount: 10_000 },
  } as CrmChange
  const { id, requiredDeciders } = await shown(strict, { change, actionClass: 'amount' })
  expect(requiredDeciders).toBe(2)

  const press = { approvalId: id, version: 1 }
  expect(await approve(strict, { ...press, person: dana })).toEqual({
    kind: 'waiting_for_second',
    missing: 1,
  })
  expect(await approve(strict, { ...press, person: dana })).toEqual({
    kind: 'waiting_for_second',
    missing: 1,
  })
  expect(await operationsOf(id)).toEqual([])
  expect(await approve(strict, { ...press, person: bo })).toMatchObject({
    kind: 'decided',
    state: 'approved',
  })
  expect(await operationsOf(id)).toHaveLength(1)
})

test('what the first of two approved does not count once the second edits it', async () => {
  const strict = approvalTools(db, { secondApproverAbove: 1 })
  const change: CrmChange = {
    ...moveCloseDate,
    fields: { Amount: 60_000 },
    before: { Amount: 10_000 },
  } as CrmChange
  const { id } = await shown(strict, { change, actionClass: 'amount' })
  await approve(strict, { approvalId: id, version: 1, person: dana })

  const edited: CrmChange = { ...change, fields: { Amount: 90_000 } } as CrmChange
  const outcome = await approveEdited(strict, { approvalId: id, version: 1, person: bo }, edited)

  expect(outcome).toEqual({ kind: 'waiting_for_second', missing: 1 })
  expect(await approve(strict, { approvalId: id, version: 1, person: dana })).toEqual({
    kind: 'changed',
    version: 2,
  })
  expect(await approve(strict, { approvalId: id, version: 2, person: dana })).toMatchObject({
    state: 'approved',
  })
})

test('a small amount, and a change that is none of money, take one', async () => {
  const strict = approvalTools(db, { secondApproverAbove: 50_000 })
  const small: CrmChange = { ...moveCloseDate, fields: { Amount: 900 }, before: { Amount: 800 } } as CrmChange

  expect((await shown(strict, { change: small, actionClass: 'amount' })).requiredDeciders).toBe(1)
  expect((await shown(strict)).requiredDeciders).toBe(1)
})

test('reassigning ends the first card and opens another with time of its own', async () => {
  const { id, expiresAt } = await shown(tools)

  const replacement = await reassign(tools, id, dana, { ownerId: bo, place: { channel: 'U0BO' } })

  expect(await approvalOf(db, id)).toMatchObject({ state: 'withdrawn', replacedBy: replacement })
  const next = await approvalOf(db, replacement!)
  expect(next).toMatchObject({ state: 'pending', askedOwnerId: bo })
  expect(next.expiresAt.getTime()).toBeGreaterThan(expiresAt.getTime())
  expect(await reassign(tools, id, dana, { ownerId: bo, place: { channel: 'U0BO' } })).toBeNull()
})

test('a stored change that is not the one that was shown is never approved', async () => {
  const { id } = await shown(tools)
  await db.update(approvalVersions).set({ change: laterDate }).where(eq(approvalVersions.approvalId, id))

  await expect(approve(tools, { approvalId: id, version: 1, person: dana })).rejects.toThrow(
    'does not hold the change',
  )

  expect(await operationsOf(id)).toEqual([])
})

test('the database itself refuses a write that nobody approved', async () => {
  const { id, changeHash: hash } = await shown(tools)
  const operation = {
    id: `op-${id}`,
    approvalId: id,
    version: 1,
    changeHash: hash,
    state: 'planned' as const,
  }

  await expect(db.insert(operations).values(operation)).rejects.toThrow()
  await approve(tools, { approvalId: id, version: 1, person: dana })
  await expect(db.insert(operations).values(operation)).rejects.toThrow()
  await expect(db.update(approvals).set({ state: 'pending' }).where(eq(approvals.id, id))).rejects.toThrow()
  await expect(
    db
      .update(approvals)
      .set({ expiresAt: new Date(0) })
      .where(eq(approvals.id, id)),
  ).rejects.toThrow()
})

test('whatever people do at once, an approval ends at most once and is written at most once', async () => {
  const act = {
    approve: (id: string, person: string) => approve(tools, { approvalId: id, version: 1, person }),
    edit: (id: string, person: string) =>
      approveEdited(tools, { approvalId: id, version: 1, person }, laterDate),
    reject: (id: string, person: string) => reject(tools, { approvalId: id, version: 1, person }, 'no'),
    snooze: (id: string, person: string) =>
      endApproval(tools, id, 'withdrawn', { by: person, reason: 'snoozed' }),
    stale: (id: string) => endApproval(tools, id, 'stale', { by: 'system' }),
    reassign: (id: string, person: string) =>
      reassign(tools, id, person, { ownerId: bo, place: { channel: 'U0BO' } }),
    expire: (id: string) => expireApproval(tools, id),
  }
  const action = fc.constantFrom(...(Object.keys(act) as (keyof typeof act)[]))

  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(action, fc.constantFrom(dana, bo)), { minLength: 2, maxLength: 6 }),
      async (presses) => {
        const { id } = await shown(tools)

        await Promise.all(presses.map(([what, person]) => act[what](id, person)))

        const approval = await approvalOf(db, id)
        const written = await operationsOf(id)
        const ends = (await trailOf(id)).filter((event) => event !== 'approval.opened')
        expect(approval.state).not.toBe('pending')
        expect(written).toHaveLength(approval.state === 'approved' ? 1 : 0)
        expect(ends).toEqual([`approval.${approval.state}`])
        expect((await decisionsOf(id)).length).toBeLessThanOrEqual(1)
      },
    ),
    { numRuns: 25 },
  )
  expect(await verifyAudit(db, auditKey)).toMatchObject({ ok: true })
})
