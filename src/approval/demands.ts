import type { CrmChange } from '../model/change.ts'
import { DEFAULT_FIELDS } from '../model/field.ts'
import type { ActionClass } from '../model/review.ts'
import type { ApprovalRow } from '../store/approvals.ts'

/** Which power a change needs, and of how many people. */
export type Demands = Pick<ApprovalRow, 'actionClass' | 'requiredDeciders'>

/** Amount from which two people must approve; null: one always suffices. */
type Limit = { secondApproverAbove: number | null }

const { amount: AMOUNT, stage: STAGE } = DEFAULT_FIELDS.Deals
const STRENGTH: Record<ActionClass, number> = { activity: 0, field: 1, amount: 2, closing: 3, ownership: 4 }

/** What an edit demands: never less than the proposal did, and more when it reaches further. */
export function demands(limit: Limit, before: Demands, change: CrmChange): Demands {
  const reached = reachOf(change)
  const actionClass = STRENGTH[reached] > STRENGTH[before.actionClass] ? reached : before.actionClass
  return {
    actionClass,
    requiredDeciders: Math.max(before.requiredDeciders, requiredDeciders(limit, actionClass, change)),
  }
}

/** The power a change needs, from the values it would write. */
export function reachOf(change: CrmChange): ActionClass {
  if (change.action !== 'update') return 'activity'
  if (/closed/i.test(String(change.fields[STAGE.api] ?? ''))) return 'closing'
  return AMOUNT.api in change.fields ? 'amount' : 'field'
}

export function requiredDeciders(
  { secondApproverAbove: limit }: Limit,
  actionClass: ActionClass,
  change: CrmChange,
): number {
  if (limit === null || change.action !== 'update') return 1
  if (actionClass !== 'amount' && actionClass !== 'ownership' && actionClass !== 'closing') return 1
  const amounts = [change.fields[AMOUNT.api], change.before[AMOUNT.api]].filter(
    (value) => typeof value === 'number',
  )
  // A change of owner or of a closed stage carries no amount of its own: it always takes two.
  return amounts.length === 0 || amounts.some((amount) => amount >= limit) ? 2 : 1
}
