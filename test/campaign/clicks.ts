import { setTimeout as sleep } from 'node:timers/promises'
import type { Person } from '../../src/sandbox/people.ts'
import { payloadForm, slackHeaders } from '../slack-request.ts'
import { FIELD, textOf } from './company.ts'
import type { Crew } from './crew.ts'
import type { Plan } from './plan.ts'

/** What people do, as Slack sends it: signed, to whichever process answers, and again when none did. */

/** One request, and what came of it as far as whoever pressed can tell. */
export type Click = {
  plan: number
  approvalId: string
  what: string
  person: string
  signature: string
  /** Milliseconds since 1970. */
  sentAt: number
  tookMs: number
  /** Null: no answer at all. */
  status: number | null
}

export type Clicker = ReturnType<typeof createClicker>

type On = { plan: Plan; approvalId: string; version?: number }
type Request = { what: string; payload: Record<string, unknown> }

/** Slack tells the person that it failed after three seconds. */
const PATIENCE_MS = 3_000
const PRESS_AGAIN_AFTER_MS = 500
/** Long enough for every process to be back, however busy the machine is. */
const PRESSES = 60

export function createClicker(options: { crew: Crew; secret: string; team: string }) {
  const { crew, secret, team } = options
  const clicks: Click[] = []
  let turn = 0
  let made = 0

  async function send(request: Request, on: On, person: Person): Promise<Click & { body: string }> {
    // Each press is a request of its own, as Slack's trigger ids make it.
    made += 1
    const { user = {}, ...rest } = request.payload as { user?: object }
    const payload = {
      ...rest,
      team: { id: team, domain: 'sandbox' },
      user: { id: person.slackId, team_id: team, ...user },
      trigger_id: `campaign.${made}`,
    }
    return deliver(payloadForm(payload), { request, on, person })
  }

  async function deliver(
    body: string,
    { request, on, person, stamp }: { request: Request; on: On; person: Person; stamp?: string },
  ): Promise<Click & { body: string; stamp: string }> {
    const headers = slackHeaders(body, { secret, ...(stamp ? { stamp } : {}) })
    const sentAt = Date.now()
    const status = await toAnyOf(crew.webs, { headers, body })
    const click = {
      plan: on.plan.index,
      approvalId: on.approvalId,
      what: request.what,
      person: person.crmId ?? '',
      signature: headers['x-slack-signature'],
      sentAt,
      tookMs: Date.now() - sentAt,
      status,
    }
    clicks.push(click)
    return { ...click, body, stamp: headers['x-slack-request-timestamp'] }
  }

  /** As a load balancer does: where nobody listens, the next is asked. */
  async function toAnyOf(
    webs: Crew['webs'],
    request: { headers: HeadersInit; body: string },
  ): Promise<number | null> {
    turn += 1
    for (let tried = 0; tried < webs.length; tried += 1) {
      const url = `${webs[(turn + tried) % webs.length]?.url}/slack/events`
      const signal = AbortSignal.timeout(PATIENCE_MS)
      try {
        const response = await fetch(url, { method: 'POST', ...request, signal })
        await response.arrayBuffer()
        return response.status
      } catch (error) {
        // Cut off or too late: whoever pressed sees a warning sign.
        if (!isRefused(error)) return null
      }
    }
    return null
  }

  async function untilAnswered(request: Request, on: On, person: Person) {
    for (let press = 1; ; press += 1) {
      const click = await send(request, on, person)
      if (click.status === 200 || press === PRESSES) return click
      await sleep(PRESS_AGAIN_AFTER_MS)
    }
  }

  return {
    clicks: clicks as readonly Click[],
    press: (action: string, on: On, person: Person) => untilAnswered(button(action, on, person), on, person),
    choose: (choice: string, on: On, person: Person) => untilAnswered(menu(choice, on, person), on, person),
    reject: (on: On, person: Person) => untilAnswered(rejection(on), on, person),
    edit: (on: On, person: Person) => untilAnswered(edit(on), on, person),
    /** Once, at this moment, whatever comes of it. */
    pressOnce: (action: string, on: On, person: Person) => send(button(action, on, person), on, person),
    /** The same request again, signature and all. */
    async replayed(action: string, on: On, person: Person) {
      const request = button(action, on, person)
      const first = await untilAnswered(request, on, person)
      await deliver(first.body, {
        request,
        on,
        person,
        ...('stamp' in first ? { stamp: String(first.stamp) } : {}),
      })
    },
  }
}

function isRefused(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: string } }
  return cause?.code === 'ECONNREFUSED'
}

const refOf = ({ approvalId, version = 1 }: On) => `${approvalId}:${version}`
const channelOf = (person: Person) => ({ id: `D${person.slackId.slice(1)}` })

function button(action: string, on: On, person: Person): Request {
  const pressed = { type: 'button', action_id: action, block_id: 'campaign', value: refOf(on) }
  return { what: action, payload: { type: 'block_actions', channel: channelOf(person), actions: [pressed] } }
}

function menu(choice: string, on: On, person: Person): Request {
  const chosen = {
    type: 'overflow',
    action_id: 'approval.more',
    block_id: `card:${refOf(on)}:pending:6`,
    selected_option: { value: choice },
  }
  return { what: choice, payload: { type: 'block_actions', channel: channelOf(person), actions: [chosen] } }
}

function rejection(on: On): Request {
  const values = { reason: { reason: { type: 'static_select', selected_option: { value: 'not_now' } } } }
  return submission('approval.reject', on, values)
}

function edit(on: On): Request {
  const input = { type: 'plain_text_input', value: textOf.edited(on.plan) }
  return submission('approval.edit', on, { [`${FIELD}:v1`]: { [FIELD]: input } })
}

function submission(callback: string, on: On, values: Record<string, unknown>): Request {
  const view = {
    id: 'V0CAMPAIGN',
    type: 'modal',
    callback_id: callback,
    private_metadata: refOf(on),
    state: { values },
    hash: '1.campaign',
  }
  return { what: callback, payload: { type: 'view_submission', view } }
}
