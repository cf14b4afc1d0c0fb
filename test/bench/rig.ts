import { join } from 'node:path'
import { ownerById } from '../../src/access/identity.ts'
import { createApp } from '../../src/app.ts'
import { openApproval } from '../../src/approval/opening.ts'
import { createAudit } from '../../src/audit/audit.ts'
import { readConfig } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import type { CrmData } from '../../src/sandbox/data/crm-data.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import type { Db } from '../../src/store/db.ts'
import { outboxIsEmpty } from '../../src/store/outbox.ts'
import { staleHomes } from '../../src/store/owners.ts'
import { digestRecipients } from '../../src/store/portfolio.ts'
import { openRecommendations, type RecommendationRow } from '../../src/store/recommendations.ts'
import { setting } from '../../src/store/settings.ts'
import { freePort } from '../free-port.ts'
import { inTempDir, ROOT, run, until, untilOk } from './processes.ts'

/**
 * The bot in a process of its own, in a company that lives in this one, beside whoever presses. It was taken in
 * and its cards were posted before that process began, so that nothing else is under way when the presses start.
 */
export type Rig = {
  sandbox: Sandbox
  botUrl: string
  /** What stands on the posted cards, by approval. */
  shown: ReadonlyMap<string, RecommendationRow>
}

export type RigOptions = {
  company: CrmData
  /** Cards to post; 0: none. */
  cards: number
  /** Which of several suggestions gets a card; by default all. */
  pick?: (recommendation: RecommendationRow) => boolean
  /** DATABASE_URL and REDIS_URL; absent: embedded. */
  services?: Record<string, string>
  /** What Zoho is told to call instead of the bot itself. */
  publicUrl?: string
}

/** Slack's limits are Slack's; here they would be what is measured. */
const NO_RATE_LIMITS = 100_000
const TAKEN_IN_WITHIN_MS = 180_000
const log = createLog('error')

export async function withRig<T>(options: RigOptions, work: (rig: Rig) => Promise<T>): Promise<T> {
  return inTempDir(async (dir) => {
    const port = await freePort()
    const botUrl = `http://127.0.0.1:${port}`
    const sandbox = await startSandbox({
      port: 0,
      dir: null,
      company: () => options.company,
      log,
      rateFactor: NO_RATE_LIMITS,
      botUrl,
    })
    try {
      const env = {
        ...sandbox.env,
        ...options.services,
        ...(options.publicUrl ? { PUBLIC_URL: options.publicUrl } : {}),
        HOST: '127.0.0.1',
        PORT: String(port),
        DATA_DIR: join(dir, 'bot'),
        LOG_LEVEL: 'error',
      }
      const shown = await takeIn(env, options)
      const bot = run(process.execPath, [join(ROOT, 'dist', 'main.js'), 'start'], env)
      try {
        await Promise.race([untilOk(`${botUrl}/readyz`, TAKEN_IN_WITHIN_MS), bot.failed])
        return await Promise.race([work({ sandbox, botUrl, shown }), bot.failed])
      } finally {
        await bot.stop()
      }
    } finally {
      await sandbox.close()
    }
  })
}

/** Sync and review of a new company, then a card for each suggestion; the app does it, here, and stops. */
async function takeIn(
  env: Record<string, string>,
  options: RigOptions,
): Promise<Map<string, RecommendationRow>> {
  const config = readConfig(env)
  const app = await createApp(config, { role: 'worker', overrides: { log } })
  const { db } = app.platform
  try {
    await app.start()
    await until(async () => (await setting(db, 'onboarded_at')) !== null, TAKEN_IN_WITHIN_MS)
    const shown = new Map<string, RecommendationRow>()
    const { ttlMs, secondApproverAbove } = config.approval
    const approval = { db, audit: createAudit(config.encryptionKey), ttlMs, secondApproverAbove }
    for (const recommendation of await suggestions(db, options)) {
      const owner = await ownerById(db, recommendation.ownerId ?? '')
      if (!owner?.slackUserId) continue
      const place = { channel: owner.slackUserId }
      const approvalId = await openApproval(approval, recommendation.id, { ownerId: owner.id, place })
      if (approvalId) shown.set(approvalId, recommendation)
    }
    await until(
      async () => (await outboxIsEmpty(db)) && (await staleHomes(db)).length === 0,
      TAKEN_IN_WITHIN_MS,
    )
    return shown
  } finally {
    await app.stop()
  }
}

async function suggestions(db: Db, { cards, pick = () => true }: RigOptions): Promise<RecommendationRow[]> {
  const open = await openRecommendations(db, { ownerIds: await digestRecipients(db) })
  const picked = open.filter(pick).slice(0, cards)
  if (picked.length < cards) throw new Error(`Only ${picked.length} of ${cards} cards could be posted`)
  return picked
}
