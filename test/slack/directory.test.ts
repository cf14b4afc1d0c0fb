import express from 'express'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { ownerById, peopleAround, personOf, reportsOf } from '../../src/access/identity.ts'
import { createBulkClient } from '../../src/slack/clients.ts'
import { linkPeople, recordInstallation } from '../../src/slack/directory.ts'
import { owners, slackInstallations } from '../../src/store/schema.ts'
import { openDatabase } from '../database.ts'
import { bo, dana, listen, openSlack, silent, teamId } from './workspace.ts'

let database: Awaited<ReturnType<typeof openDatabase>>
let slack: Awaited<ReturnType<typeof openSlack>>

beforeAll(async () => {
  database = await openDatabase()
})
beforeEach(async () => {
  await database.db.delete(owners)
  slack = await openSlack()
})
afterEach(() => slack.close())
afterAll(() => database.close())

const owner = (id: string, email: string, more: Partial<typeof owners.$inferInsert> = {}) => ({
  id,
  teamId,
  email,
  name: id,
  role: 'owner' as const,
  ...more,
})
const add = (...rows: ReturnType<typeof owner>[]) => database.db.insert(owners).values(rows)

test('people are linked by e-mail and get their zone from Slack', async () => {
  await add(
    owner('dana', dana.email.toUpperCase(), { managerId: 'bo' }),
    owner('bo', bo.email),
    owner('eve', 'eve@example.test'),
  )

  const outcome = await linkPeople(database.db, slack.client, teamId)

  expect(outcome).toEqual({ linked: ['dana', 'bo'], deactivated: [], unknown: ['eve'], waitMs: null })
  expect(await personOf(database.db, teamId, dana.slackId)).toMatchObject({
    id: 'dana',
    slackUserId: dana.slackId,
    zone: dana.zone,
    preferences: { digestTime: null, digestDays: [1, 2, 3, 4, 5] },
  })
  expect(await personOf(database.db, 'T0OTHER', dana.slackId)).toBeNull()
  expect(await reportsOf(database.db, 'bo')).toMatchObject([{ id: 'dana' }])
})

test('a rate limit stops the run, says how long to wait, and the next run finishes', async () => {
  await add(owner('dana', dana.email))
  slack.faults.add({ service: 'slack', kind: 'rate_limit', rate: 1, count: 1 })

  expect(await linkPeople(database.db, slack.client, teamId)).toMatchObject({ linked: [], waitMs: 1000 })
  expect(await linkPeople(database.db, slack.client, teamId)).toMatchObject({
    linked: ['dana'],
    waitMs: null,
  })
})

test('two CRM users with one address never share a Slack user', async () => {
  await add(owner('dana', dana.email), owner('double', dana.email))

  const { linked, unknown } = await linkPeople(database.db, slack.client, teamId)

  expect(linked).toHaveLength(1)
  expect(unknown).toHaveLength(1)
})

test('a link made by hand is left alone', async () => {
  await add(owner('dana', dana.email, { slackUserId: bo.slackId, linkedByHand: true }))

  await linkPeople(database.db, slack.client, teamId)

  expect(await ownerById(database.db, 'dana')).toMatchObject({ slackUserId: bo.slackId })
})

const member = { id: 'U0GUEST', team_id: teamId, tz: 'Europe/Oslo' }
test.each([
  ['a member', {}, 'U0GUEST'],
  ['a guest', { is_restricted: true }, null],
  ['a single-channel guest', { is_ultra_restricted: true }, null],
  ['a bot', { is_bot: true }, null],
  ['a deactivated user', { deleted: true }, null],
  ['somebody of another workspace', { team_id: 'T0OTHER' }, null],
  ['a stranger of a shared channel', { is_stranger: true }, null],
])('%s is linked or not', async (_, more, expected) => {
  const answers = express()
  answers.post(
    '/api/:method',
    (_request, response) => void response.json({ ok: true, user: { ...member, ...more } }),
  )
  const server = await listen(answers)
  const client = createBulkClient({ botToken: 'local-bot-token', apiUrl: `${server.url}/api/`, log: silent })
  await add(owner('guest', 'guest@example.test'))

  await linkPeople(database.db, client, teamId)
  await server.close()

  expect(await ownerById(database.db, 'guest')).toMatchObject({ slackUserId: expected })
})

test('somebody whom Slack no longer knows is inactive', async () => {
  await add(
    owner('gone', 'gone@example.test', { slackUserId: 'U0GONE' }),
    owner('dana', dana.email, { slackUserId: dana.slackId }),
  )

  const { deactivated } = await linkPeople(database.db, slack.client, teamId)

  expect(deactivated).toEqual(['gone'])
  expect(await ownerById(database.db, 'gone')).toMatchObject({ active: false })
  expect(await ownerById(database.db, 'dana')).toMatchObject({ active: true })
})

test.each([
  [
    'their own choice',
    { preferences: { zone: 'Asia/Tokyo' }, slackZone: 'Europe/Paris', crmZone: 'UTC' },
    'Asia/Tokyo',
  ],
  ["Slack's", { slackZone: 'Europe/Paris', crmZone: 'America/New_York' }, 'Europe/Paris'],
  ["the CRM's", { crmZone: 'America/New_York' }, 'America/New_York'],
  ['UTC when the CRM holds something that is no zone', { crmZone: 'Central European' }, 'UTC'],
])('the zone in force is %s', async (_, zones, expected) => {
  await add(owner('dana', dana.email, zones))

  expect((await ownerById(database.db, 'dana'))?.zone).toBe(expected)
})

test('a decision is for the owner the account has now, and for whom was asked where it has none', async () => {
  await add(
    owner('dana', dana.email, { managerId: 'bo' }),
    owner('bo', bo.email),
    owner('eve', 'eve@example.test'),
  )
  const around = (accountOwnerId: string | null) =>
    peopleAround(database.db, { accountOwnerId, askedOwnerId: 'dana' })

  expect(await around('eve')).toMatchObject({ owner: { id: 'eve' }, manager: null })
  expect(await around(null)).toMatchObject({ owner: { id: 'dana' }, manager: { id: 'bo' } })
  expect(await around('never-seen')).toMatchObject({ owner: { id: 'dana' } })
})

test('the workspace behind the token is remembered, once', async () => {
  await recordInstallation(database.db, slack.client)
  const installation = await recordInstallation(database.db, slack.client)

  const url = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/)
  expect(installation).toEqual({ teamId, name: 'Sandbox', botUserId: 'U0SERGASBOT', url })
  expect(await database.db.select().from(slackInstallations)).toMatchObject([installation])
})
