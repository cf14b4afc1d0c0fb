import { movedFields } from '../model/change.ts'
import { pendingOfAccounts } from '../store/approvals.ts'
import { mirroredFields } from '../store/mirror-fields.ts'
import { type ApprovalTools, endApproval } from './approval.ts'

/**
 * Ends the pending approvals of these accounts whose touched fields no longer hold what was shown as "before": the
 * card then says what moved, instead of waiting for a press that could only fail.
 *
 * @returns the approvals that ended.
 */
export async function staleApprovals(tools: ApprovalTools, accountIds: readonly string[]): Promise<string[]> {
  const ended: string[] = []
  for (const { approval, change } of await pendingOfAccounts(tools.db, accountIds)) {
    if (change.action !== 'update') continue
    const now = await mirroredFields(tools.db, change.module, change.recordId, Object.keys(change.before))
    const moved = now ? movedFields(change.before, now) : []
    if (now && moved.length === 0) continue
    const reason = now
      ? JSON.stringify(Object.fromEntries(moved.map((name) => [name, now[name] ?? null])))
      : 'gone'
    if (await endApproval(tools, approval.id, 'stale', { by: 'system', reason })) ended.push(approval.id)
  }
  return ended
}
