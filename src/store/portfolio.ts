import {
  and,
  asc,
  count,
  desc,
  eq,
  exists,
  gte,
  inArray,
  isNotNull,
  isNull,
  lte,
  ne,
  or,
  sql,
} from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Db } from './db.ts'
import {
  accounts,
  approvals,
  approvalVersions,
  changes,
  deals,
  operations,
  outbox,
  owners,
  recommendations,
} from './schema.ts'

/** What digests, App Home and portfolios ask of the store: many accounts at once, one query each. */

export async function accountNames(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .select({ id: accounts.id, name: accounts.name })
    .from(accounts)
    .where(inArray(accounts.id, [...new Set(ids)]))
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** Who owns an account in the CRM; null for nobody, and for an account that is unknown or gone. */
export async function accountOwner(db: Db, accountId: string): Promise<string | null> {
  const [row] = await db
    .select({ ownerId: accounts.ownerId })
    .from(accounts)
    .where(and(eq(accounts.id, accountId), isNull(accounts.deletedAt)))
  return row?.ownerId ?? null
}

export type OwnedAccount = { id: string; name: string; ownerId: string | null; ownerName: string | null }

export async function ownedAccounts(db: Db, ownerIds: readonly string[]): Promise<OwnedAccount[]> {
  if (ownerIds.length === 0) return []
  return db
    .select({ id: accounts.id, name: accounts.name, ownerId: accounts.ownerId, ownerName: owners.name })
    .from(accounts)
    .leftJoin(owners, eq(owners.id, accounts.ownerId))
    .where(and(inArray(accounts.ownerId, [...ownerIds]), isNull(accounts.deletedAt)))
    .orderBy(asc(accounts.name))
}

export async function changesSince(db: Db, accountIds: readonly string[], since: Date) {
  if (accountIds.length === 0) return []
  return db
    .select()
    .from(changes)
    .where(and(inArray(changes.accountId, [...accountIds]), gte(changes.at, since)))
    .orderBy(desc(changes.at))
    .limit(500)
}

/** Renewals and closings of open deals between two local dates, both included. */
export async function datesBetween(db: Db, ownerIds: readonly string[], from: string, until: string) {
  if (ownerIds.length === 0) return []
  const owned = and(
    inArray(accounts.ownerId, [...ownerIds]),
    isNull(accounts.deletedAt),
    ne(accounts.status, 'closed'),
  )
  const renewals = await db
    .select({ accountId: accounts.id, accountName: accounts.name, on: accounts.renewalDate })
    .from(accounts)
    .where(and(owned, gte(accounts.renewalDate, from), lte(accounts.renewalDate, until)))
  const closings = await db
    .select({ accountId: accounts.id, accountName: accounts.name, on: deals.closingDate, deal: deals.name })
    .from(deals)
    .innerJoin(accounts, eq(accounts.id, deals.accountId))
    .where(
      and(
        owned,
        isNull(deals.deletedAt),
        eq(deals.outcome, 'open'),
        gte(deals.closingDate, from),
        lte(deals.closingDate, until),
      ),
    )
  return [
    ...renewals.map((row) => ({ ...row, what: 'renewal' as const, deal: null })),
    ...closings.map((row) => ({ ...row, what: 'closing' as const })),
  ].flatMap(({ on, ...row }) => (on ? [{ ...row, on }] : []))
}

/** Approvals these people were asked for and that wait, those that run out first, first. */
export async function waitingFor(db: Db, ownerIds: readonly string[]) {
  if (ownerIds.length === 0) return []
  return db
    .select({
      approval: approvals,
      recommendation: recommendations,
      accountName: accounts.name,
      askedName: owners.name,
    })
    .from(approvals)
    .innerJoin(recommendations, eq(recommendations.id, approvals.recommendationId))
    .innerJoin(accounts, eq(accounts.id, approvals.accountId))
    .leftJoin(owners, eq(owners.id, approvals.askedOwnerId))
    .where(
      and(
        inArray(approvals.askedOwnerId, [...ownerIds]),
        eq(approvals.state, 'pending'),
        sql`${approvals.expiresAt} > clock_timestamp()`,
      ),
    )
    .orderBy(asc(approvals.expiresAt), asc(approvals.id))
}

/** The last decided approvals these people were asked for, newest first. */
export async function lastDecided(db: Db, ownerIds: readonly string[], limit: number) {
  if (ownerIds.length === 0) return []
  return db
    .select({
      approval: approvals,
      title: recommendations.title,
      accountName: accounts.name,
      operation: operations,
    })
    .from(approvals)
    .innerJoin(recommendations, eq(recommendations.id, approvals.recommendationId))
    .innerJoin(accounts, eq(accounts.id, approvals.accountId))
    .leftJoin(operations, eq(operations.approvalId, approvals.id))
    .where(
      and(
        inArray(approvals.askedOwnerId, [...ownerIds]),
        ne(approvals.state, 'pending'),
        eq(approvals.kind, 'change'),
      ),
    )
    .orderBy(desc(approvals.decidedAt))
    .limit(limit)
}

/** How much is under way, for the status page. */
export async function workload(db: Db) {
  const [pending] = await db.select({ n: count() }).from(approvals).where(eq(approvals.state, 'pending'))
  const [writing] = await db
    .select({ n: count() })
    .from(operations)
    .where(inArray(operations.state, ['planned', 'writing', 'unknown']))
  const [failed] = await db
    .select({ n: count() })
    .from(operations)
    .where(and(eq(operations.state, 'failed'), isNull(operations.discardedAt)))
  const [unsent] = await db.select({ n: count() }).from(outbox).where(eq(outbox.state, 'pending'))
  const [weak] = await db.select({ n: count() }).from(operations).where(eq(operations.precondition, 'weak'))
  return {
    waiting: pending?.n ?? 0,
    writing: writing?.n ?? 0,
    failed: failed?.n ?? 0,
    unsent: unsent?.n ?? 0,
    weak: weak?.n ?? 0,
  }
}

/** Modules whose writes went through without a precondition that the CRM enforced. */
export async function weakModules(db: Db): Promise<string[]> {
  const rows = await db
    .selectDistinct({ module: sql<string>`${approvalVersions.change} ->> 'module'` })
    .from(operations)
    .innerJoin(
      approvalVersions,
      and(
        eq(approvalVersions.approvalId, operations.approvalId),
        eq(approvalVersions.version, operations.version),
      ),
    )
    .where(eq(operations.precondition, 'weak'))
  return rows.map(({ module }) => module)
}

/** People who get a digest: active, known in Slack, and answering for an account of their own or of a report who left. */
export async function digestRecipients(db: Db): Promise<string[]> {
  const left = alias(owners, 'left_owner')
  const answered = db
    .select({ id: accounts.id })
    .from(accounts)
    .leftJoin(left, and(eq(left.id, accounts.ownerId), eq(left.active, false)))
    .where(
      and(isNull(accounts.deletedAt), or(eq(accounts.ownerId, owners.id), eq(left.managerId, owners.id))),
    )
  const rows = await db
    .select({ id: owners.id })
    .from(owners)
    .where(and(eq(owners.active, true), isNotNull(owners.slackUserId), exists(answered)))
    .orderBy(asc(owners.id))
  return rows.map(({ id }) => id)
}

/** Whose accounts come to this person unasked: their own, and those of reports who have left. */
export async function coveredBy(db: Db, person: { id: string }): Promise<string[]> {
  const gone = await db
    .select({ id: owners.id })
    .from(owners)
    .where(and(eq(owners.managerId, person.id), eq(owners.active, false)))
  return [person.id, ...gone.map(({ id }) => id)]
}

/** Everyone whose accounts this person answers for: their own and, for a manager, their reports'. */
export async function answersFor(db: Db, person: { id: string; role: string }): Promise<string[]> {
  if (person.role !== 'manager') return [person.id]
  const rows = await db
    .select({ id: owners.id })
    .from(owners)
    .where(or(eq(owners.managerId, person.id), eq(owners.id, person.id)))
  return rows.map(({ id }) => id)
}
