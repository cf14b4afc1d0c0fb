import { join } from 'node:path'
import { TAKEN_IN_WITHIN_MS, takeIn } from '../../src/drill/take-in.ts'
import { createLog } from '../../src/log.ts'
import type { CrmData } from '../../src/sandbox/data/crm-data.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import type { RecommendationRow } from '../../src/store/recommendations.ts'
import { freePort } from '../free-port.ts'
import { inTempDir, ROOT, run, untilOk } from '../processes.ts'

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
      const { cards, pick } = options
      const shown = await takeIn(env, { atLeast: cards, atMost: cards, ...(pick ? { pick } : {}) })
      const bot = run(process.execPath, [join(ROOT, 'dist', 'main.js'), 'start'], { env })
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
