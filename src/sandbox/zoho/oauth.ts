import { randomUUID } from 'node:crypto'
import { userId } from '../data/crm-data.ts'
import type { AccessToken } from './journal.ts'
import type { ZohoState } from './state.ts'

/**
 * Whose name stands on what comes in by API. A user of its own, because no person of the company changed those
 * records. It has no seat among the people: `/users` tells of it as the current user only.
 */
export const INTEGRATION_USER = {
  id: userId(4),
  name: 'Sergas integration',
  email: 'sergas.integration@example.com',
} as const

/** The two connections an administrator of the sandbox company has made for the bot. */
export const READ_CONNECTION = {
  clientId: 'local-zoho-read-client',
  clientSecret: 'local-zoho-read-secret',
  refreshToken: 'local-zoho-read-refresh',
} as const
export const WRITE_CONNECTION = {
  clientId: 'local-zoho-write-client',
  clientSecret: 'local-zoho-write-secret',
  refreshToken: 'local-zoho-write-refresh',
} as const

const CONNECTIONS = { read: READ_CONNECTION, write: WRITE_CONNECTION } as const
const SCOPES = {
  read: 'ZohoCRM.modules.READ ZohoCRM.coql.READ ZohoCRM.settings.READ ZohoCRM.users.READ ZohoCRM.notifications.ALL',
  write: 'ZohoCRM.modules.ALL ZohoCRM.coql.READ ZohoCRM.settings.READ ZohoCRM.users.READ',
} as const

const LIFETIME_SECONDS = 3600
const WINDOW_MS = 10 * 60_000
const PER_WINDOW = 10

/**
 * The body for `POST /oauth/v2/token`. Always sent with HTTP 200, as Zoho does: an error is only in the body.
 * Ten tokens, times `factor`, per ten minutes and refresh token; more are refused until the window has passed.
 */
export function refreshAccess(
  params: URLSearchParams | FormData,
  { state, now, apiDomain, factor }: { state: ZohoState; now: Date; apiDomain: string; factor: number },
): Record<string, unknown> {
  if (params.get('grant_type') !== 'refresh_token') return { error: 'unsupported_grant_type' }
  const name = (['read', 'write'] as const).find(
    (candidate) => CONNECTIONS[candidate].clientId === params.get('client_id'),
  )
  if (!name) return { error: 'invalid_client' }
  if (params.get('client_secret') !== CONNECTIONS[name].clientSecret)
    return { error: 'invalid_client_secret' }
  if (params.get('refresh_token') !== CONNECTIONS[name].refreshToken) return { error: 'invalid_code' }

  const recent = [...state.tokens.values()].filter(
    (token) => token.connection === name && now.getTime() - Date.parse(token.issuedAt) < WINDOW_MS,
  )
  if (recent.length >= PER_WINDOW * factor) {
    return {
      error: 'Access Denied',
      error_description: 'You have made too many requests continuously. Please try again after some time.',
      status: 'failure',
    }
  }

  const token: AccessToken = {
    token: `local-zoho-${name}-access-${randomUUID()}`,
    connection: name,
    issuedAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + LIFETIME_SECONDS * 1000).toISOString(),
  }
  state.apply({ kind: 'token', token })
  state.commit()
  return {
    access_token: token.token,
    scope: SCOPES[name],
    api_domain: apiDomain,
    token_type: 'Bearer',
    expires_in: LIFETIME_SECONDS,
  }
}

/** Whose access token an `Authorization` header carries; null when it is none of ours or has expired. */
export function connectionOf(
  header: string | undefined,
  { state, now }: { state: ZohoState; now: Date },
): 'read' | 'write' | null {
  const token = /^Zoho-oauthtoken (\S+)$/.exec(header ?? '')?.[1]
  const access = token === undefined ? undefined : state.tokens.get(token)
  return access && Date.parse(access.expiresAt) > now.getTime() ? access.connection : null
}
