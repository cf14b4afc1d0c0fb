import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'

/** The people of the sandbox company, through the local Slack: what they press arrives at the bot signed, as from Slack. */
export type Card = { approvalId: string; user: string; channel: string; ts: string }

/** `at`: when the bot's answer was there. */
export type Pressed = { approvalId: string; action: string; ok: boolean; at: number }

const Channels = z.array(z.object({ id: z.string(), is_im: z.boolean(), user: z.string().nullable() }))
const Messages = z.array(
  z.looseObject({
    ts: z.string(),
    metadata: z
      .looseObject({
        event_type: z.string(),
        event_payload: z.looseObject({ approval_id: z.string().optional() }),
      })
      .nullish(),
  }),
)
const Users = z.array(z.object({ id: z.string(), role: z.string() }))

/** Undone again are so many of those approved, a moment later. */
const UNDO_EVERY = 5
const UNDO_AFTER_MS = 2_000

export function peopleOf(sandboxUrl: string) {
  const get = async (path: string): Promise<unknown> => (await fetch(`${sandboxUrl}/control/${path}`)).json()
  const post = async (path: string, body: unknown): Promise<boolean> => {
    const headers = { 'content-type': 'application/json' }
    const init = { method: 'POST', headers, body: JSON.stringify(body) }
    return (await fetch(`${sandboxUrl}/control/${path}`, init)).ok
  }
  const press = async ({ approvalId, ...where }: Card, action: string): Promise<Pressed> => {
    const ok = await post('slack/press', { ...where, action_id: action })
    return { approvalId, action, ok, at: Date.now() }
  }

  return {
    async cards(): Promise<Card[]> {
      const cards: Card[] = []
      for (const { id: channel, user } of Channels.parse(await get('slack/channels'))) {
        if (!user) continue
        for (const { ts, metadata } of Messages.parse(await get(`slack/messages?channel=${channel}`))) {
          const approvalId = metadata?.event_payload.approval_id
          if (metadata?.event_type === 'sergas_card' && approvalId)
            cards.push({ approvalId, user, channel, ts })
        }
      }
      return cards
    },
    press,
    /** Approve at a steady rate, whatever the answers take, until told to stop. */
    startPressing(cards: readonly Card[], perSecond: number): { pressed: Pressed[]; stop: () => void } {
      const pressed: Pressed[] = []
      let pressing = true
      const person = async (card: Card, index: number) => {
        await sleep((index * 1000) / perSecond)
        if (!pressing) return
        pressed.push(await press(card, 'approval.approve'))
        if (index % UNDO_EVERY !== 0) return
        await sleep(UNDO_AFTER_MS)
        // Where no Undo stands yet, nobody can press it.
        if (pressing) pressed.push(await press(card, 'approval.undo'))
      }
      const stop = () => {
        pressing = false
      }
      void Promise.all(cards.map(person))
      return { pressed, stop }
    },
    /** What an administrator of the company types. */
    async adminSays(text: string): Promise<void> {
      const admin = Users.parse(await get('slack/users')).find(({ role }) => role === 'admin')
      if (!admin || !(await post('slack/command', { user: admin.id, command: '/sergas', text })))
        throw new Error(`/sergas ${text} was not taken`)
    },
  }
}
export type People = ReturnType<typeof peopleOf>
