import { and, asc, desc, eq, gt, inArray, lte, or, sql } from 'drizzle-orm'
import type { CrmChange } from '../model/change.ts'
import type { KindName, PastRecommendation, RecommendationState, ReviewedDraft } from '../model/review.ts'
import { clock, newId } from './clock.ts'
import type { Db, Tx } from './db.ts'
import { approvals, recommendations, suppressions } from './schema.ts'

export type RecommendationRow = typeof recommendations.$inferSelect

/** Stores what a review proposed. */
export async function insertRecommendations(
  tx: Tx,
  review: {
    id: string
    teamId: string
    accountId: string
    ownerId: string | null
    /** Why rules wrote it although a model was to. */
    authorNote: string | null
  },
  drafts: readonly ReviewedDraft[],
): Promise<string[]> {
  if (drafts.length === 0) return []
  const rows = await tx
    .insert(recommendations)
    .values(
      drafts.map(({ subject, ...draft }) => ({
        ...draft,
        id: newId(),
        teamId: review.teamId,
        reviewId: review.id,
        accountId: review.accountId,
        ownerId: review.ownerId,
        authorNote: review.authorNote,
        subjectModule: subject.module,
        subjectId: subject.recordId,
        state: 'open' as const,
      })),
    )
    // Proposed again with today's facts: one that nobody has seen takes them over, one that was shown stays as shown.
    .onConflictDoUpdate({
      target: recommendations.dedupeKey,
      targetWhere: sql`state in ('open', 'shown')`,
      set: Object.fromEntries(
        REFRESHED.map((column) => [column, sql.raw(`excluded."${recommendations[column].name}"`)]),
      ),
      setWhere: eq(recommendations.state, 'open'),
    })
    .returning({ id: recommendations.id })
  return rows.map((row) => row.id)
}

const REFRESHED = [
  'reviewId',
  'ownerId',
  'title',
  'rationale',
  'evidence',
  'priority',
  'urgency',
  'confidence',
  'draft',
  'change',
  'actionClass',
  'piiKinds',
  'author',
  'authorNote',
  'expiresAt',
] as const

export async function recommendationById(db: Db, id: string): Promise<RecommendationRow | null> {
  const [row] = await db.select().from(recommendations).where(eq(recommendations.id, id))
  return row ?? null
}

/** Those of them that may be shown now, locked in one order whoever asks. */
export async function lockOpen(tx: Tx, ids: readonly string[]): Promise<RecommendationRow[]> {
  if (ids.length === 0) return []
  return tx
    .select()
    .from(recommendations)
    .where(
      and(
        inArray(recommendations.id, [...ids]),
        eq(recommendations.state, 'open'),
        gt(recommendations.expiresAt, clock),
      ),
    )
    .orderBy(asc(recommendations.id))
    .for('update')
}

export async function lockRecommendation(tx: Tx, id: string): Promise<RecommendationRow | null> {
  const [row] = await tx.select().from(recommendations).where(eq(recommendations.id, id)).for('update')
  return row ?? null
}

export async function moveRecommendation(
  tx: Tx,
  id: string,
  state: RecommendationState,
  details: { reason?: string | null; snoozedUntil?: Date | null } = {},
): Promise<void> {
  await tx
    .update(recommendations)
    .set({
      state,
      stateReason: details.reason ?? null,
      snoozedUntil: details.snoozedUntil ?? null,
      ...(state === 'open' || state === 'shown' ? { decidedAt: null } : { decidedAt: clock }),
    })
    .where(eq(recommendations.id, id))
}

/** Never shown and still good, the most urgent first. */
export async function openRecommendations(
  db: Db,
  filter: { ownerIds?: readonly string[]; accountId?: string },
): Promise<RecommendationRow[]> {
  return db
    .select()
    .from(recommendations)
    .where(
      and(
        eq(recommendations.state, 'open'),
        gt(recommendations.expiresAt, clock),
        ...(filter.ownerIds ? [inArray(recommendations.ownerId, [...filter.ownerIds])] : []),
        ...(filter.accountId ? [eq(recommendations.accountId, filter.accountId)] : []),
      ),
    )
    .orderBy(desc(recommendations.urgency), asc(recommendations.id))
}

/**
 * What someone was asked already, and is not asked a second time: shown or snoozed. `change` is null for what no card
 * shows.
 */
export async function askedOf(
  db: Db,
  accountId: string,
): Promise<{ id: string; key: string; change: CrmChange | null }[]> {
  const rows = await db
    .select({
      id: recommendations.id,
      key: recommendations.dedupeKey,
      state: recommendations.state,
      change: recommendations.change,
    })
    .from(recommendations)
    .where(
      and(
        eq(recommendations.accountId, accountId),
        or(
          eq(recommendations.state, 'shown'),
          and(eq(recommendations.state, 'withdrawn'), gt(recommendations.snoozedUntil, clock)),
        ),
      ),
    )
  return rows.map(({ id, key, state, change }) => ({ id, key, change: state === 'shown' ? change : null }))
}

/** What was proposed for this account in the last 180 days, newest first. */
export async function pastRecommendations(db: Db, accountId: string): Promise<PastRecommendation[]> {
  const rows = await db
    .select()
    .from(recommendations)
    .where(
      and(
        eq(recommendations.accountId, accountId),
        sql`${recommendations.createdAt} > clock_timestamp() - interval '180 days'`,
      ),
    )
    .orderBy(desc(recommendations.createdAt))
    .limit(100)
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    title: row.title,
    state: row.state,
    reason: row.stateReason,
    proposedAt: row.createdAt,
    decidedAt: row.decidedAt,
    subjectId: row.subjectId,
  }))
}

/** How often each kind was accepted, of those this owner decided. */
export async function acceptanceOf(
  db: Db,
  ownerId: string,
): Promise<Partial<Record<KindName, { accepted: number; decided: number }>>> {
  const rows = await db
    .select({
      kind: recommendations.kind,
      accepted: sql<number>`count(*) filter (where ${recommendations.state} = 'accepted')::int`,
      decided: sql<number>`count(*)::int`,
    })
    .from(recommendations)
    .where(
      and(eq(recommendations.ownerId, ownerId), inArray(recommendations.state, ['accepted', 'rejected'])),
    )
    .groupBy(recommendations.kind)
  return Object.fromEntries(rows.map(({ kind, accepted, decided }) => [kind, { accepted, decided }]))
}

/**
 * Recommendations of an account that were never shown and that a newer review no longer makes.
 *
 * @returns how many were dropped.
 */
export async function dropOpen(
  tx: Tx,
  accountId: string,
  keep: readonly string[],
  reason: string,
): Promise<number> {
  const rows = await tx
    .update(recommendations)
    .set({ state: 'superseded', stateReason: reason, decidedAt: clock })
    .where(
      and(
        eq(recommendations.accountId, accountId),
        eq(recommendations.state, 'open'),
        ...(keep.length > 0
          ? [sql`${recommendations.dedupeKey} <> all(${sql.param([...keep])}::text[])`]
          : []),
      ),
    )
    .returning({ id: recommendations.id })
  return rows.length
}

/** What the CRM holds already is not asked of anybody; false when somebody was asked meanwhile. */
export async function endOpen(tx: Tx, id: string, reason: string): Promise<boolean> {
  const rows = await tx
    .update(recommendations)
    .set({ state: 'stale', stateReason: reason, decidedAt: clock })
    .where(and(eq(recommendations.id, id), eq(recommendations.state, 'open')))
    .returning({ id: recommendations.id })
  return rows.length > 0
}

/** Ends those never shown whose own time ran out: they do not count as ignored. */
export async function expireOpen(db: Db): Promise<number> {
  const rows = await db
    .update(recommendations)
    .set({ state: 'expired', stateReason: 'never shown', decidedAt: clock })
    .where(and(eq(recommendations.state, 'open'), lte(recommendations.expiresAt, clock)))
    .returning({ id: recommendations.id })
  return rows.length
}

export async function recommendationsOfAccounts(
  db: Db,
  accountIds: readonly string[],
  states: readonly RecommendationState[],
): Promise<RecommendationRow[]> {
  if (accountIds.length === 0) return []
  return db
    .select()
    .from(recommendations)
    .where(
      and(inArray(recommendations.accountId, [...accountIds]), inArray(recommendations.state, [...states])),
    )
    .orderBy(desc(recommendations.urgency))
}

/** Every recommendation there is, newest first, with the state of its approval when it has one. */
export async function allRecommendations(db: Db) {
  return db
    .select({
      id: recommendations.id,
      accountId: recommendations.accountId,
      ownerId: recommendations.ownerId,
      kind: recommendations.kind,
      state: recommendations.state,
      evidence: recommendations.evidence,
    })
    .from(recommendations)
    .orderBy(desc(recommendations.createdAt), asc(recommendations.id))
}

export async function suppress(
  tx: Tx,
  suppression: { accountId: string; kind: KindName; byOwnerId: string; reason: string | null },
): Promise<void> {
  await tx.insert(suppressions).values(suppression).onConflictDoNothing()
}

export async function suppressedKinds(db: Db, accountId: string): Promise<KindName[]> {
  const rows = await db
    .select({ kind: suppressions.kind })
    .from(suppressions)
    .where(
      and(
        eq(suppressions.accountId, accountId),
        or(sql`${suppressions.until} is null`, gt(suppressions.until, clock)),
      ),
    )
  return rows.map((row) => row.kind)
}

/** The pending approval of a recommendation, if it was shown. */
export async function pendingApprovalOf(db: Db, recommendationId: string): Promise<string | null> {
  const [row] = await db
    .select({ id: approvals.id })
    .from(approvals)
    .where(
      and(
        eq(approvals.recommendationId, recommendationId),
        eq(approvals.state, 'pending'),
        eq(approvals.kind, 'change'),
      ),
    )
  return row?.id ?? null
}
