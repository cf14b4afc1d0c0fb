import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { openText, seal, sha256 } from '../../access/crypto.ts'
import { UpstreamError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import {
  type ConnectionName,
  claimRefresh,
  keepToken,
  refuseRefresh,
  type StoredToken,
  storedToken,
} from '../../store/crm-tokens.ts'
import type { Db } from '../../store/db.ts'
import { allowedApiDomain } from './api-domain.ts'
import { requestToken, type TokenRequest } from './token-request.ts'

/**
 * The access token of one connection. Zoho gives ten per ten minutes and then none for the rest, so one process
 * at a time may ask, by a lease in the database, and a refusal is remembered instead of repeated.
 */
export type Access = { token: string; apiBase: string }

/** Both throw `UpstreamError` when no token can be had. */
export type Tokens = {
  current(): Promise<Access>
  /** The token to use after Zoho refused `refused`; a just-issued one is given again, not replaced. */
  after(refused: string): Promise<Access>
}

export type TokenOptions = TokenRequest & {
  db: Db
  connection: ConnectionName
  /** Encrypts the token at rest. */
  key: Uint8Array
  log: Log
}

const EARLY_MS = 5 * 60_000
const JUST_ISSUED_MS = 60_000
const LEASE_SPARE_MS = 5000
const POLL_MS = 100
/** A remembered refusal with less than this to go was a passing failure. */
const PASSING_MS = 2000

type Held = Access & { goodUntil: number; issuedAt: number | null }

export function createTokens(options: TokenOptions): Tokens {
  const { db, connection, credentials, key, log } = options
  // Whose token and whose refusal a row holds: with new credentials neither counts any more.
  const fingerprint = sha256(
    `${options.accountsUrl}\n${credentials.clientId}\n${credentials.refreshToken}`,
  ).slice(0, 16)
  const sealContext = `crm_tokens:${connection}:${fingerprint}`
  const refusalMark = `refused:${fingerprint}`
  const leaseMs = options.timeoutMs + LEASE_SPARE_MS
  let held: Held | null = null
  let fetching: Promise<Held> | null = null

  function obtainOnce(refused: string | null): Promise<Held> {
    fetching ??= obtain(refused).finally(() => {
      fetching = null
    })
    return fetching
  }

  async function obtain(refused: string | null): Promise<Held> {
    const giveUpAt = performance.now() + leaseMs
    while (performance.now() < giveUpAt) {
      const row = await storedToken(db, connection)
      const stored = row ? readStored(row) : null
      if (stored && stored.token !== refused && stored.goodUntil > performance.now() + EARLY_MS)
        return keep(stored)
      if (row?.lease === refusalMark && (row.leaseMs ?? 0) > 0) {
        // Within its last minutes a token still serves, even if the next one cannot be had.
        if (stored && stored.token !== refused && stored.goodUntil > performance.now()) return keep(stored)
        throw remembered(row)
      }
      const lease = randomUUID()
      const over = row?.lease?.startsWith('refused:') && row.lease !== refusalMark ? row.lease : null
      if (await claimRefresh(db, { connection, lease, holdMs: leaseMs, over })) {
        return keep(await refresh(lease, stored, refused))
      }
      await sleep(POLL_MS + Math.random() * POLL_MS)
    }
    throw new UpstreamError('Another process is fetching a Zoho token and has not finished', {
      service: 'zoho',
      retryAfterMs: leaseMs,
      sent: false,
    })
  }

  async function refresh(lease: string, stored: Held | null, refused: string | null): Promise<Held> {
    const answer = await requestToken(options)
    if (answer.kind === 'refused') {
      await refuseRefresh(db, {
        connection,
        lease,
        mark: refusalMark,
        error: answer.message,
        forMs: answer.forMs,
      })
      log.error({ connection, error: answer.message, pausedMs: answer.forMs }, 'zoho gave no token')
      if (stored && stored.token !== refused && stored.goodUntil > performance.now()) return stored
      throw new UpstreamError(answer.message, {
        service: 'zoho',
        status: answer.status,
        code: answer.code,
        retryAfterMs: answer.forMs,
        sent: false,
        cause: answer.cause,
      })
    }
    const { token, apiBase, lifetimeMs } = answer
    const sealed = seal(key, token, sealContext)
    await keepToken(db, { connection, lease, sealed, apiDomain: apiBase, lifetimeMs })
    log.info({ connection, apiBase }, 'zoho token refreshed')
    return { token, apiBase, goodUntil: performance.now() + lifetimeMs, issuedAt: performance.now() }
  }

  function readStored(row: StoredToken): Held | null {
    if (!row.sealed || row.apiDomain === null || row.remainingMs === null) return null
    // The list of hosts may have become shorter since it was stored.
    const apiBase = allowedApiDomain(row.apiDomain, options.apiHosts)
    if (apiBase === null) return null
    const token = unsealed(row.sealed)
    if (token === null) return null
    return { token, apiBase, goodUntil: performance.now() + row.remainingMs, issuedAt: null }
  }

  /** Null when it was sealed with another key or for other credentials: then we fetch our own. */
  function unsealed(sealed: Uint8Array): string | null {
    try {
      return openText(key, sealed, sealContext)
    } catch {
      return null
    }
  }

  function remembered(row: StoredToken): UpstreamError {
    return new UpstreamError(row.error ?? 'Zoho gave no token', {
      service: 'zoho',
      status: (row.leaseMs ?? 0) > PASSING_MS ? 401 : 503,
      code: 'TOKEN_REFUSED',
      retryAfterMs: row.leaseMs,
      sent: false,
    })
  }

  function keep(token: Held): Held {
    held = token
    return token
  }

  return {
    async current() {
      if (held && held.goodUntil > performance.now() + EARLY_MS) return held
      return obtainOnce(null)
    },
    async after(refused) {
      if (held && held.token !== refused) return held
      // Zoho now and then refuses a token it issued seconds ago; fetching more would only use up the ten.
      const isNew = held?.issuedAt != null && performance.now() - held.issuedAt < JUST_ISSUED_MS
      return held && isNew ? held : obtainOnce(refused)
    },
  }
}
