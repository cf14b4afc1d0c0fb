import { newId } from './workspace.ts'

const triggerLifeMs = 3_000
const responseLifeMs = 30 * 60_000
const responseUses = 5

/** Where an answer sent to a `response_url` belongs. */
export type ResponseTarget = {
  channel: string
  user: string
  /** The message that was pressed; null for a slash command. */
  ts: string | null
}

/**
 * The short-lived permissions Slack hands out with every interaction: a `trigger_id` opens one modal within
 * 3 s, a `response_url` takes 5 answers within 30 min. They live in memory and end with the process.
 */
export function createTickets(now: () => number = Date.now) {
  const triggers = new Map<string, { user: string; viewId: string | null; at: number; used: boolean }>()
  const responses = new Map<string, { target: ResponseTarget; at: number; uses: number }>()

  function forget<Entry extends { at: number }>(entries: Map<string, Entry>, olderThanMs: number) {
    for (const [id, { at }] of entries) {
      if (now() - at <= olderThanMs) return
      entries.delete(id)
    }
  }

  return {
    /** `viewId`: the modal in which the interaction happened, onto which `views.push` may push. */
    trigger(user: string, viewId: string | null = null): string {
      forget(triggers, 60 * 60_000)
      const id = `${now()}.${newId('')}`
      triggers.set(id, { user, viewId, at: now(), used: false })
      return id
    },
    /** The person who may be shown a modal, or Slack's word for why nobody may. */
    redeemTrigger(
      id: string,
    ):
      | { user: string; viewId: string | null }
      | { error: 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id' } {
      const trigger = triggers.get(id)
      if (!trigger) return { error: 'invalid_trigger_id' }
      if (trigger.used) return { error: 'exchanged_trigger_id' }
      if (now() - trigger.at > triggerLifeMs) return { error: 'expired_trigger_id' }
      trigger.used = true
      return { user: trigger.user, viewId: trigger.viewId }
    },
    response(target: ResponseTarget): string {
      forget(responses, 24 * 60 * 60_000)
      const id = newId('R')
      responses.set(id, { target, at: now(), uses: 0 })
      return id
    },
    redeemResponse(id: string): ResponseTarget | { error: 'expired_url' | 'used_url' } {
      const response = responses.get(id)
      if (!response || now() - response.at > responseLifeMs) return { error: 'expired_url' }
      if (response.uses >= responseUses) return { error: 'used_url' }
      response.uses += 1
      return response.target
    },
  }
}

export type Tickets = ReturnType<typeof createTickets>
