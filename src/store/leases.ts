import { and, inArray, isNotNull, isNull, or, sql } from 'drizzle-orm'
import { fromNow } from './clock.ts'
import type { Db } from './db.ts'
import { crmTokens, operations, outbox } from './schema.ts'

/**
 * Whoever looks now finds what was sent, or is held back by its precondition. What a creation makes is not there to be
 * found while it is still on its way: that one keeps its time.
 */
const mayBeLookedFor = or(
  isNull(operations.sentAt),
  sql`exists (select 1 from approval_versions shown where shown.approval_id = ${operations.approvalId}
    and shown.version = ${operations.version} and shown.change ->> 'action' = 'update')`,
)

/**
 * Gives back what a killed process held. Only for whoever knows that no other process is left: what it was doing is
 * then looked after at once instead of when the leases run out.
 */
export async function releaseLeases(db: Db): Promise<void> {
  await db
    .update(operations)
    .set({ leaseUntil: null })
    .where(and(isNotNull(operations.leaseUntil), mayBeLookedFor))
  await db.update(outbox).set({ lease: null, leaseUntil: null }).where(isNotNull(outbox.leaseUntil))
  await db
    .update(crmTokens)
    .set({ refreshLease: null, refreshLeaseUntil: null })
    .where(isNotNull(crmTokens.refreshLease))
}

/**
 * The leases that one process holds at the moment. What it gives back when it ends in the middle is these, and never
 * what another took over meanwhile.
 */
export type HeldLeases = { operations: Set<string>; messages: Set<string> }

export const noLeases = (): HeldLeases => ({ operations: new Set(), messages: new Set() })

export async function giveBack(db: Db, { operations, messages }: HeldLeases): Promise<void> {
  await giveBackOperations(db, [...operations])
  await giveBackMessages(db, [...messages])
}

/** As if their attempt, which is broken off in the middle, had not begun. */
async function giveBackOperations(db: Db, leases: readonly string[]): Promise<void> {
  if (leases.length === 0) return
  await db
    .update(operations)
    .set({
      state: sql`case when ${operations.sentAt} is null then 'planned' else 'unknown' end`,
      // One that was sent stays counted: it may still arrive.
      attempt: sql`case when ${operations.sentAt} is null then greatest(0, ${operations.attempt} - 1) else ${operations.attempt} end`,
      lease: null,
      leaseUntil: null,
      nextAttemptAt: sql`case when ${mayBeLookedFor} then clock_timestamp()
        else greatest(${operations.leaseUntil}, clock_timestamp()) end`,
    })
    .where(and(inArray(operations.lease, [...leases]), sql`${operations.state} = 'writing'`))
}

/** What Slack may have got a moment ago: looked for before it is sent again. */
const ARRIVES_WITHIN_MS = 2_000

async function giveBackMessages(db: Db, leases: readonly string[]): Promise<void> {
  if (leases.length === 0) return
  await db
    .update(outbox)
    .set({ lease: null, leaseUntil: null, nextAttemptAt: fromNow(ARRIVES_WITHIN_MS) })
    .where(and(inArray(outbox.lease, [...leases]), sql`${outbox.state} = 'pending'`))
}
