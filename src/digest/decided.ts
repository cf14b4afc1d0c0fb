import { cardState } from '../model/approval.ts'
import type { Owner } from '../model/owner.ts'
import { date } from '../slack/dates.ts'
import { mrkdwn, type Text } from '../slack/mrkdwn.ts'
import { PAUSED, REASSIGNED } from '../store/approvals.ts'
import type { Db } from '../store/db.ts'
import { undoOperationsOf } from '../store/operations.ts'
import { cardKey, messagePositions } from '../store/outbox.ts'
import { lastDecided } from '../store/portfolio.ts'
import { recommendationById } from '../store/recommendations.ts'
import type { DecidedRow } from './home-view.ts'

/** "Recently decided" of App Home. */

const DECIDED = 5

const OUTCOME = {
  pending: 'waiting',
  processing: 'approved, being written',
  done: 'approved and written to Zoho',
  failed: 'approved, but not written',
  unknown: 'approved, outcome being checked',
  rejected: 'rejected',
  stale: 'not written: the CRM had changed',
  expired: 'expired, nothing written',
  superseded: 'replaced by a newer one',
  withdrawn: 'taken back',
  undone: 'undone',
} as const

export async function decidedRows(
  db: Db,
  owner: Owner,
  permalink: (position: { channel: string; ts: string }) => string,
): Promise<DecidedRow[]> {
  const rows: DecidedRow[] = []
  const decided = await lastDecided(db, [owner.id], DECIDED)
  const ids = decided.map(({ approval }) => approval.id)
  const positions = await messagePositions(db, ids.map(cardKey))
  const undos = await undoOperationsOf(db, ids)
  for (const { approval, title, accountName, operation } of decided) {
    const position = positions.get(cardKey(approval.id))
    const undo = undos.get(approval.id)
    const state = cardState(approval.state, operation?.state ?? null, undo?.state ?? null)
    rows.push({
      accountName,
      title,
      outcome: state === 'withdrawn' ? await withdrawn(db, approval, owner.zone) : OUTCOME[state],
      at: approval.decidedAt ?? approval.openedAt,
      url: position ? permalink(position) : null,
    })
  }
  return rows
}

/** Why a person took it back. */
async function withdrawn(
  db: Db,
  { reason, recommendationId }: { reason: string | null; recommendationId: string },
  zone: string,
): Promise<Text> {
  if (reason === REASSIGNED) return 'reassigned'
  const recommendation = await recommendationById(db, recommendationId)
  if (recommendation?.state === 'suppressed') return 'not suggested again'
  if (reason !== 'snoozed' && reason !== PAUSED) return OUTCOME.withdrawn
  const until = recommendation?.snoozedUntil
  return until ? mrkdwn`${reason} until ${date(until, 'dayTime', zone)}` : reason
}
