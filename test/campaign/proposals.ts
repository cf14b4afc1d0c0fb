import { ownerById } from '../../src/access/identity.ts'
import type { ApprovalTools } from '../../src/approval/approval.ts'
import { openApproval } from '../../src/approval/opening.ts'
import type { CrmChange } from '../../src/model/change.ts'
import { zohoTime } from '../../src/sandbox/data/crm-data.ts'
import { newId } from '../../src/store/clock.ts'
import type { Db } from '../../src/store/db.ts'
import { recommendations } from '../../src/store/schema.ts'
import { accountOf, dealOf, FIELD, ownerOf, textOf } from './company.ts'
import type { Plan } from './plan.ts'

/** Asks the people: a recommendation for each plan, opened as any other is. */

const AT_ONCE = 6
const BATCH = 500

/** @returns approval ids, in the order of the plans */
export async function openAll(
  plans: readonly Plan[],
  {
    tools,
    teamId,
    ttlMs,
  }: { tools: Omit<ApprovalTools, 'ttlMs'>; teamId: string; ttlMs: (plan: Plan) => number },
): Promise<string[]> {
  const ids = await insertRecommendations(tools.db, plans, teamId)
  const approvalIds: string[] = []
  let next = 0
  const open = async () => {
    for (let at = next++; at < plans.length; at = next++) {
      const plan = plans[at]!
      const { crmId, slackId } = ownerOf(plan)
      const asked = { ownerId: crmId ?? '', place: { channel: slackId } }
      const approvalId = await openApproval({ ...tools, ttlMs: ttlMs(plan) }, ids[at]!, asked)
      if (!approvalId) throw new Error(`Plan ${plan.index} could not be opened`)
      approvalIds[at] = approvalId
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, open))
  return approvalIds
}

async function insertRecommendations(db: Db, plans: readonly Plan[], teamId: string): Promise<string[]> {
  const [first] = plans
  if (first && !(await ownerById(db, ownerOf(first).crmId ?? '')))
    throw new Error('The owners are not known yet')
  const rows = plans.map((plan) => recommendation(plan, teamId))
  for (let at = 0; at < rows.length; at += BATCH)
    await db.insert(recommendations).values(rows.slice(at, at + BATCH))
  return rows.map(({ id }) => id)
}

function recommendation(plan: Plan, teamId: string): typeof recommendations.$inferInsert {
  const subject = { module: 'Deals' as const, recordId: dealOf(plan) }
  const evidence = { ...subject, label: `Deal ${plan.index}`, at: null }
  return {
    id: newId(),
    teamId,
    reviewId: 'campaign',
    accountId: accountOf(plan),
    ownerId: ownerOf(plan).crmId,
    kind: plan.action === 'create' ? 'create_task' : 'update_account',
    subjectModule: subject.module,
    subjectId: subject.recordId,
    title: `Do what ${textOf.proposed(plan)} says`,
    rationale: [{ text: 'It was planned.', evidence: [evidence] }],
    evidence: [evidence],
    priority: 'medium',
    urgency: 50,
    confidence: {
      score: 0.7,
      level: 'medium',
      factors: { evidence: 0.7, recency: 0.7, pattern: 0.7, history: 0.7 },
      reason: 'one source',
    },
    change: changeOf(plan),
    actionClass: plan.action === 'create' ? 'activity' : 'field',
    dedupeKey: `campaign:${plan.index}`,
    state: 'open',
    expiresAt: new Date(Date.now() + 14 * 86_400_000),
  }
}

function changeOf(plan: Plan): CrmChange {
  const id = dealOf(plan)
  const name = `Deal ${plan.index}`
  if (plan.action === 'update') {
    return {
      action: 'update',
      module: 'Deals',
      recordId: id,
      recordName: name,
      fields: { [FIELD]: textOf.proposed(plan) },
      before: { [FIELD]: textOf.before(plan) },
    }
  }
  return {
    action: 'create',
    module: 'Tasks',
    parent: { module: 'Deals', id, name },
    fields: { Subject: textOf.proposed(plan), Due_Date: zohoTime(new Date()).slice(0, 10) },
  }
}
