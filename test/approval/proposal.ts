import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { ApprovalTools } from '../../src/approval/approval.ts'
import { openApproval } from '../../src/approval/opening.ts'
import { createAudit } from '../../src/audit/audit.ts'
import type { CrmChange } from '../../src/model/change.ts'
import type { ActionClass } from '../../src/model/review.ts'
import type { Db } from '../../src/store/db.ts'
import { approvals, outbox, owners, recommendations } from '../../src/store/schema.ts'
import { cardFacts, moveCloseDate } from './sample-card.ts'

/** Recommendations and their approvals, in a real database. */

export const auditKey = new Uint8Array(32).fill(7)
export const dana = 'crm-dana'
export const bo = 'crm-bo'

export function approvalTools(db: Db, more: Partial<ApprovalTools> = {}): ApprovalTools {
  return { db, audit: createAudit(auditKey), ttlMs: 3_600_000, secondApproverAbove: null, ...more }
}

export async function insertPeople(db: Db): Promise<void> {
  await db
    .insert(owners)
    .values([
      {
        id: dana,
        teamId: 'T1',
        slackUserId: 'U0DANA',
        email: 'dana@example.test',
        name: 'Dana Ruiz',
        role: 'owner',
        managerId: bo,
      },
      {
        id: bo,
        teamId: 'T1',
        slackUserId: 'U0BO',
        email: 'bo@example.test',
        name: 'Bo Lind',
        role: 'manager',
      },
    ])
    .onConflictDoNothing()
}

/** A recommendation that nobody has seen yet. */
export async function recommend(
  db: Db,
  { change = moveCloseDate, actionClass = 'field' }: { change?: CrmChange; actionClass?: ActionClass } = {},
): Promise<string> {
  const id = randomUUID()
  const { recommendation } = cardFacts()
  await db.insert(recommendations).values({
    ...recommendation,
    id,
    change,
    actionClass,
    ownerId: dana,
    dedupeKey: `test:${id}`,
    state: 'open',
    createdAt: new Date(),
    expiresAt: new Date(Date.now() + 86_400_000),
  })
  return id
}

/** A card that was posted and waits for a decision. */
export async function shown(
  tools: ApprovalTools,
  proposal: { change?: CrmChange; actionClass?: ActionClass } = {},
): Promise<typeof approvals.$inferSelect> {
  const recommendationId = await recommend(tools.db, proposal)
  const id = await openApproval(tools, recommendationId, { ownerId: dana, place: { channel: 'U0DANA' } })
  if (!id) throw new Error('The recommendation was not open')
  await tools.db
    .update(outbox)
    .set({ state: 'sent', sentChannel: 'D0DANA', ts: '1.000001' })
    .where(eq(outbox.messageKey, `card:${id}`))
  return approvalOf(tools.db, id)
}

export async function approvalOf(db: Db, id: string): Promise<typeof approvals.$inferSelect> {
  const [row] = await db.select().from(approvals).where(eq(approvals.id, id))
  if (!row) throw new Error(`There is no approval ${id}`)
  return row
}
