import { and, eq, sql } from 'drizzle-orm'
import type { Db } from './db.ts'
import { crmTokens } from './schema.ts'

/**
 * One access token per CRM connection, shared by all processes. `refresh_lease` lets one of them fetch the next;
 * a lease that names a refusal keeps everyone from asking again until it has passed.
 */
export type ConnectionName = 'read' | 'write'

export type StoredToken = {
  sealed: Uint8Array | null
  apiDomain: string | null
  /** By the database's clock; negative when over. Null when there is no token. */
  remainingMs: number | null
  lease: string | null
  /** Negative when over. */
  leaseMs: number | null
  error: string | null
}

const remaining = (column: typeof crmTokens.expiresAt | typeof crmTokens.refreshLeaseUntil) =>
  sql<number | null>`(extract(epoch from ${column} - clock_timestamp()) * 1000)::double precision`

export async function storedToken(db: Db, connection: ConnectionName): Promise<StoredToken | null> {
  const [row] = await db
    .select({
      sealed: crmTokens.accessToken,
      apiDomain: crmTokens.apiDomain,
      remainingMs: remaining(crmTokens.expiresAt),
      lease: crmTokens.refreshLease,
      leaseMs: remaining(crmTokens.refreshLeaseUntil),
      error: crmTokens.error,
    })
    .from(crmTokens)
    .where(eq(crmTokens.connection, connection))
  return row ?? null
}

/** @returns whether this lease now holds the right to fetch a token; the last holder's may have run out. */
export async function claimRefresh(
  db: Db,
  {
    connection,
    lease,
    holdMs,
    over,
  }: {
    connection: ConnectionName
    lease: string
    holdMs: number
    /** A lease known to be void, such as a refusal of credentials no longer in use. */
    over: string | null
  },
): Promise<boolean> {
  const held = { refreshLease: lease, refreshLeaseUntil: after(holdMs) }
  const rows = await db
    .insert(crmTokens)
    .values({ connection, ...held })
    .onConflictDoUpdate({
      target: crmTokens.connection,
      set: held,
      setWhere: sql`${crmTokens.refreshLease} is null or ${crmTokens.refreshLeaseUntil} < clock_timestamp()
        or ${crmTokens.refreshLease} = ${over}`,
    })
    .returning({ connection: crmTokens.connection })
  return rows.length === 1
}

/** Keeps the new token and gives the lease back; nothing happens when the lease was lost meanwhile. */
export async function keepToken(
  db: Db,
  token: {
    connection: ConnectionName
    lease: string
    sealed: Uint8Array
    apiDomain: string
    lifetimeMs: number
  },
): Promise<void> {
  await db
    .update(crmTokens)
    .set({
      accessToken: token.sealed,
      apiDomain: token.apiDomain,
      expiresAt: after(token.lifetimeMs),
      refreshLease: null,
      refreshLeaseUntil: null,
      error: null,
    })
    .where(and(eq(crmTokens.connection, token.connection), eq(crmTokens.refreshLease, token.lease)))
}

/** Remembers why no token was given, and until when nobody need ask again. */
export async function refuseRefresh(
  db: Db,
  refusal: { connection: ConnectionName; lease: string; mark: string; error: string; forMs: number },
): Promise<void> {
  await db
    .update(crmTokens)
    .set({
      refreshLease: refusal.mark,
      refreshLeaseUntil: after(refusal.forMs),
      error: refusal.error,
    })
    .where(and(eq(crmTokens.connection, refusal.connection), eq(crmTokens.refreshLease, refusal.lease)))
}

function after(ms: number) {
  return sql`clock_timestamp() + ${ms} * interval '1 millisecond'`
}
