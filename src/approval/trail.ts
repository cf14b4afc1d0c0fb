import type { Audit, AuditAction } from '../audit/audit.ts'
import { changeHash } from '../model/change.ts'
import { type ApprovalRow, type Version, versionOf } from '../store/approvals.ts'
import type { Tx } from '../store/db.ts'

/** What every event in an approval's life says of it. */
export async function appendEvent(
  tx: Tx,
  { audit }: { audit: Audit },
  approval: ApprovalRow,
  action: AuditAction,
  actor: string,
  details: Record<string, unknown>,
): Promise<void> {
  const { id, state, version, changeHash: hash, recommendationId, accountId } = approval
  await audit.append(tx, {
    teamId: approval.teamId,
    actor,
    action,
    subject: id,
    about: accountId,
    payload: { state, version, changeHash: hash, recommendationId, accountId, ...details },
  })
}

/** The version a card shows, which must be the one that was hashed. */
export async function shownVersion(tx: Tx, approval: ApprovalRow): Promise<Version> {
  return assertHashed(approval, await versionOf(tx, approval.id, approval.version))
}

/** @throws Error unless it is the version that was hashed when it was shown */
export function assertHashed(approval: ApprovalRow, version: Version | null): Version {
  if (!version || version.hash !== approval.changeHash || changeHash(version.change) !== version.hash) {
    throw new Error(`Approval ${approval.id} does not hold the change it was shown with`)
  }
  return version
}
