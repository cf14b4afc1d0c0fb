import { type ApprovalRow, linkReplacement } from './approvals.ts'
import { newId } from './clock.ts'
import type { Tx } from './db.ts'
import { cardKey, enqueueCard, postChannel } from './outbox.ts'
import { markHomeStale } from './owners.ts'

/** Has an approval's card drawn anew, wherever it was posted, and the App Home of whoever was asked. */
export async function refreshCard(
  tx: Tx,
  approval: Pick<ApprovalRow, 'id' | 'teamId' | 'askedOwnerId'>,
): Promise<void> {
  const channel = await postChannel(tx, cardKey(approval.id))
  if (channel) {
    await enqueueCard(tx, {
      teamId: approval.teamId,
      channel,
      approvalId: approval.id,
      action: 'update',
      dedupeKey: `${cardKey(approval.id)}:${newId()}`,
    })
  }
  await markHomeStale(tx, [approval.askedOwnerId])
}

/** Points an ended approval's card at the one that took its place. */
export async function replaceApproval(tx: Tx, ended: ApprovalRow, replacedBy: string): Promise<void> {
  await linkReplacement(tx, ended.id, replacedBy)
  await refreshCard(tx, ended)
}
