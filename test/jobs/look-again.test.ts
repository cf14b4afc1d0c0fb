import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { endApproval } from '../../src/approval/approval.ts'
import { openApproval } from '../../src/approval/opening.ts'
import { lookAgain } from '../../src/jobs/look-again.ts'
import { reviewAccounts } from '../../src/pipeline/review.ts'
import type { Db } from '../../src/store/db.ts'
import { markDeleted } from '../../src/store/mirror-deletions.ts'
import { setPreferences } from '../../src/store/owners.ts'
import { openRecommendations } from '../../src/store/recommendations.ts'
import { askAgain, dueToResurface } from '../../src/store/returning.ts'
import { approvals, outbox, recommendations } from '../../src/store/schema.ts'
import { openDatabase } from '../database.ts'
import { ACME, bo, DEAL, dana, emptied, insertPeople, jobTools, mergedBusy } from './job-tools.ts'

let db: Db
let close: () => Promise<void>
beforeAll(async () => {
  ;({ db, close } = await openDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  await emptied(db)
  await insertPeople(db)
  await mergedBusy(db)
})

/** A card that stood before somebody and ended. */
async function ended(state: 'withdrawn' | 'stale', asked = dana) {
  const { tools } = jobTools(db)
  await reviewAccounts(tools.review, [ACME], { trigger: 'schedule' })
  // About the deal's date, whatever else there is to say.
  const open = await openRecommendations(db, { accountId: ACME })
  const first = open.find(({ kind }) => kind === 'update_account')
  if (!first) throw new Error('Nothing was suggested')
  const channel = asked === dana ? 'U0DANA' : 'U0BO'
  const approvalId = await openApproval(tools.approval, first.id, { ownerId: asked, place: { channel } })
  const reason = state === 'withdrawn' ? { reason: 'snoozed' } : {}
  await endApproval(tools.approval, approvalId ?? '', state, { by: asked, ...reason })
  return { ...first, approvalId: approvalId ?? '' }
}
const due = (id: string, minutesAgo: number) =>
  db
    .update(recommendations)
    .set({ snoozedUntil: new Date(Date.now() - minutesAgo * 60_000) })
    .where(eq(recommendations.id, id))
const isDue = async (id: string) => (await dueToResurface(db, 10)).some((row) => row.id === id)
const cardsPending = () => db.select().from(approvals).where(eq(approvals.state, 'pending'))
const cardOf = async (id: string) => (await db.select().from(approvals).where(eq(approvals.id, id)))[0]
const noLonger = async () =>
  (await db.select().from(outbox)).flatMap(({ messageKey, body }) =>
    messageKey.startsWith('no-longer') && 'text' in body ? body.text : [],
  )
const look = (id: string) => lookAgain.run({ recommendationId: id }, jobTools(db).tools)

test('what still stands returns as a new card, once, to whoever was asked before', async () => {
  const { id, approvalId } = await ended('withdrawn', bo)
  await due(id, 1)

  await look(id)
  await look(id)

  const [again, ...more] = await cardsPending()
  expect(more).toEqual([])
  expect(again).toMatchObject({ askedOwnerId: bo })
  expect(await cardOf(approvalId)).toMatchObject({ replacedBy: again?.id })
  expect(await isDue(id)).toBe(false)
})

test('a look that dies on the way is taken again', async () => {
  const { id } = await ended('stale')
  await askAgain(db as never, id)
  const { tools } = jobTools(db)
  const dying = { ...tools, approval: { ...tools.approval, audit: null as never } }

  await expect(lookAgain.run({ recommendationId: id }, dying)).rejects.toThrow()
  expect(await isDue(id)).toBe(true)
  expect(await cardsPending()).toEqual([])
  await look(id)

  expect(await cardsPending()).toHaveLength(1)
})

test('one that is shown again already is linked, and nothing is said', async () => {
  const { id, approvalId, dedupeKey } = await ended('stale')
  const { tools } = jobTools(db)
  await reviewAccounts(tools.review, [ACME], { trigger: 'schedule' })
  const twin = (await openRecommendations(db, { accountId: ACME })).find((row) => row.dedupeKey === dedupeKey)
  const shown = await openApproval(tools.approval, twin?.id ?? '', {
    ownerId: dana,
    place: { channel: 'U0DANA' },
  })
  await askAgain(db as never, id)

  await look(id)

  expect(await cardOf(approvalId)).toMatchObject({ replacedBy: shown })
  expect(await cardsPending()).toHaveLength(1)
  expect(await noLonger()).toEqual([])
})

test('what is no longer needed is said once', async () => {
  const { id } = await ended('stale')
  await markDeleted(db, { module: 'Deals', ids: [DEAL], at: new Date(), source: 'sync' })
  await askAgain(db as never, id)

  await look(id)
  await look(id)

  expect(await noLonger()).toEqual([expect.stringContaining('no longer needed')])
  expect(await isDue(id)).toBe(false)
})

test('a snooze that is over waits while its owner wants quiet; a press does not', async () => {
  const snoozed = await ended('withdrawn')
  await due(snoozed.id, 1)
  await setPreferences(db, dana, { quietFrom: '00:00', quietUntil: '24:00' })

  await look(snoozed.id)
  expect(await isDue(snoozed.id)).toBe(true)
  expect(await cardsPending()).toEqual([])

  await db.update(recommendations).set({ state: 'stale' }).where(eq(recommendations.id, snoozed.id))
  await look(snoozed.id)
  expect(await cardsPending()).toHaveLength(1)
})

test('a muted account is said to be muted, not to need nothing', async () => {
  const { id } = await ended('stale')
  await setPreferences(db, dana, { mutedAccountIds: [ACME] })
  await askAgain(db as never, id)

  await look(id)

  expect(await noLonger()).toEqual([expect.stringContaining('muted')])
})
