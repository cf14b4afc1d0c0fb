import { randomBytes } from 'node:crypto'
import type { Express } from 'express'
import express from 'express'
import type { ApprovalTools } from './approval/approval.ts'
import { renderCard } from './approval/card.ts'
import { type CardTools, cardFacts, recordUrl } from './approval/card-facts.ts'
import { createAudit } from './audit/audit.ts'
import { keepCheckpoints, type Publish } from './audit/checkpoints.ts'
import { signerOf } from './audit/note.ts'
import { publishToFile, publishToSlack } from './audit/publish.ts'
import { publishToS3 } from './audit/s3.ts'
import { type Config, secretsOf } from './config.ts'
import { openCrmFields } from './crm/crm-fields.ts'
import { deletedSync } from './crm/sync/deleted.ts'
import { deltaSync } from './crm/sync/delta.ts'
import { fullSync } from './crm/sync/full.ts'
import { syncPeople } from './crm/sync/people.ts'
import { refreshAccount } from './crm/sync/refresh-account.ts'
import { refreshRecords } from './crm/sync/refresh-records.ts'
import { createCallCounter } from './crm/zoho/call-counter.ts'
import { zohoReader, zohoWriter } from './crm/zoho/rest.ts'
import { ensureChannel } from './crm/zoho/watch-channel.ts'
import { verifyNotification } from './crm/zoho/webhook.ts'
import type { GatherTools } from './digest/gather.ts'
import { ConfigError } from './errors.ts'
import { type Enqueue, type JobQueue, openQueue } from './jobs/queue.ts'
import { sweep } from './jobs/sweep.ts'
import type { JobTools, SyncTools } from './jobs/tools.ts'
import { jobTurns } from './jobs/turns.ts'
import { createLog, type Log } from './log.ts'
import { postgresMemory, postgresUpkeep } from './memory/postgres.ts'
import { authorToolsOver } from './pipeline/author-tools.ts'
import { maskingFor } from './pipeline/masking.ts'
import { openPlatform, type Platform, type PlatformOptions } from './platform/platform.ts'
import { createSlackApp, type SlackApp } from './slack/bolt.ts'
import { createBulkClient } from './slack/clients.ts'
import { linkPeople, recordInstallation } from './slack/directory.ts'
import { createMessenger } from './slack/messenger.ts'
import { activeChannels } from './store/crm-channels.ts'
import type { Db } from './store/db.ts'
import { installationOf } from './store/installations.ts'
import { recordInteraction } from './store/interactions.ts'
import { giveBack, type HeldLeases, noLeases } from './store/leases.ts'
import { setting } from './store/settings.ts'
import { admin } from './triggers/admin.ts'
import { registerCardButtons } from './triggers/buttons.ts'
import { registerCommands } from './triggers/commands.ts'
import { registerConversation } from './triggers/conversation.ts'
import { registerDeadLetters } from './triggers/dead-letters.ts'
import { health } from './triggers/health.ts'
import { registerHome } from './triggers/home.ts'
import { registerMemory } from './triggers/memory.ts'
import { registerModals } from './triggers/modals.ts'
import { type Schedules, startSchedules } from './triggers/schedule.ts'
import type { TriggerTools } from './triggers/tools.ts'
import { zohoWebhooks } from './triggers/webhooks.ts'

/** `web` takes what comes in, `worker` does what follows, `all` is both. */
export type AppRole = 'all' | 'web' | 'worker'

export type AppOptions = {
  role?: AppRole
  /** Send a new company's first digests at once, whatever the clock says. */
  firstDigests?: boolean
  /** The test seam: anything here takes the place of what the configuration would make. */
  overrides?: {
    platform?: Platform
    log?: Log
    /** Keeps apart the queues of several apps on one Redis. */
    queuePrefix?: string
  }
  initialise?: PlatformOptions['initialise']
}

export type App = {
  /** Slack's requests, webhooks, health and admin; the caller listens with it. */
  http: Express
  platform: Platform
  adminToken: string
  /** Tells the command line where this instance is reached; call it once it listens. */
  announce(url: string): void
  start(): Promise<void>
  /** Takes nothing new, lets what runs finish for up to 12 s, gives back what did not, and closes. */
  stop(): Promise<void>
}

/** An operation's lease outlasts the call that writes it: another worker then never looks while it may still arrive. */
const LEASE_PER_TIMEOUT = 4 / 3
/** Of the 20 s after which a process is ended; the rest is for giving back and for closing. */
const STOP_GRACE_MS = 12_000
const FIELDS_RELOAD_MS = 60_000

/**
 * The composition root, read from top to bottom: the only file that knows every part.
 *
 * @throws ConfigError when something it needs cannot be used.
 */
export async function createApp(config: Config, options: AppOptions = {}): Promise<App> {
  const { role = 'all', overrides = {} } = options
  const log = overrides.log ?? createLog(config.logLevel, { secrets: secretsOf(config) })
  const { initialise } = options
  const platform =
    overrides.platform ??
    (await openPlatform({ ...config.platform, log, ...(initialise ? { initialise } : {}) }))
  try {
    return await compose(config, { ...options, role }, { platform, log })
  } catch (error) {
    await platform.close()
    throw error
  }
}

async function compose(
  config: Config,
  { role, firstDigests = false, overrides = {} }: AppOptions & { role: AppRole },
  { platform, log }: { platform: Platform; log: Log },
): Promise<App> {
  const { db, jobsDb } = platform
  const audit = createAudit(config.encryptionKey)
  const { origin, signingKey } = config.audit
  const signer = signingKey && signerOf(origin, signingKey)
  const queue = openQueue(platform, log, overrides.queuePrefix)
  const { enqueue } = queue

  // Slack
  const http = express().disable('x-powered-by')
  const apiUrl = config.slack.apiUrl ? { apiUrl: config.slack.apiUrl } : {}
  const bulk = createBulkClient({
    botToken: config.slack.botToken,
    apiUrl: config.slack.apiUrl ?? undefined,
    log,
  })
  const slack = createSlackApp({
    ...slackMode(config, http),
    ...apiUrl,
    botToken: config.slack.botToken,
    log,
    onReceipt: (receipt) => recordInteraction(db, receipt),
  })
  const workspace = await installation(db, bulk)

  // Zoho: two connections, and only execution is ever given the one that writes.
  const fields = await openCrmFields(jobsDb, config.zoho.fields)
  const zoho = {
    db: jobsDb,
    log,
    key: config.encryptionKey,
    accountsUrl: config.zoho.accountsUrl,
    apiHosts: config.zoho.extraApiDomains,
    fields: fields.map,
    counter: createCallCounter(),
    timeoutMs: config.zoho.timeoutMs,
  }
  const reader = zohoReader({ ...zoho, credentials: config.zoho.read })
  const writer = zohoWriter({ ...zoho, credentials: config.zoho.write })

  // Loaded where there is a key: nobody else should wait for it at each start.
  const { claude } = config.claude ? await import('./llm/claude.ts') : {}
  const llm = claude && config.claude ? claude({ ...config.claude, db: jobsDb, log }) : null

  const { ttlMs, secondApproverAbove, undoMs } = config.approval
  const toolsOver = (db: Db) => ({
    db,
    cards: {
      db,
      fields: fields.map,
      undoMs,
      crmWebUrl: config.zoho.webUrl,
      slackUrl: workspace.url,
    } satisfies CardTools,
    gather: {
      db,
      recordUrl: recordUrl(config.zoho.webUrl),
      permalink: ({ channel, ts }: { channel: string; ts: string }) =>
        `${workspace.url}archives/${channel}/p${ts.replace('.', '')}`,
      digestTime: config.digest.localTime,
    } satisfies GatherTools,
    approval: { db, audit, ttlMs, secondApproverAbove } satisfies ApprovalTools,
  })
  const { cards, ...jobs } = toolsOver(jobsDb)
  const held = noLeases()
  const messenger = createMessenger({
    db: jobsDb,
    renewals: db,
    leases: held.messages,
    bulk,
    interactive: slack.interactive,
    log,
    teamId: workspace.teamId,
    rateFactor: config.slack.rateFactor,
    async renderCard(approvalId) {
      const facts = await cardFacts(cards, approvalId)
      return facts && renderCard(facts)
    },
  })

  const sync: SyncTools = {
    async people() {
      await syncPeople({ db: jobsDb, crm: reader, teamId: workspace.teamId })
      const { unknown, waitMs } = await linkPeople(jobsDb, bulk, workspace.teamId)
      if (unknown.length > 0)
        log.warn({ people: unknown.length }, 'CRM users without a Slack user of the same e-mail')
      // Beside whatever runs this: the job under way would swallow one of its own kind.
      if (waitMs !== null) await enqueue('sync-crm', { mode: 'people' }, { delayMs: waitMs, anyway: true })
    },
    fields: () => fields.check(reader),
    full: async () => (await fullSync(syncNow())).accountIds.length,
    delta: async () => (await deltaSync(syncNow())).accountIds.length,
    deleted: async () => (await deletedSync(syncNow())).accountIds.length,
    account: async (id) => (await refreshAccount(syncNow(), id))?.accountIds.length ?? 0,
    records: async (module, ids) => (await refreshRecords(syncNow(), { module, ids })).accountIds.length,
    watch: config.http.publicUrl ? () => watch(false) : null,
  }
  const syncNow = () => ({
    db: jobsDb,
    crm: reader,
    fields: fields.map(),
    choices: fields.choices(),
    now: new Date(),
  })
  const watch = async (renew: boolean) => {
    const notifyUrl = `${config.http.publicUrl}/webhooks/zoho/${config.zoho.webhookSecret}`
    await ensureChannel({ db: jobsDb, crm: reader, notifyUrl, now: new Date(), log, renew })
  }

  const leaseMs = config.zoho.timeoutMs * LEASE_PER_TIMEOUT
  const remembering = { audit, log, teamId: workspace.teamId }
  const memoryOf = postgresMemory({ ...remembering, db: jobsDb })
  const jobTools: JobTools = {
    ...jobs,
    log,
    teamId: workspace.teamId,
    enqueue,
    sync,
    review: {
      db: jobsDb,
      teamId: workspace.teamId,
      fields: fields.map,
      author: llm && authorToolsOver(jobsDb, llm),
    },
    conversation: llm && { db: jobsDb, llm, masking: maskingFor, memoryOf },
    execute: { db: jobsDb, crm: writer, audit, log, leaseMs, held: held.operations },
    messenger,
    memory: postgresUpkeep({ ...remembering, db: jobsDb }),
    memoryOf,
    settings: {
      mergeWindowMs: config.review.mergeWindowMs,
      reviewTime: config.review.localTime,
      digestTime: config.digest.localTime,
      zone: config.digest.zone,
      teamChannel: config.slack.teamChannel,
      firstDigests,
    },
  }
  const triggerTools: TriggerTools = {
    ...toolsOver(db),
    log,
    audit,
    enqueue,
    messenger,
    memoryOf: postgresMemory({ ...remembering, db }),
    teamId: workspace.teamId,
    undo: { db, audit, ttlMs, undoMs },
    fields: fields.map,
    model: config.claude && { usdPerDay: config.claude.usdPerDay },
    linkPeople: sync.people,
    async liveFields(module, id, names) {
      const record = await reader.record(module, id)
      return record && writer.fieldsOf(record, names)
    },
  }

  const adminToken = randomBytes(24).toString('base64url')
  http.use(health(platform.ping))
  http.use(
    admin({
      db,
      enqueue,
      token: adminToken,
      letters: triggerTools,
      trail: {
        db: jobsDb,
        key: config.encryptionKey,
        verifier: signer?.verifier ?? null,
        publishedFile: config.audit.publishTo?.to === 'file' ? config.audit.publishTo.path : null,
      },
    }),
  )
  if (role !== 'worker') {
    registerCommands(slack.app, triggerTools)
    registerCardButtons(slack.app, triggerTools)
    registerModals(slack.app, triggerTools)
    registerHome(slack.app, triggerTools)
    registerConversation(slack.app, triggerTools)
    registerDeadLetters(slack.app, triggerTools)
    registerMemory(slack.app, triggerTools)
    if (config.zoho.webhookSecret) {
      const { webhookSecret: secret } = config.zoho
      const { mergeWindowMs } = config.review
      const verify = async (body: unknown) =>
        verifyNotification(body, { channels: await activeChannels(db), now: new Date() })
      http.use(zohoWebhooks({ db, log, enqueue, secret, mergeWindowMs, verify }))
    }
  }

  let schedules: Schedules | null = null
  const reloading = setInterval(() => {
    fields.reload().catch((error: unknown) => log.error({ err: error }, 'fields not reloaded'))
  }, FIELDS_RELOAD_MS)
  return {
    http,
    platform,
    adminToken,
    announce: (url) => platform.announce?.({ url, token: adminToken }),
    async start() {
      if (role !== 'worker') await slack.start()
      if (role === 'web') return
      await queue.work(jobTools, jobTurns(slack.somebodyWaits))
      const publish = publisher(config, jobsDb, workspace.teamId)
      schedules = startSchedules(jobTools, signer && (() => keepCheckpoints({ db: jobsDb, signer, publish })))
      await sweep(jobTools, { atStart: true })
      await begin({ db: jobsDb, enqueue, watch: config.http.publicUrl ? () => watch(true) : null, log })
    },
    async stop() {
      clearInterval(reloading)
      await stopWork({ db: jobsDb, slack, schedules, queue, held, log })
      await platform.close()
    },
  }
}

/** Where checkpoints of the audit trail go; null: nowhere. */
function publisher({ audit: { publishTo } }: Config, db: Db, teamId: string): Publish | null {
  switch (publishTo?.to) {
    case 'file':
      return publishToFile(publishTo.path)
    case 'slack':
      return publishToSlack({ db, teamId, channel: publishTo.channel })
    case 's3':
      return publishToS3(publishTo)
    default:
      return null
  }
}

function slackMode(config: Config, http: Express) {
  const { mode, signingSecret, appToken } = config.slack
  return mode === 'http'
    ? { mode, signingSecret: signingSecret ?? '', http }
    : { mode, appToken: appToken ?? '' }
}

/** Whose workspace the token belongs to: Slack's answer, or what it was last time while Slack is down. */
async function installation(db: Db, client: ReturnType<typeof createBulkClient>) {
  try {
    return await recordInstallation(db, client)
  } catch (cause) {
    const known = await installationOf(db)
    if (known) return known
    throw new ConfigError([
      `SLACK_BOT_TOKEN cannot be used: ${cause instanceof Error ? cause.message : cause}`,
    ])
  }
}

/** A new company is taken in whole; a known one goes on where it was, with where Zoho reaches us told anew. */
async function begin(tools: {
  db: Db
  enqueue: Enqueue
  watch: (() => Promise<void>) | null
  log: Log
}): Promise<void> {
  const { db, enqueue, watch, log } = tools
  if ((await setting(db, 'onboarded_at')) === null) {
    await enqueue('onboard', {})
    return
  }
  // Zoho may be down at this moment; the schedule registers the channel later.
  await watch?.().catch((error: unknown) => log.warn({ err: error }, 'zoho channel not registered'))
  await enqueue('sync-crm', { mode: 'delta' })
}

type Work = {
  db: Db
  slack: Pick<SlackApp, 'stop'>
  schedules: Schedules | null
  queue: JobQueue
  held: HeldLeases
  log: Log
}

/** Nothing under way is left to a lease: it is finished, or another process may take it up at once. */
async function stopWork({ db, slack, schedules, queue, held, log }: Work): Promise<void> {
  const grace = new Promise((resolve) => setTimeout(resolve, STOP_GRACE_MS).unref())
  const [abandoned] = await Promise.all([
    queue.close(STOP_GRACE_MS),
    Promise.race([slack.stop(), grace]),
    Promise.race([schedules?.stop(), grace]),
  ])
  await giveBack(db, held)
  log.info({ abandoned }, 'stopped')
}
