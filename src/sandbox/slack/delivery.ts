import { createHmac } from 'node:crypto'
import type { Log } from '../../log.ts'
import type { Json } from './objects.ts'

/** What the bot answered, or how it failed to. */
export type Answer = {
  /** Null when there was no answer. */
  status: number | null
  /** Parsed when it is JSON, else the text as it came. */
  body: unknown
  /** `operation_timeout`, `dispatch_failed`, or what Slack refuses about the body; null when all is well. */
  error: string | null
  noRetry: boolean
}

export type Bot = {
  /** Where the bot listens, asked anew for every request. */
  url: () => string
  signingSecret: string
  token: string
  name: string
}

export type Delivery = ReturnType<typeof createDelivery>

const patienceMs = 3_000

export function wentWell({ status, error }: Answer): boolean {
  return error === null && status !== null && status >= 200 && status < 300
}

/** Signed requests from Slack to the bot. Commands and interactions go once; events are retried three times. */
export function createDelivery({ bot, retryDelaysMs, log }: { bot: Bot; retryDelaysMs: number[]; log: Log }) {
  const retries = new Set<NodeJS.Timeout>()

  async function post(body: string, headers: Record<string, string>): Promise<Answer> {
    const timestamp = String(Math.floor(Date.now() / 1000))
    const signature = createHmac('sha256', bot.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')
    try {
      const response = await fetch(`${bot.url()}/slack/events`, {
        method: 'POST',
        headers: {
          ...headers,
          'user-agent': 'Slackbot 1.0 (local)',
          'x-slack-request-timestamp': timestamp,
          'x-slack-signature': `v0=${signature}`,
        },
        body,
        signal: AbortSignal.timeout(patienceMs),
      })
      const text = await response.text()
      return {
        status: response.status,
        body: parsed(text, response.headers.get('content-type') ?? ''),
        error: null,
        noRetry: response.headers.get('x-slack-no-retry') === '1',
      }
    } catch (error) {
      const timedOut = error instanceof Error && error.name === 'TimeoutError'
      log.warn({ error: String(error), timedOut }, 'local slack could not reach the bot')
      return {
        status: null,
        body: null,
        error: timedOut ? 'operation_timeout' : 'dispatch_failed',
        noRetry: false,
      }
    }
  }

  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const json = { 'content-type': 'application/json' }

  function retryEvent(body: string, attempt: number, reason: string) {
    const delay = retryDelaysMs[attempt - 1]
    if (delay === undefined) return
    const timer = setTimeout(async () => {
      retries.delete(timer)
      const again = await post(body, {
        ...json,
        'x-slack-retry-num': String(attempt),
        'x-slack-retry-reason': reason,
      })
      if (!wentWell(again) && !again.noRetry) retryEvent(body, attempt + 1, reasonOf(again))
    }, delay)
    timer.unref()
    retries.add(timer)
  }

  return {
    command: (fields: Record<string, string>) => post(new URLSearchParams(fields).toString(), form),
    interaction: (payload: Json) =>
      post(new URLSearchParams({ payload: JSON.stringify(payload) }).toString(), form),
    /** The answer to the first attempt; retries go on by themselves. */
    async event(envelope: Json): Promise<Answer> {
      const body = JSON.stringify(envelope)
      const answer = await post(body, json)
      if (!wentWell(answer) && !answer.noRetry) retryEvent(body, 1, reasonOf(answer))
      return answer
    },
    close() {
      for (const timer of retries) clearTimeout(timer)
      retries.clear()
    },
  }
}

function reasonOf(answer: Answer): string {
  if (answer.error === 'operation_timeout') return 'http_timeout'
  return answer.status === null ? 'connection_failed' : 'http_error'
}

function parsed(text: string, contentType: string): unknown {
  if (text === '' || !contentType.includes('json')) return text
  try {
    return JSON.parse(text)
  } catch {
    // The bot mislabelled its answer; Slack shows such an answer as text.
    return text
  }
}
