import { ownerById } from '../access/identity.ts'
import { createApp } from '../app.ts'
import { openApproval } from '../approval/opening.ts'
import { createAudit } from '../audit/audit.ts'
import { readConfig, secretsOf } from '../config.ts'
import { createLog } from '../log.ts'
import { until } from '../sandbox/processes.ts'
import type { Db } from '../store/db.ts'
import { outboxIsEmpty } from '../store/outbox.ts'
import { staleHomes } from '../store/owners.ts'
import { digestRecipients } from '../store/portfolio.ts'
import { openRecommendations, type RecommendationRow } from '../store/recommendations.ts'
import { setting } from '../store/settings.ts'

export type Cards = {
  /** Fewest that will do; 0: none is needed. */
  atLeast: number
  /** Cards to post. */
  atMost: number
  /** Which of several suggestions gets a card; by default all. */
  pick?: (recommendation: RecommendationRow) => boolean
}

export const TAKEN_IN_WITHIN_MS = 180_000

/**
 * Sync and review of a new company, then a card for each suggestion; the app does it, here, and stops. Nothing else is
 * under way when the presses start.
 *
 * @returns what stands on the posted cards, by approval
 */
export async function takeIn(
  env: Record<string, string>,
  cards: Cards,
): Promise<Map<string, RecommendationRow>> {
  const config = readConfig(env)
  const log = createLog('error', { secrets: secretsOf(config) })
  const app = await createApp(config, { role: 'worker', overrides: { log } })
  const { db } = app.platform
  try {
    await app.start()
    await until(async () => (await setting(db, 'onboarded_at')) !== null, TAKEN_IN_WITHIN_MS)
    const shown = new Map<string, RecommendationRow>()
    const { ttlMs, secondApproverAbove } = config.approval
    const approval = { db, audit: createAudit(config.encryptionKey), ttlMs, secondApproverAbove }
    for (const recommendation of await suggestions(db, cards)) {
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

async function suggestions(
  db: Db,
  { atLeast, atMost, pick = () => true }: Cards,
): Promise<RecommendationRow[]> {
  const open = await openRecommendations(db, { ownerIds: await digestRecipients(db) })
  const picked = open.filter(pick).slice(0, atMost)
  if (picked.length < atLeast) throw new Error(`Only ${picked.length} of ${atLeast} cards could be posted`)
  return picked
}
