import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { payloadForm, slackHeaders } from '../slack-request.ts'
import type { Rig } from './rig.ts'

/** Presses on Approve as Slack sends them: signed, one after the other at a steady rate, whatever the answers take. */
export type Press = { approvalId: string; body: string }

export type Pressed = { approvalId: string; status: number; sentAt: number; tookMs: number }

const Channels = z.array(z.object({ id: z.string(), is_im: z.boolean(), user: z.string().nullable() }))
const Button = z.looseObject({ action_id: z.string(), value: z.string() })
const Block = z.looseObject({
  type: z.string(),
  block_id: z.string(),
  elements: z.array(z.unknown()).optional(),
})
const Card = z.looseObject({
  ts: z.string(),
  metadata: z.object({ event_payload: z.looseObject({ approval_id: z.string() }) }),
  blocks: z.array(Block),
})
const Messages = z.array(z.looseObject({ metadata: z.looseObject({ event_type: z.string() }).optional() }))

/** One press for each card that waits in somebody's direct messages. */
export async function approvePresses({ sandbox }: Pick<Rig, 'sandbox'>): Promise<Press[]> {
  const read = async (path: string) => (await fetch(`${sandbox.url}/control/slack/${path}`)).json()
  const team = await workspaceOf(sandbox.url, sandbox.env.SLACK_BOT_TOKEN ?? '')
  const presses: Press[] = []
  for (const { id, user } of Channels.parse(await read('channels'))) {
    if (!user) continue
    for (const message of Messages.parse(await read(`messages?channel=${id}`))) {
      if (message.metadata?.event_type === 'sergas_card')
        presses.push(pressOn(Card.parse(message), { channel: id, user, team }))
    }
  }
  return presses
}

type Where = { channel: string; user: string; team: { id: string; domain: string } }

function pressOn(card: z.infer<typeof Card>, { channel, user, team }: Where): Press {
  const { approval_id: approvalId } = card.metadata.event_payload
  const buttons = card.blocks.flatMap(({ block_id, elements = [] }) =>
    elements.flatMap((element) => {
      const button = Button.safeParse(element)
      return button.data?.action_id === 'approval.approve' ? [{ ...button.data, block_id }] : []
    }),
  )
  const [button] = buttons
  if (!button) throw new Error(`The card of ${approvalId} has no Approve`)
  const payload = {
    type: 'block_actions',
    team,
    user: { id: user, username: user, name: user, team_id: team.id },
    api_app_id: 'A0SERGASBOT',
    container: { type: 'message', message_ts: card.ts, channel_id: channel, is_ephemeral: false },
    channel: { id: channel, name: 'directmessage' },
    message: card,
    state: { values: {} },
    trigger_id: `bench.${approvalId}`,
    actions: [{ ...button, type: 'button', action_ts: card.ts }],
  }
  return { approvalId, body: payloadForm(payload) }
}

async function workspaceOf(url: string, token: string): Promise<Where['team']> {
  const headers = { authorization: `Bearer ${token}` }
  const answer = await fetch(`${url}/api/auth.test`, { method: 'POST', headers })
  return { id: z.object({ team_id: z.string() }).parse(await answer.json()).team_id, domain: 'sandbox' }
}

export async function pressAll(
  presses: readonly Press[],
  { rig, perSecond }: { rig: Pick<Rig, 'botUrl' | 'sandbox'>; perSecond: number },
): Promise<Pressed[]> {
  const url = `${rig.botUrl}/slack/events`
  const secret = rig.sandbox.env.SLACK_SIGNING_SECRET ?? ''
  const started = performance.now()
  return Promise.all(
    presses.map(async (press, index) => {
      await sleep(started + (index * 1000) / perSecond - performance.now())
      return send(press, { url, secret })
    }),
  )
}

async function send(
  { approvalId, body }: Press,
  { url, secret }: { url: string; secret: string },
): Promise<Pressed> {
  const headers = slackHeaders(body, { secret })
  const sentAt = Date.now()
  const from = performance.now()
  const response = await fetch(url, { method: 'POST', headers, body })
  await response.arrayBuffer()
  return { approvalId, status: response.status, sentAt, tookMs: performance.now() - from }
}
