import { and, eq, inArray } from 'drizzle-orm'
import type { Db } from './db.ts'
import { decisions } from './schema.ts'

/** Which of these approvals one press of a person gave; those decided before it are not among them. */
export async function approvedByPress(
  db: Db,
  interactionId: string,
  approvalIds: readonly string[],
): Promise<string[]> {
  if (approvalIds.length === 0) return []
  const rows = await db
    .selectDistinct({ id: decisions.approvalId })
    .from(decisions)
    .where(
      and(
        inArray(decisions.approvalId, [...approvalIds]),
        eq(decisions.interactionId, interactionId),
        eq(decisions.decision, 'approve'),
      ),
    )
  return rows.map(({ id }) => id)
}
