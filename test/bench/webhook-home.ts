import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import express from 'express'
import { z } from 'zod'
import type { CrmData, ZohoRecord } from '../../src/sandbox/data/crm-data.ts'
import { largeCompany } from '../../src/sandbox/data/large-company.ts'
import { freePort } from '../free-port.ts'
import { until } from '../processes.ts'
import { type Measurement, percentile, spread } from './figure.ts'
import { withRig } from './rig.ts'

const EDITS = 40
const EVERY_MS = 700
const MERGE_WINDOW_MS = 1_000
const SEEN_WITHIN_MS = 30_000

/**
 * Each edit in Zoho marks a healthy account of another owner as at risk. What that owner's App Home then shows, a
 * suggestion that names the account, can only come from a review of what was re-read.
 */
export const webhookToHome: Measurement = {
  name: 'webhook accepted → review visible in App Home, p95, merge window excluded',
  unit: 'ms',
  target: 3000,
  async measure() {
    const company = largeCompany(Math.ceil(EDITS / 4))
    const relayPort = await freePort()
    const services = { WEBHOOK_MERGE_WINDOW: `${MERGE_WINDOW_MS}ms` }
    const publicUrl = `http://127.0.0.1:${relayPort}`
    return withRig({ company, cards: 0, services, publicUrl }, async ({ sandbox, botUrl }) => {
      const edits = (await quietAccounts(sandbox.url, company)).slice(0, EDITS)
      const relay = await relayTo(botUrl, relayPort)
      try {
        const seen = edits.map(async ({ id, name, slackId }, index) => {
          await sleep(index * EVERY_MS)
          await markAtRisk(sandbox.url, id)
          await until(async () => relay.acceptedAt.has(id), SEEN_WITHIN_MS)
          await until(
            async () => (await homeOf(sandbox.url, slackId)).includes(`*${name}* –`),
            SEEN_WITHIN_MS,
          )
          return performance.now() - (relay.acceptedAt.get(id) ?? 0) - MERGE_WINDOW_MS
        })
        const took = await Promise.all(seen)
        return { value: percentile(took, 0.95), note: `${spread(took)}, an edit every ${EVERY_MS} ms` }
      } finally {
        relay.close()
      }
    })
  },
}

type Edit = { id: string; name: string; slackId: string }

/** One account of each owner that is in good standing, and that their App Home says nothing about. */
async function quietAccounts(slackUrl: string, { people, records }: CrmData): Promise<Edit[]> {
  const found: Edit[] = []
  for (const { crmId, slackId, role } of people) {
    if (role !== 'owner') continue
    const home = await homeOf(slackUrl, slackId)
    const account = records.Accounts.find(
      (each) => ownerOf(each) === crmId && each.Account_Status === 'Active' && !home.includes(nameOf(each)),
    )
    if (account) found.push({ id: account.id, name: nameOf(account), slackId })
  }
  return found
}

/** As it stands in a message: Slack's own signs are written out. */
const nameOf = (account: ZohoRecord): string => String(account.Account_Name).replaceAll('&', '&amp;')
const Owned = z.looseObject({ Owner: z.looseObject({ id: z.string() }) })
const ownerOf = (account: ZohoRecord): string => Owned.parse(account).Owner.id

async function homeOf(url: string, slackId: string): Promise<string> {
  return (await fetch(`${url}/control/slack/views?user=${slackId}`)).text()
}

async function markAtRisk(url: string, id: string): Promise<void> {
  const body = JSON.stringify({ module: 'Accounts', id, fields: { Account_Status: 'At Risk' } })
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}/control/zoho/edit`, { method: 'POST', headers, body })
  if (!response.ok) throw new Error(`The edit of ${id} was refused: ${await response.text()}`)
}

const Notification = z.object({ ids: z.array(z.string()) })

/** Stands between Zoho and the bot, and notes when the bot had accepted what Zoho told it of a record. */
async function relayTo(botUrl: string, port: number) {
  const acceptedAt = new Map<string, number>()
  const relay = express().use(express.text({ type: () => true }))
  relay.post('/*path', async (request, response) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${botUrl}${request.path}`, { method: 'POST', headers, body: request.body })
    await answer.arrayBuffer()
    if (answer.ok)
      for (const id of Notification.parse(JSON.parse(request.body)).ids) acceptedAt.set(id, performance.now())
    response.sendStatus(answer.status)
  })
  const server = relay.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return { acceptedAt, close: () => server.close() }
}
