import { setTimeout as sleep } from 'node:timers/promises'
import { UpstreamError } from '../../errors.ts'
import type { BeforeSending } from '../crm.ts'
import type { CallCounter } from './call-counter.ts'
import { createConcurrency } from './concurrency.ts'
import type { Access, Tokens } from './tokens.ts'
import { type Answer, inWords, refusalOf } from './wire.ts'

/** Calls to Zoho's REST API over one connection. Says of every failure whether the request may have taken effect. */

export type Call = {
  /** What kind of call it is, for counting: `coql`, `record`, `update`, … */
  endpoint: string
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below `/crm/v8`. */
  path: string
  query?: Record<string, string>
  headers?: Record<string, string>
  body?: unknown
  /** Changes nothing, so it may be repeated. */
  read: boolean
  /** Called right before each request of this call leaves. */
  beforeSending?: BeforeSending
  credits?: number
}

/**
 * @throws UpstreamError when there was no usable answer, for 429 and 5xx, and when the token is refused twice.
 *   Other refusals are answers: the caller reads their code.
 */
export type Http = (call: Call) => Promise<Answer>

export type HttpOptions = {
  tokens: Tokens
  counter: CallCounter
  timeoutMs: number
  concurrency: number
}

const READ_RETRIES = 2
const RETRY_BASE_MS = 250
/** Zoho names no time to wait: its concurrency limit clears within seconds, its credits within hours. */
const THROTTLED_MS = 30_000
const TOKEN_REFUSED = new Set(['INVALID_TOKEN', 'AUTHENTICATION_FAILURE'])

export function createHttp({ tokens, counter, timeoutMs, concurrency }: HttpOptions): Http {
  const withPlace = createConcurrency(concurrency)

  async function authorised(call: Call): Promise<Answer> {
    const access = await tokens.current()
    const first = await sendOnce(call, access)
    if (!isTokenRefusal(first)) return usable(first)
    const second = await sendOnce(call, await tokens.after(access.token))
    if (!isTokenRefusal(second)) return usable(second)
    throw new UpstreamError('Zoho refuses our access token, also a fresh one', {
      service: 'zoho',
      status: 401,
      code: 'INVALID_TOKEN',
      sent: false,
    })
  }

  async function sendOnce(call: Call, { token, apiBase }: Access): Promise<RawAnswer> {
    const url = new URL(`${apiBase}/crm/v8${call.path}`)
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value)
    // A place and a token may have been waited for, longer than a write of ours stays ours.
    await call.beforeSending?.()
    counter.count(call.endpoint, call.credits ?? 1)
    try {
      const response = await fetch(url, {
        method: call.method,
        headers: {
          authorization: `Zoho-oauthtoken ${token}`,
          ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...call.headers,
        },
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        signal: AbortSignal.timeout(timeoutMs),
        // Followed, a redirect would carry the token to a host nobody allowed.
        redirect: 'manual',
      })
      const text = await response.text()
      return { status: response.status, retryAfter: response.headers.get('retry-after'), text }
    } catch (cause) {
      throw new UpstreamError(`Zoho did not answer (${reasonOf(cause)})`, {
        service: 'zoho',
        sent: !neverLeft(cause),
        cause,
      })
    }
  }

  return async (call) => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await withPlace(() => authorised(call))
      } catch (error) {
        if (!call.read || attempt >= READ_RETRIES || !isPassing(error)) throw error
        await sleep(Math.random() * RETRY_BASE_MS * 2 ** attempt)
      }
    }
  }
}

type RawAnswer = { status: number; retryAfter: string | null; text: string }

function isTokenRefusal(raw: RawAnswer): boolean {
  if (raw.status !== 401 && raw.status !== 200) return false
  const refusal = refusalOf({ status: raw.status, body: json(raw) })
  return refusal !== null && TOKEN_REFUSED.has(refusal.code)
}

function usable(raw: RawAnswer): Answer {
  const { status } = raw
  if (status === 204 || status === 304) return { status, body: null }
  const body = json(raw)
  const answer = { status, body: body ?? null }
  const refusal = refusalOf(answer)
  if (status === 429 || refusal?.code === 'TOO_MANY_REQUESTS') {
    throw new UpstreamError('Zoho asks us to slow down', {
      service: 'zoho',
      status: 429,
      code: refusal?.code ?? null,
      retryAfterMs: retryAfterMs(raw.retryAfter) ?? THROTTLED_MS,
      sent: false,
    })
  }
  if (status >= 500 || refusal?.code === 'INTERNAL_ERROR') {
    const reason = refusal && body !== undefined ? inWords(refusal) : 'no reason given'
    throw new UpstreamError(`Zoho failed with ${status}: ${reason}`, {
      service: 'zoho',
      status,
      code: refusal?.code ?? null,
      sent: true,
    })
  }
  // A proxy's page, or an answer cut short. Below 400 the request may well have been carried out before.
  if (body === undefined || (status >= 300 && status < 400)) {
    throw new UpstreamError(`Zoho answered ${status} with something that is not JSON`, {
      service: 'zoho',
      status,
      sent: status < 400,
    })
  }
  return answer
}

/** Undefined when it is no JSON. */
function json({ text }: RawAnswer): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isPassing(error: unknown): boolean {
  return (
    error instanceof UpstreamError && error.status !== 429 && (error.status === null || error.status >= 500)
  )
}

function retryAfterMs(header: string | null): number | null {
  if (header === null) return null
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const at = Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now())
}

/** Failures before a single byte was on its way. Anything else may have reached Zoho. */
const BEFORE_SENDING = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

function neverLeft(cause: unknown): boolean {
  return BEFORE_SENDING.has(codeOf(cause) ?? '')
}

function reasonOf(cause: unknown): string {
  if (cause instanceof Error && cause.name === 'TimeoutError') return 'timed out'
  return codeOf(cause) ?? (cause instanceof Error ? cause.message : String(cause))
}

/** `fetch` hides the socket's error code in `cause`. */
function codeOf(error: unknown): string | null {
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    if ('code' in each && typeof each.code === 'string') return each.code
  }
  return null
}
