import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebClient } from '@slack/web-api'
import express from 'express'
import { createLog } from '../../src/log.ts'
import { createFaults } from '../../src/sandbox/faults.ts'
import type { Person } from '../../src/sandbox/people.ts'
import { createLocalSlack } from '../../src/sandbox/slack/local-slack.ts'
import type { Message as Stored } from '../../src/sandbox/slack/objects.ts'
import { clientOptions, createBulkClient } from '../../src/slack/clients.ts'

export const teamId = 'T0SANDBOX'
export const signingSecret = 'local-signing-secret'
export const silent = createLog('silent')

export const dana: Person = person('U0DANA', 'crm-dana', 'Dana Ruiz', 'owner')
export const bo: Person = person('U0BO', 'crm-bo', 'Bo Lind', 'manager')

function person(slackId: string, crmId: string, name: string, role: Person['role']): Person {
  const email = `${name.split(' ')[0]!.toLowerCase()}@example.test`
  return { slackId, crmId, name, email, role, zone: 'Europe/Paris', managerCrmId: null }
}

export async function listen(app: express.Express) {
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The local Slack over HTTP, with a client as the product makes it and a log of every Web API call. */
export async function openSlack(options: { rateFactor?: number; bot?: () => string } = {}) {
  const faults = createFaults()
  const slack = createLocalSlack({
    dir: null,
    people: [dana, bo],
    bot: {
      url: options.bot ?? (() => 'http://127.0.0.1:9'),
      signingSecret,
      token: 'local-bot-token',
      name: 'Sergas',
    },
    channels: [{ name: 'team', members: [dana.slackId, bo.slackId] }],
    faults,
    log: silent,
    rateFactor: options.rateFactor ?? 1000,
  })
  const calls: string[] = []
  const app = express()
  app.use('/api', (request, _response, next) => {
    calls.push(request.path.slice(1))
    next()
  })
  app.use('/api', slack.api)
  app.use('/control', slack.control)
  const server = await listen(app)
  const apiUrl = `${server.url}/api/`
  return {
    apiUrl,
    faults,
    calls,
    client: createBulkClient({ botToken: 'local-bot-token', apiUrl, log: silent }),
    /** A client with a short temper, for calls that never come back. */
    impatient: (timeoutMs: number) =>
      new WebClient('local-bot-token', {
        ...clientOptions({ apiUrl, log: silent, timeoutMs }),
      }),
    async messages(channel: string): Promise<Stored[]> {
      const response = await fetch(`${server.url}/control/slack/messages?channel=${channel}`)
      return (await response.json()) as Stored[]
    },
    async act(what: string, body: object): Promise<{ status: number; body: unknown }> {
      const response = await fetch(`${server.url}/control/slack/${what}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      return { status: response.status, body: await response.json() }
    },
    async close() {
      slack.close()
      await server.close()
    },
  }
}

/** The direct message between a person and the bot. */
export const directMessage = (slackId: string) => `D${slackId.slice(1)}`

export const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } })
