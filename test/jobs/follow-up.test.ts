import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openApproval } from '../../src/approval/opening.ts'
import { followUp } from '../../src/jobs/follow-up.ts'
import { onboard } from '../../src/jobs/onboard.ts'
import { syncCrm } from '../../src/jobs/sync-crm.ts'
import type { Db } from '../../src/store/db.ts'
import { markDeleted } from '../../src/store/mirror-deletions.ts'
import { clearReviewDue, reviewsDue } from '../../src/store/review-due.ts'
import { accounts, approvals, recommendations, reviews } from '../../src/store/schema.ts'
import { recommend } from '../approval/proposal.ts'
import { createTask } from '../approval/sample-card.ts'
import { openDatabase } from '../database.ts'
import { ACME, account, dana, emptied, insertPeople, jobTools, marked, merged, takenIn } from './job-tools.ts'

let db: Db
let close: () => Promise<void>
beforeAll(async () => {
  ;({ db, close } = await openDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  await emptied(db)
  await insertPeople(db)
})

const moved = (id: string) =>
  account(id, { industry: 'Energy', crmModifiedAt: new Date('2026-11-01T09:00:00Z') })
const reviewedAccounts = async () =>
  (await db.select().from(reviews)).map(({ accountId }) => accountId).sort()

test('what a merge changes is marked with it, and what it does not is left alone', async () => {
  await merged(db, [account('1'), account('2')], { first: true })
  expect(await marked(db)).toEqual(['1', '2'])

  await clearReviewDue(db, await reviewsDue(db, 10))
  await merged(db, [moved('1'), account('2')])

  expect(await marked(db)).toEqual(['1'])
})

test('a merge that rolls back marks nothing, and one that stores the account again keeps its mark', async () => {
  await merged(db, [account('1')])
  const [before] = await reviewsDue(db, 1)

  await expect(merged(db, [moved('1'), account('2', { name: null as never })])).rejects.toThrow()
  expect(await reviewsDue(db, 10)).toEqual([before])

  await merged(db, [account('1', { crmModifiedAt: new Date('2026-10-01T09:00:00Z') })])
  expect(await reviewsDue(db, 10)).toEqual([before])
})

test('what moves while it is followed up keeps its mark', async () => {
  await merged(db, [account('1')])
  const taken = await reviewsDue(db, 10)
  await merged(db, [moved('1')])

  await clearReviewDue(db, taken)

  expect(await marked(db)).toEqual(['1'])
})

test('every account that is due is reviewed, and only then no longer due', async () => {
  await takenIn(db)
  const ids = Array.from({ length: 205 }, (_, n) => String(1000 + n))
  await merged(
    db,
    ids.map((id) => account(id)),
  )
  const { tools } = jobTools(db)

  await followUp.run({}, tools)

  expect(await marked(db)).toEqual([])
  expect(await reviewedAccounts()).toEqual(ids)
})

test('a worker that dies on the way leaves what it did not do to the next', async () => {
  await takenIn(db)
  await merged(db, [account('1')])
  const { tools } = jobTools(db)
  const dying = {
    ...tools,
    review: {
      ...tools.review,
      fields: () => {
        throw new Error('killed')
      },
    },
  }

  await followUp.run({}, dying).catch(() => {})
  await db.update(accounts).set({ reviewDueAt: new Date(0) })
  await followUp.run({}, tools)

  expect(await reviewedAccounts()).toEqual(['1'])
  expect(await marked(db)).toEqual([])
})

test('a deleted account takes what waits about it with it, whatever it would have written', async () => {
  await takenIn(db)
  await merged(db, [account(ACME)])
  const { tools } = jobTools(db)
  const recommendationId = await recommend(db, { change: createTask })
  const neverShown = await recommend(db)
  const approvalId = await openApproval(tools.approval, recommendationId, {
    ownerId: dana,
    place: { channel: 'U0DANA' },
  })
  await markDeleted(db, { module: 'Accounts', ids: [ACME], at: new Date(), source: 'sync' })

  await followUp.run({}, tools)

  const [approval] = await db
    .select()
    .from(approvals)
    .where(eq(approvals.id, approvalId ?? ''))
  const [open] = await db.select().from(recommendations).where(eq(recommendations.id, neverShown))
  expect(approval?.state).toBe('stale')
  expect(open?.state).toBe('superseded')
  expect(await marked(db)).toEqual([])
})

test('a sync hands over no ids', async () => {
  await takenIn(db)
  const { tools, handedOver } = jobTools(db)
  const sync = { ...tools.sync, delta: async () => merged(db, [account('1')]).then(() => 1) }

  await syncCrm.run({ mode: 'delta' }, { ...tools, sync })

  expect(handedOver).toEqual([{ name: 'follow-up', payload: {}, delayMs: undefined }])
})

test('a company being taken in is not followed up beside, and is reviewed once', async () => {
  const { tools, handedOver } = jobTools(db)
  const sync = {
    ...tools.sync,
    full: async () => {
      await merged(db, [account('1'), account('2')], { first: true })
      await followUp.run({}, tools)
      return 2
    },
  }

  await onboard.run({}, { ...tools, sync })
  await followUp.run({}, tools)

  expect(await reviewedAccounts()).toEqual(['1', '2'])
  expect(await marked(db)).toEqual([])
  expect(handedOver.map(({ name }) => name)).not.toContain('follow-up')
})
