import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import express, { type Express, type RequestHandler, type Router } from 'express'
import { z } from 'zod'
import type { Log } from '../log.ts'
import type { CrmData } from './data/crm-data.ts'
import { createFaultControl } from './fault-control.ts'
import { createFaults } from './faults.ts'
import { createLocalSlack } from './slack/local-slack.ts'
import { channelIdOf } from './slack/workspace.ts'
import { createLocalZoho } from './zoho/local-zoho.ts'
import { READ_CONNECTION, WRITE_CONNECTION } from './zoho/oauth.ts'

/**
 * A company to try the bot on: a local Slack, a local Zoho and their control API on one port of this machine. It
 * knows the bot only as Slack and Zoho do, by its address; the two may be one process or two.
 */
export type SandboxOptions = {
  /** 0 for any free one. */
  port: number
  /** Where Slack and Zoho keep their state; null keeps it in memory. */
  dir: string | null
  /** Empties `dir` first: once the port is had and the company could be made, so that a start that fails costs nothing. */
  fresh?: boolean
  /** Asked only when `dir` holds no company yet. */
  company: () => CrmData
  log: Log
  /** Slack's and Zoho's limits times this. */
  rateFactor?: number
  /** Where the bot listens; absent: here, see `attach`. */
  botUrl?: string
  /** Sees every request first, and may keep it from being answered. */
  watch?: RequestHandler
}

/** What the control API asks of the bot. */
export type BotAnswers = { ready: () => Promise<boolean>; recommendations: () => Promise<unknown> }

export type Sandbox = {
  url: string
  /** The settings with which a bot lives in this company. */
  env: Record<string, string>
  /** Gives the bot its place on this port. */
  attach(bot: RequestListener, answers: BotAnswers): void
  close(): Promise<void>
}

const TEAM_CHANNEL = 'account-team'
const BOT_PATHS = /^\/(slack\/|webhooks\/|admin\b|livez$|readyz$)/

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const site = express().disable('x-powered-by')
  const server = createServer(site)
  const url = await listen(server, options.port)
  try {
    return furnish(options, { site, server, url })
  } catch (error) {
    server.close()
    throw error
  }
}

/** The company moves in: what it keeps is opened or made, and everyone is reachable. */
function furnish(
  options: SandboxOptions,
  { site, server, url }: { site: Express; server: Server; url: string },
): Sandbox {
  const { dir, log } = options
  const company = options.fresh ? options.company() : options.company
  if (dir && options.fresh) rmSync(dir, { recursive: true, force: true })
  if (dir) mkdirSync(dir, { recursive: true, mode: 0o700 })
  const secrets = keptSecrets(dir)
  const botUrl = options.botUrl ?? url
  const faults = createFaults()
  const zoho = createLocalZoho({
    dir: dir && join(dir, 'zoho'),
    baseUrl: url,
    company,
    faults,
    log,
    ...(options.rateFactor ? { limitFactor: options.rateFactor } : {}),
  })
  const everyone = zoho.people.filter(({ role }) => role !== 'none').map(({ slackId }) => slackId)
  const slack = createLocalSlack({
    dir: dir && join(dir, 'slack'),
    people: [...zoho.people],
    bot: { url: () => botUrl, signingSecret: secrets.signing, token: secrets.bot, name: 'Sergas' },
    channels: [{ name: TEAM_CHANNEL, members: everyone }],
    faults,
    log,
    ...(options.rateFactor ? { rateFactor: options.rateFactor } : {}),
  })

  let bot: { handle: RequestListener; answers: BotAnswers } | null = null
  if (options.watch) site.use(options.watch)
  site.use('/api', slack.api)
  site.use('/control', createFaultControl(faults), slack.control, zoho.control)
  site.use(
    '/control',
    botControl(() => bot?.answers ?? null),
  )
  site.use(zoho.router)
  site.use('/zoho', zoho.page)
  site.use((request, response, next) => {
    if (bot && BOT_PATHS.test(request.path)) bot.handle(request, response)
    else next()
  })
  site.use(slack.page)

  return {
    url,
    env: {
      PUBLIC_URL: botUrl,
      ENCRYPTION_KEY: secrets.encryption,
      AUDIT_SIGNING_KEY: secrets.audit,
      ...(dir ? { AUDIT_PUBLISH_TO: join(dir, 'audit-checkpoints.txt') } : {}),
      SLACK_API_URL: `${url}/api/`,
      SLACK_BOT_TOKEN: secrets.bot,
      SLACK_SIGNING_SECRET: secrets.signing,
      SLACK_TEAM_CHANNEL: channelIdOf(TEAM_CHANNEL),
      ...(options.rateFactor ? { SLACK_RATE_FACTOR: String(options.rateFactor) } : {}),
      ZOHO_ACCOUNTS_URL: url,
      ZOHO_API_DOMAINS: url,
      ZOHO_WEB_URL: `${url}/zoho`,
      ZOHO_READ_CLIENT_ID: READ_CONNECTION.clientId,
      ZOHO_READ_CLIENT_SECRET: READ_CONNECTION.clientSecret,
      ZOHO_READ_REFRESH_TOKEN: READ_CONNECTION.refreshToken,
      ZOHO_WRITE_CLIENT_ID: WRITE_CONNECTION.clientId,
      ZOHO_WRITE_CLIENT_SECRET: WRITE_CONNECTION.clientSecret,
      ZOHO_WRITE_REFRESH_TOKEN: WRITE_CONNECTION.refreshToken,
      ZOHO_WEBHOOK_SECRET: secrets.webhook,
      WEBHOOK_MERGE_WINDOW: '5s',
    },
    attach(handle, answers) {
      bot = { handle, answers }
    },
    async close() {
      slack.close()
      await zoho.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** What only the bot knows. Without a bot on this port, it has not answered yet. */
function botControl(answers: () => BotAnswers | null): Router {
  const control = express.Router()
  control.get('/ready', async (_request, response) => {
    const ready = (await answers()?.ready()) ?? false
    response.status(ready ? 200 : 503).json({ ready })
  })
  control.get('/recommendations', async (_request, response) => {
    const bot = answers()
    if (bot) response.json(await bot.recommendations())
    else response.status(503).json({ error: 'the bot has not started' })
  })
  return control
}

const Secrets = z.object({
  signing: z.string(),
  bot: z.string(),
  webhook: z.string(),
  encryption: z.string(),
  /** Absent in a directory that was made before the trail was signed. */
  audit: z.string().optional(),
})

/** Made once per directory: what was encrypted and signed before a restart must still be readable after it. */
function keptSecrets(dir: string | null): Required<z.infer<typeof Secrets>> {
  const file = dir && join(dir, 'sandbox.json')
  const kept = file && existsSync(file) ? Secrets.parse(JSON.parse(readFileSync(file, 'utf8'))) : null
  if (kept?.audit) return { ...kept, audit: kept.audit }
  const random = () => randomBytes(24).toString('base64url')
  const secrets = {
    signing: `local-signing-${random()}`,
    bot: `local-bot-${random()}`,
    webhook: random(),
    encryption: randomBytes(32).toString('base64'),
    ...kept,
    audit: randomBytes(32).toString('base64'),
  }
  if (file) writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 })
  return secrets
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
