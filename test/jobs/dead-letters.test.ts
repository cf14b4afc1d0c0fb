import { desc, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openText } from '../../src/access/crypto.ts'
import { keyIdOf } from '../../src/audit/subject-keys.ts'
import { tellAdmins } from '../../src/jobs/dead-letter-card.ts'
import { discardLetter, retryLetter } from '../../src/jobs/dead-letters.ts'
import { sweep } from '../../src/jobs/sweep.ts'
import type { Db } from '../../src/store/db.ts'
import { countDeadLetters, deadLetters, parseLetterId } from '../../src/store/dead-letters.ts'
import { rememberFailure } from '../../src/store/failed-jobs.ts'
import { auditEvents, auditKeys, auditPayloads, outbox, owners, reviews } from '../../src/store/schema.ts'
import { setSetting, setting } from '../../src/store/settings.ts'
import { approvalTools, auditKey, shown } from '../approval/proposal.ts'
import { openDatabase } from '../database.ts'
import { bo, emptied, insertPeople, jobTools, takenIn } from './job-tools.ts'

let db: Db
let close: () => Promise<void>
beforeAll(async () => {
  ;({ db, close } = await openDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  await emptied(db)
  await insertPeople(db)
  await takenIn(db)
  await db.update(owners).set({ role: 'admin' }).where(eq(owners.id, bo))
})

const letterTools = () => {
  const { tools } = jobTools(db)
  return { db, audit: tools.execute.audit, teamId: 'T1' }
}
const fails = (subject: string) =>
  rememberFailure(db, {
    name: 'sync-crm',
    subject,
    payload: { mode: subject },
    error: 'Zoho said no',
    countsInMs: 0,
  })
const ids = async () => (await deadLetters(db, 100)).map(({ id }) => id)
const told = async () => {
  const rows = await db.select().from(outbox).where(eq(outbox.channel, 'U0BO')).orderBy(outbox.id)
  return rows.map(({ action, messageKey, body }) => ({
    action,
    messageKey,
    text: 'text' in body ? body.text : '',
  }))
}
const sent = () => db.update(outbox).set({ state: 'sent', sentChannel: 'D0BO', ts: '1.1' })

async function refused(more: Partial<typeof outbox.$inferInsert> = {}) {
  const key = more.messageKey ?? 'note:1'
  const row = {
    teamId: 'T1',
    channel: 'U0DANA',
    messageKey: key,
    action: 'post' as const,
    dedupeKey: `${key}:${Math.random()}`,
    body: { text: 'A note', blocks: [] },
    state: 'failed' as const,
    error: 'channel_not_found',
    ...more,
  }
  const [made] = await db.insert(outbox).values(row).returning({ id: outbox.id })
  return `message-${made!.id}`
}

test('a job that an admin wants tried again is handed over by the sweeper, once, and stays until it comes through', async () => {
  await fails('people')
  const [id = ''] = await ids()

  expect(await retryLetter(letterTools(), id, 'system')).toMatchObject({ kind: 'retried' })
  const bench = jobTools(db)
  await sweep(bench.tools)
  await sweep(bench.tools)

  const again = bench.handedOver.filter(({ name }) => name === 'sync-crm')
  expect(again).toMatchObject([{ payload: { mode: 'people' } }])
  expect(await ids()).toEqual([id])
})

test('what is done about a letter is on record with who did it, and done once', async () => {
  await fails('people')
  const [id = ''] = await ids()
  const before = (await db.select().from(auditEvents)).length

  const outcomes = await Promise.all([
    discardLetter(letterTools(), id, bo),
    discardLetter(letterTools(), id, bo),
  ])

  expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['discarded', 'gone'])
  const events = (await db.select().from(auditEvents))
    .slice(before)
    .map(({ envelope }) => JSON.parse(envelope))
  expect(events).toMatchObject([{ action: 'letter.discarded', actor: bo, subject: id }])
  expect(await ids()).toEqual([])
})

/** Whose key the last audit event is sealed with; null: nobody's. */
async function sealedFor(): Promise<string | null> {
  const [last] = await db.select().from(auditPayloads).orderBy(desc(auditPayloads.seq)).limit(1)
  const keyId = keyIdOf(last!.ciphertext)
  const keys = await db.select().from(auditKeys)
  return keys.find(({ id }) => id === keyId)?.about ?? null
}

test('what is kept of a letter about an account is sealed with the key of that account', async () => {
  const approval = await shown(approvalTools(db))
  const { accountId, recommendationId } = approval
  await db.insert(reviews).values({ id: 'review-1', accountId, trigger: 'request', state: 'received' })
  const letters = [
    await refused({ messageKey: 'brief:review-1' }),
    await refused({ messageKey: 'brief:review-1:evidence' }),
    await refused({ messageKey: `reminder:${approval.id}`, threadKey: `card:${approval.id}` }),
    await refused({ messageKey: `no-longer:${recommendationId}:1` }),
  ]
  const job = { error: 'The account is not there', countsInMs: 0 }
  const payload = { reviewId: 'review-1' }
  await rememberFailure(db, { ...job, name: 'account-brief', subject: 'review-1', payload })
  await rememberFailure(db, { ...job, name: 'look-again', subject: 'again', payload: { recommendationId } })
  letters.push(...(await ids()).filter((id) => id.startsWith('job-')))

  for (const id of letters) {
    expect(await discardLetter(letterTools(), id, bo)).toMatchObject({ kind: 'discarded' })
    expect([id, await sealedFor()]).toEqual([id, accountId])
  }
  expect(letters).toHaveLength(6)
})

test('what a message of many accounts said is not kept in the trail', async () => {
  const id = await refused({ messageKey: 'digest:1', body: { text: 'Acme and Globex', blocks: [] } })

  await discardLetter(letterTools(), id, bo)

  const [last] = await db.select().from(auditPayloads).orderBy(desc(auditPayloads.seq)).limit(1)
  const kept = openText(auditKey, last!.ciphertext, `audit:${id}`)
  expect(kept).toContain('digest:1')
  expect(kept).not.toContain('Acme')
})

test('a message that was said after all, or that nobody would miss, is no dead letter', async () => {
  const refusedUpdate = await refused({ action: 'update', messageKey: 'brief:1' })
  expect(await ids()).toEqual([refusedUpdate])

  await refused({ action: 'update', messageKey: 'brief:1', state: 'sent', error: null })
  const card = await refused({ messageKey: 'card:1', body: { card: '1' } })
  const update = await refused({ messageKey: 'card:1', action: 'update', body: { card: '1' } })
  expect((await ids()).toSorted()).toEqual([card, update].toSorted())
  // Drawn from its rows when it was sent at last, the card says what the update would have.
  await db
    .update(outbox)
    .set({ state: 'sent', sentAt: sql`clock_timestamp()` })
    .where(eq(outbox.id, Number(card.slice('message-'.length))))

  expect(await ids()).toEqual([])
})

test('the message to admins that cannot be sent does not become a letter that it would have to tell of', async () => {
  await fails('people')
  const { tools } = jobTools(db)
  await tellAdmins(tools)
  await db.update(outbox).set({ state: 'failed', error: 'account_inactive' })

  expect(await countDeadLetters(db)).toEqual({ write: 0, message: 0, job: 1, webhook: 0 })
})

test('one message tells of a burst, an edit of what comes after it, and a new one of what comes a day later', async () => {
  const { tools } = jobTools(db)
  await fails('people')
  await Promise.all([tellAdmins(tools), tellAdmins(tools), tellAdmins(tools)])
  await sent()
  await fails('delta')
  await tellAdmins(tools)
  await sent()
  await tellAdmins(tools)
  expect((await told()).map(({ action }) => action)).toEqual(['post', 'update'])

  const card = (await setting(db, 'dead_letter_card'))!
  const dayAgo = new Date(Date.now() - 25 * 3_600_000).toISOString()
  await setSetting(db, 'dead_letter_card', { ...card, postedAt: dayAgo }, 'test')
  await fails('watch')
  await tellAdmins(tools)

  const all = await told()
  expect(all.slice(2).map(({ action }) => action)).toEqual(['update', 'post'])
  expect(all[2]?.text).toContain('A newer message')
  expect(new Set(all.map(({ messageKey }) => messageKey)).size).toBe(2)
})

test('when nothing is left the message says so, and the next letter is a new message', async () => {
  const { tools } = jobTools(db)
  await fails('people')
  await tellAdmins(tools)
  await sent()
  for (const id of await ids()) await discardLetter(letterTools(), id, bo)
  await tellAdmins(tools)
  await tellAdmins(tools)
  expect((await told()).at(-1)?.text).toContain('Nothing is left')
  await sent()

  await fails('people')
  await tellAdmins(tools)

  expect((await told()).map(({ action }) => action)).toEqual(['post', 'update', 'post'])
})

test.each(['', 'write-', 'message-1x', 'message-1; drop', 'nothing-1', 'webhook-a b', 'job--1'])(
  '%j is the name of no letter',
  async (id) => {
    expect(parseLetterId(id)).toBeNull()
    expect(await retryLetter(letterTools(), id, 'system')).toEqual({ kind: 'gone' })
  },
)
