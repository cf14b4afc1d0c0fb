import { isNotNull } from 'drizzle-orm'
import type { Db } from './db.ts'
import { crmTokens, operations, outbox } from './schema.ts'

/**
 * Gives back what a killed process held. Only for whoever knows that no other process is left: what it was doing is
 * then looked after at once instead of when the leases run out.
 */
export async function releaseLeases(db: Db): Promise<void> {
  await db.update(operations).set({ leaseUntil: null }).where(isNotNull(operations.leaseUntil))
  await db.update(outbox).set({ lease: null, leaseUntil: null }).where(isNotNull(outbox.leaseUntil))
  await db
    .update(crmTokens)
    .set({ refreshLease: null, refreshLeaseUntil: null })
    .where(isNotNull(crmTokens.refreshLease))
}
