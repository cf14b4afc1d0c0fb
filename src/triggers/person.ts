import type { Context } from '@slack/bolt'
import { personOf } from '../access/identity.ts'
import type { Owner } from '../model/owner.ts'
import { progressOf } from '../slack/recording-app.ts'
import { finishInteraction } from '../store/interactions.ts'
import type { TriggerTools } from './tools.ts'

/** Who did something in Slack, from the verified request, and the row that remembers it. */
export type Actor = {
  /** Null for anyone who is not linked to a CRM user. */
  person: Owner | null
  slackUserId: string
  /** Where it was done; null for App Home and modals. */
  channel: string | null
  interactionId: string | null
}

export async function actorOf({ db }: TriggerTools, context: Context): Promise<Actor> {
  const progress = progressOf(context)
  if (!progress) throw new Error('A request reached a handler without being kept')
  const { teamId, userId: slackUserId, channelId: channel } = progress.receipt
  return {
    person: await personOf(db, teamId, slackUserId),
    slackUserId,
    channel,
    interactionId: progress.interactionId,
  }
}

/** Keeps how it ended beside the request. */
export async function ended(
  { db }: TriggerTools,
  { interactionId }: Actor,
  state: 'applied' | 'refused' | 'failed',
  outcome: string,
): Promise<void> {
  if (interactionId) await finishInteraction(db, interactionId, { state, outcome })
}
