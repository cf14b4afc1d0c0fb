import { endApproval } from '../approval/approval.ts'
import type { Owner } from '../model/owner.ts'
import { PAUSED } from '../store/approvals.ts'
import { setPreferences } from '../store/owners.ts'
import { waitingFor } from '../store/portfolio.ts'
import { returnPaused } from '../store/returning.ts'
import type { TriggerTools } from './tools.ts'

/**
 * Stops suggestions to a person. What waits for them is taken back, because nobody would see it expire; it returns with
 * fresh facts and new time when the pause is over.
 */
export async function pauseUntil(
  { db, approval, enqueue }: TriggerTools,
  person: Owner,
  until: Date,
): Promise<void> {
  await setPreferences(db, person.id, { pausedUntil: until.toISOString() })
  const ending = { by: person.id, reason: PAUSED, snoozedUntil: until }
  for (const waiting of await waitingFor(db, [person.id])) {
    await endApproval(approval, waiting.approval.id, 'withdrawn', ending)
  }
  if (person.slackUserId) await enqueue('deliver-messages', { channel: person.slackUserId })
  await enqueue('publish-home', { ownerId: person.id })
}

/** Suggestions go on, and what the pause took back is looked at again now. */
export async function resume({ db, enqueue }: TriggerTools, person: Owner): Promise<void> {
  await setPreferences(db, person.id, { pausedUntil: null })
  for (const recommendationId of await returnPaused(db, person.id)) {
    await enqueue('look-again', { recommendationId })
  }
  await enqueue('publish-home', { ownerId: person.id })
}
