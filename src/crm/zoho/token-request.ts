import { z } from 'zod'
import { allowedApiDomain } from './api-domain.ts'
import type { CallCounter } from './call-counter.ts'

export type Credentials = { clientId: string; clientSecret: string; refreshToken: string }

export type TokenRequest = {
  connection: 'read' | 'write'
  credentials: Credentials
  /** e.g. `https://accounts.zoho.eu` */
  accountsUrl: string
  /** Hosts or base URLs besides Zoho's own that may be told as `api_domain`. */
  apiHosts: readonly string[]
  counter: CallCounter
  timeoutMs: number
}

/** Errors never throw: they are remembered first. `forMs`: how long nobody need ask again. */
export type TokenAnswer =
  | { kind: 'token'; token: string; apiBase: string; lifetimeMs: number }
  | {
      kind: 'refused'
      message: string
      status: number | null
      code: string | null
      forMs: number
      cause?: unknown
    }

const TokenBody = z.object({
  access_token: z.string().min(1),
  api_domain: z.string(),
  expires_in: z.number().positive(),
})
const ErrorBody = z.object({ error: z.string() })

const WINDOW_MS = 10 * 60_000
const PASSING_MS = 500

/** The refresh-token grant. */
export async function requestToken(options: TokenRequest): Promise<TokenAnswer> {
  const { connection, credentials, accountsUrl } = options
  const passing = (message: string, details: { status?: number; cause?: unknown }): TokenAnswer => ({
    kind: 'refused',
    message,
    status: details.status ?? null,
    code: null,
    forMs: PASSING_MS,
    cause: details.cause,
  })

  options.counter.count('token', 0)
  let status: number
  let body: unknown
  try {
    const response = await fetch(`${accountsUrl.replace(/\/+$/, '')}/oauth/v2/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: credentials.clientId,
        client_secret: credentials.clientSecret,
        refresh_token: credentials.refreshToken,
      }),
      signal: AbortSignal.timeout(options.timeoutMs),
      redirect: 'error',
    })
    status = response.status
    body = await response.json()
  } catch (cause) {
    return passing('Zoho’s accounts server did not answer with a token', { cause })
  }

  // Errors come with HTTP 200 here: only the body tells.
  const error = ErrorBody.safeParse(body)
  if (error.success) return refusedToken(error.data.error, { connection, status })
  const token = TokenBody.safeParse(body)
  if (!token.success) return passing(`Zoho’s accounts server answered ${status} without a token`, { status })
  const apiBase = allowedApiDomain(token.data.api_domain, options.apiHosts)
  if (apiBase === null) {
    const message = `Zoho’s token names the API host ${token.data.api_domain}, which is not one of Zoho’s: refused`
    return { kind: 'refused', message, status, code: 'API_DOMAIN', forMs: WINDOW_MS }
  }
  return {
    kind: 'token',
    token: token.data.access_token,
    apiBase,
    lifetimeMs: token.data.expires_in * 1000,
  }
}

const REVOKED = new Set(['invalid_code', 'invalid_grant'])

function refusedToken(
  error: string,
  { connection, status }: { connection: string; status: number },
): TokenAnswer {
  const message = /denied|too many/i.test(error)
    ? `Zoho gives the ${connection} connection no more tokens for now (ten in ten minutes)`
    : REVOKED.has(error)
      ? `Zoho refused the refresh token of the ${connection} connection (${error}): it was revoked or belongs to another client`
      : `Zoho refused the credentials of the ${connection} connection (${error})`
  return { kind: 'refused', message, status, code: error, forMs: WINDOW_MS }
}
