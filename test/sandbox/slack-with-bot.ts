import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { LogLevel, WebClient } from '@slack/web-api'
import express, { type Request, type Response } from 'express'
import { pino } from 'pino'
import { createFaultControl } from '../../src/sandbox/fault-control.ts'
import { createFaults } from '../../src/sandbox/faults.ts'
import type { Person } from '../../src/sandbox/people.ts'
import { createLocalSlack, type LocalSlackOptions } from '../../src/sandbox/slack/local-slack.ts'
import type { Message } from '../../src/sandbox/slack/objects.ts'

export const dana: Person = {
  slackId: 'U0DANA',
  crmId: '101',
  name: 'Dana Okafor',
  email: 'dana@sandbox.example',
  role: 'owner',
  zone: 'Europe/Paris',
  managerCrmId: '103',
}
export const bo: Person = {
  ...dana,
  slackId: 'U0BO',
  crmId: '102',
  name: 'Bo Lind',
  email: 'bo@sandbox.example',
}

export const danasChannel = 'D0DANA'
export const teamChannel = 'C0ACCOUNTTEAM'

const signingSecret = 'local-signing-secret'
const token = 'local-bot-token'

/** The fields of Slack's payloads that these tests read one by one; which are there depends on the kind. */
export type Payload = {
  type: string
  event_id: string
  trigger_id: string
  response_url: string
  actions: unknown[]
  event: { text: string }
  view: { state: { values: unknown } }
}

/** What the control API answers about an action. */
type Outcome = { ok: boolean; status: number | null; error: unknown; errors: unknown; ts: string }

type Views = { modal: { id: string } | null; home: unknown }

/** A request as the bot in these tests received it, its signature already verified. */
export type Received = {
  kind: 'command' | 'interaction' | 'event'
  payload: Payload
  headers: Request['headers']
}

export type Reply = { status?: number; json?: unknown; text?: string; header?: [string, string] }

export type SlackWithBot = Awaited<ReturnType<typeof startSlackWithBot>>

/**
 * The local Slack and a bot of a few lines, each on its own port. The bot verifies Slack's signature itself,
 * remembers what it received and answers what `onRequest` says (200 and nothing by default).
 */
export async function startSlackWithBot(options: Partial<LocalSlackOptions> = {}) {
  const received: Received[] = []
  const state: { onRequest: (request: Received) => Reply | Promise<Reply> } = { onRequest: () => ({}) }

  const botApp = express()
  botApp.post('/slack/events', express.raw({ type: '*/*' }), async (request: Request, response: Response) => {
    const body = String(request.body)
    const stamp = request.headers['x-slack-request-timestamp']
    const expected = `v0=${createHmac('sha256', signingSecret).update(`v0:${stamp}:${body}`).digest('hex')}`
    if (request.headers['x-slack-signature'] !== expected) {
      response.sendStatus(401)
      return
    }
    const item: Received = { ...parsed(request, body), headers: request.headers }
    received.push(item)
    const { status = 200, json, text, header } = await state.onRequest(item)
    if (header) response.set(...header)
    if (json !== undefined) response.status(status).json(json)
    else if (text !== undefined) response.status(status).type('text').send(text)
    else response.status(status).end()
  })
  const botServer = await listen(botApp)

  const faults = createFaults()
  const slack = createLocalSlack({
    dir: null,
    people: [dana, bo],
    bot: { url: () => botServer.url, signingSecret, token, name: 'Sergas' },
    channels: [{ name: 'account-team', members: [dana.slackId, bo.slackId] }],
    faults,
    log: pino({ level: 'silent' }),
    retryDelaysMs: [0, 0, 0],
    ...options,
  })
  const slackApp = express()
  slackApp.use('/api', slack.api)
  slackApp.use('/control', slack.control, createFaultControl(faults))
  slackApp.use('/', slack.page)
  const slackServer = await listen(slackApp)

  async function control<Body>(method: 'GET' | 'POST', path: string, body?: unknown) {
    const response = await fetch(`${slackServer.url}/control${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    })
    return { status: response.status, body: (await response.json()) as Body }
  }

  return {
    url: slackServer.url,
    received,
    client: new WebClient(token, {
      slackApiUrl: `${slackServer.url}/api/`,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      logLevel: LogLevel.ERROR,
    }),
    /** What the bot answers from now on. */
    botAnswers(onRequest: (request: Received) => Reply | Promise<Reply>) {
      state.onRequest = onRequest
    },
    get: (path: string) => control<unknown>('GET', path),
    post: (path: string, body: unknown) => control<Outcome>('POST', path, body),
    /** Messages of a channel through the control API. */
    messages: async (channel: string) =>
      (await control<Message[]>('GET', `/slack/messages?channel=${channel}`)).body,
    views: async (user: string) => (await control<Views>('GET', `/slack/views?user=${user}`)).body,
    async [Symbol.asyncDispose]() {
      slack.close()
      await Promise.all([slackServer.close(), botServer.close()])
    },
  }
}

function parsed(request: Request, body: string): Pick<Received, 'kind' | 'payload'> {
  const payload = (value: unknown) => value as Payload
  if (request.headers['content-type']?.includes('json')) {
    return { kind: 'event', payload: payload(JSON.parse(body)) }
  }
  const form = Object.fromEntries(new URLSearchParams(body))
  if (form.payload) return { kind: 'interaction', payload: payload(JSON.parse(form.payload)) }
  return { kind: 'command', payload: payload(form) }
}

async function listen(app: express.Express) {
  const server: Server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export const approveCard = [
  { type: 'header', text: { type: 'plain_text', text: 'Acme – move close date to 15 Jan' } },
  {
    type: 'actions',
    block_id: 'rec:1:v1',
    elements: [
      {
        type: 'button',
        action_id: 'approval.approve',
        style: 'primary',
        text: { type: 'plain_text', text: 'Approve change' },
        value: '1.1',
      },
      {
        type: 'overflow',
        action_id: 'approval.more',
        options: [
          { text: { type: 'plain_text', text: 'Snooze 4 h' }, value: 'snooze:4h' },
          { text: { type: 'plain_text', text: 'Reassign…' }, value: 'reassign' },
        ],
      },
    ],
  },
]

export const reasonModal = {
  type: 'modal' as const,
  callback_id: 'reject',
  title: { type: 'plain_text' as const, text: 'Reject' },
  submit: { type: 'plain_text' as const, text: 'Reject' },
  private_metadata: '1.1',
  blocks: [
    {
      type: 'input' as const,
      block_id: 'reason',
      label: { type: 'plain_text' as const, text: 'Reason' },
      element: { type: 'plain_text_input' as const, action_id: 'reason' },
    },
  ],
}
