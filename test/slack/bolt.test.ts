import { createHmac } from 'node:crypto'
import express from 'express'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { RefusedError } from '../../src/errors.ts'
import { createSlackApp, type SlackApp } from '../../src/slack/bolt.ts'
import { progressOf } from '../../src/slack/recording-app.ts'
import { finishInteraction, recordInteraction } from '../../src/store/interactions.ts'
import { interactions } from '../../src/store/schema.ts'
import { openDatabase } from '../database.ts'
import { dana, directMessage, listen, openSlack, signingSecret, silent, teamId } from './workspace.ts'

let database: Awaited<ReturnType<typeof openDatabase>>
let slack: Awaited<ReturnType<typeof openSlack>>
let bot: Awaited<ReturnType<typeof listen>>
let app: SlackApp
let handled: string[]
let databaseIsDown = false

beforeAll(async () => {
  database = await openDatabase()
})
beforeEach(async () => {
  await database.db.delete(interactions)
  handled = []
  databaseIsDown = false
  slack = await openSlack({ bot: () => bot.url })
  app = createSlackApp({
    mode: 'http',
    botToken: 'local-bot-token',
    signingSecret,
    apiUrl: slack.apiUrl,
    log: silent,
    onReceipt: (receipt) => {
      if (databaseIsDown) return Promise.reject(new Error('connection refused'))
      return recordInteraction(database.db, receipt)
    },
    http: express(),
  })
  app.app.command('/sergas', async ({ ack, command, context }) => {
    handled.push(`${command.text} ${progressOf(context)?.interactionId === null ? 'unrecorded' : 'recorded'}`)
    if (command.text === 'refuse') throw new RefusedError('Only Bo can stop writes. Ask Bo.')
    if (command.text === 'crash') throw new Error('a bug')
    await ack()
    if (command.text === 'crash late') throw new Error('a bug')
  })
  app.app.event('app_mention', async ({ event }) => void handled.push(event.text))
  bot = await listen(app.http!)
  await app.start()
})
afterEach(async () => {
  await app.stop()
  await bot.close()
  await slack.close()
})
afterAll(() => database.close())

const command = (text: string) =>
  new URLSearchParams({
    token: 'local-verification-token',
    team_id: teamId,
    user_id: dana.slackId,
    channel_id: directMessage(dana.slackId),
    command: '/sergas',
    text,
    trigger_id: '1.2.3',
    api_app_id: 'A0SERGASBOT',
  }).toString()

function signed(body: string, skewSeconds = 0): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000) + skewSeconds)
  const hash = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${hash}` }
}

async function post(
  body: string,
  headers: Record<string, string>,
  type = 'application/x-www-form-urlencoded',
) {
  const response = await fetch(`${bot.url}/slack/events`, {
    method: 'POST',
    headers: { 'content-type': type, ...headers },
    body,
  })
  return response.status
}

const whispers = async () => {
  await app.stop()
  const messages = await slack.messages(directMessage(dana.slackId))
  return messages.filter(({ ephemeral_for }) => ephemeral_for === dana.slackId).map(({ text }) => text)
}

/** Once, before or after what Slack itself says of the failure. */
const whispered = async (words: RegExp) =>
  expect((await whispers()).filter((text) => words.test(text))).toHaveLength(1)

test.each([
  ['4 minutes ago', -240, 200],
  ['6 minutes ago', -360, 401],
  ['in 4 minutes', 240, 200],
  ['in 6 minutes', 360, 401],
  ['tomorrow', 86_400, 401],
])('a request signed %s is answered accordingly', async (_, skewSeconds, status) => {
  const body = command('help')

  expect(await post(body, signed(body, skewSeconds))).toBe(status)
  expect(handled).toHaveLength(status === 200 ? 1 : 0)
  expect(await database.db.$count(interactions)).toBe(status === 200 ? 1 : 0)
})

test.each([
  ['unsigned', () => ({})],
  [
    'signed with another secret',
    () => ({ ...signed(command('help')), 'x-slack-signature': `v0=${'0'.repeat(64)}` }),
  ],
  ['with a body changed after signing', () => signed(command('status'))],
  ['with a time that is none', () => ({ ...signed(command('help')), 'x-slack-request-timestamp': 'NaN' })],
])('a request %s is refused', async (_, headers) => {
  expect(await post(command('help'), headers())).toBe(401)
  expect(handled).toEqual([])
  expect(await database.db.$count(interactions)).toBe(0)
})

test('the same signed request is acted on once, and its repetition is answered quietly', async () => {
  const body = command('pause')
  const headers = signed(body)

  const answers = await Promise.all(Array.from({ length: 5 }, () => post(body, headers)))

  expect(answers).toEqual([200, 200, 200, 200, 200])
  expect(handled).toEqual(['pause recorded'])
  expect(await database.db.select().from(interactions)).toMatchObject([
    {
      teamId,
      userId: dana.slackId,
      kind: 'command:/sergas',
      state: 'received',
      signature: headers['x-slack-signature'],
    },
  ])
})

test('a replay whose signature was padded to look new is refused', async () => {
  const body = command('pause')
  const headers = signed(body)
  await post(body, headers)

  expect(await post(body, { ...headers, 'x-slack-signature': `${headers['x-slack-signature']}=1` })).toBe(401)
  expect(handled).toHaveLength(1)
})

test('an event counts once however often Slack delivers it, each time signed anew', async () => {
  const event = (seconds: number) =>
    JSON.stringify({
      type: 'event_callback',
      team_id: teamId,
      api_app_id: 'A0SERGASBOT',
      event_id: 'Ev0ONE',
      event_time: seconds,
      event: {
        type: 'app_mention',
        user: dana.slackId,
        channel: 'C0TEAM',
        text: 'hello',
        ts: '1.1',
        event_ts: '1.1',
      },
    })

  const first = await post(event(1), signed(event(1)), 'application/json')
  const retry = await post(event(2), signed(event(2)), 'application/json')

  expect([first, retry]).toEqual([200, 200])
  expect(handled).toEqual(['hello'])
})

test('what the bot itself posts comes back as an event and is neither kept nor acted on', async () => {
  const echo = JSON.stringify({
    type: 'event_callback',
    team_id: teamId,
    event_id: 'Ev0ECHO',
    event: {
      type: 'app_mention',
      bot_id: 'B0SERGASBOT',
      channel: 'C0TEAM',
      text: 'hello',
      ts: '1.1',
      event_ts: '1.1',
    },
  })

  expect(await post(echo, signed(echo), 'application/json')).toBe(200)
  expect(handled).toEqual([])
  expect(await database.db.$count(interactions)).toBe(0)
})

test('a body above 1 MB is refused before it is looked at', async () => {
  const body = command('x'.repeat(1024 * 1024))

  expect(await post(body, signed(body))).toBe(413)
  expect(handled).toEqual([])
})

test('the stored body has no verification token', async () => {
  const body = command('help')
  await post(body, signed(body))

  const [row] = await database.db.select().from(interactions)
  expect(row!.body).toMatchObject({ command: '/sergas', text: 'help' })
  expect(JSON.stringify(row)).not.toContain('local-verification-token')
})

test('a handler that fails before acknowledging makes Slack show a failure, and the person is told to press again', async () => {
  const typed = await slack.act('command', { user: dana.slackId, command: '/sergas', text: 'crash' })

  expect(typed).toMatchObject({ status: 502, body: { status: 500 } })
  await whispered(/not recorded.*press again.*\([2-9A-Z]{4}-[2-9A-Z]{2}\)$/s)
})

test('when the request cannot be kept, the person is told that it was not recorded', async () => {
  databaseIsDown = true

  const typed = await slack.act('command', { user: dana.slackId, command: '/sergas', text: 'help' })

  expect(typed.body).toMatchObject({ status: 500 })
  expect(handled).toEqual([])
  await whispered(/not recorded/)
})

test('a refusal reaches the person in its own words', async () => {
  await slack.act('command', { user: dana.slackId, command: '/sergas', text: 'refuse' })

  await whispered(/^Only Bo can stop writes\. Ask Bo\. \(.+\)$/)
})

test('what fails after it was acknowledged is never called unrecorded', async () => {
  const typed = await slack.act('command', { user: dana.slackId, command: '/sergas', text: 'crash late' })

  expect(typed.status).toBe(200)
  await whispered(/was recorded/)
})

test('an interaction ends once, and its first ending stays', async () => {
  const kept = await recordInteraction(database.db, {
    teamId,
    userId: dana.slackId,
    kind: 'action:approval.approve',
    signature: 'v0=1',
    body: {},
  })
  if (kept === 'replayed') throw new Error('nothing was recorded before')
  await finishInteraction(database.db, kept.id, { state: 'applied', outcome: 'approved' })
  await finishInteraction(database.db, kept.id, { state: 'failed', outcome: 'too late' })

  expect(await database.db.select().from(interactions)).toMatchObject([
    { state: 'applied', outcome: 'approved', finishedAt: expect.any(Date) },
  ])
})

test('a wrong token is found at start, not at the first press', async () => {
  const stranger = createSlackApp({
    mode: 'http',
    botToken: 'not-the-local-token',
    signingSecret,
    apiUrl: slack.apiUrl,
    log: silent,
    onReceipt: (receipt) => recordInteraction(database.db, receipt),
  })

  await expect(stranger.start()).rejects.toThrow('invalid_auth')
})
