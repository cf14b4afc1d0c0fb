import { eq } from 'drizzle-orm'
import type { Tx } from '../store/db.ts'
import { auditKeys } from '../store/schema.ts'
import type { Audit } from './audit.ts'
import { lockKeys } from './subject-keys.ts'
import { ERASED } from './verify.ts'

export type Erasure = {
  audit: Audit
  teamId: string
  actor: string
  about: string
  /** Kept with the erasure, so it should name nobody. */
  reason: string
}

/**
 * Makes everything that the trail holds about an account unreadable, for good, and says so in the trail: without
 * whose it was. The chain and every checkpoint stay as they are. What happens from now on has a key of its own.
 *
 * @returns how many keys there were; 0: nothing was kept about it
 */
export async function eraseSubject(
  tx: Tx,
  { audit, teamId, actor, about, reason }: Erasure,
): Promise<number> {
  await lockKeys(tx, about)
  const keys = await tx.delete(auditKeys).where(eq(auditKeys.about, about)).returning({ id: auditKeys.id })
  for (const { id } of keys) {
    await audit.append(tx, { teamId, actor, action: ERASED, subject: id, about: null, payload: { reason } })
  }
  return keys.length
}
