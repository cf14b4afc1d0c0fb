import { createHash } from 'node:crypto'
import { getTableColumns, inArray, type SQL, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import { canonicalJson } from '../model/change.ts'
import type { Module } from '../model/field.ts'
import { type Db, type Tx, transaction } from './db.ts'
import { adoptActivities } from './mirror-parents.ts'
import { usageOfRaw } from './mirror-raw.ts'
import { lockAccounts, markReviewDue } from './review-due.ts'
import { accounts, activities, changes, contacts, deals } from './schema.ts'

/**
 * What sync read, merged into the mirror: only what differs is written, and what differs in a field we follow is
 * also kept as a change. Rows of one module are merged by one process at a time, and never by older ones. The
 * accounts concerned are marked in the same transaction, so that whatever follows cannot be forgotten.
 */

type Stored<T extends { $inferSelect: object }> = Omit<
  T['$inferSelect'],
  'contentHash' | 'deletedAt' | 'reviewDueAt' | 'memoryDueAt'
>
/** `usage` stands in `raw`, where nothing needs an index on it; here it is what a change of it is told by. */
export type AccountRow = Stored<typeof accounts> & { usage?: number | null }
export type ContactRow = Stored<typeof contacts>
export type DealRow = Stored<typeof deals>
/** `parent` is what it is about; a module we do not keep leaves it without an account. */
export type ActivityRow = Stored<typeof activities> & { parent: { id: string; module: string | null } | null }

export type ActivityModule = (typeof activities.$inferSelect)['module']
export type Batch =
  | { module: 'Accounts'; rows: AccountRow[] }
  | { module: 'Contacts'; rows: ContactRow[] }
  | { module: 'Deals'; rows: DealRow[] }
  | { module: ActivityModule; rows: ActivityRow[] }

export type MergeOptions = {
  source: (typeof changes.$inferSelect)['source']
  /** The module's first filling: everything is new, so nothing is a change. */
  first: boolean
  /** When it was read: stands for the time of a change whose record tells none. */
  readAt: Date
}
export type Merged = { changed: number; accountIds: Set<string> }

/** Records in one statement: Postgres takes 65,535 parameters. */
const MOST_ROWS = 500

export async function mergeRecords(db: Db, batch: Batch, options: MergeOptions): Promise<Merged> {
  const merged: Merged = { changed: 0, accountIds: new Set() }
  for (const part of parts(batch)) {
    const { changed, accountIds } = await transaction(db, (tx) => mergePart(tx, part, options))
    merged.changed += changed
    for (const id of accountIds) merged.accountIds.add(id)
  }
  return merged
}

function* parts(batch: Batch): Generator<Batch> {
  for (let at = 0; at < batch.rows.length; at += MOST_ROWS) {
    // Slicing keeps the kind of row that the module names.
    yield { ...batch, rows: batch.rows.slice(at, at + MOST_ROWS) } as Batch
  }
}

async function mergePart(tx: Tx, batch: Batch, options: MergeOptions): Promise<Merged> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`mirror:${batch.module}`}))`)
  switch (batch.module) {
    case 'Accounts':
      return merge(tx, ACCOUNTS, { module: batch.module, rows: batch.rows, ...options })
    case 'Contacts':
      return merge(tx, CONTACTS, { module: batch.module, rows: batch.rows, ...options })
    case 'Deals':
      return merge(tx, DEALS, { module: batch.module, rows: batch.rows, ...options })
    default: {
      const rows = await adoptActivities(tx, batch.rows)
      return merge(tx, ACTIVITIES, { module: batch.module, rows, ...options })
    }
  }
}

type Known = {
  id: string
  contentHash: string
  deletedAt: Date | null
  crmModifiedAt: Date | null
}
type Row = { id: string; crmCreatedAt: Date | null; crmModifiedAt: Date | null; raw: Record<string, unknown> }
type Kept<R> = R & { contentHash: string; deletedAt: null }

/** How the records of one table are found, compared and written. */
type Book<R extends Row> = {
  known(tx: Tx, ids: string[]): Promise<(Omit<R, 'raw'> & Known)[]>
  write(tx: Tx, rows: Kept<R>[]): Promise<unknown>
  accountOf(row: Omit<R, 'raw'>): string | null
  nameOf(row: Omit<R, 'raw'>): string
  /** The fields whose changes are kept, by our names. */
  followed: Record<string, (row: Omit<R, 'raw'>) => string | number | null>
  carryOver?(row: R, before: Omit<R, 'raw'> & Known, at: Date): R
}

async function merge<R extends Row>(
  tx: Tx,
  book: Book<R>,
  { module, rows, source, first, readAt }: { module: Module; rows: R[] } & MergeOptions,
): Promise<Merged> {
  const latest = new Map(rows.map((row) => [row.id, row]))
  const known = new Map((await book.known(tx, [...latest.keys()])).map((row) => [row.id, row]))
  const toWrite: Kept<R>[] = []
  const noted: (typeof changes.$inferInsert)[] = []
  const merged: Merged = { changed: 0, accountIds: new Set() }

  for (const row of latest.values()) {
    const before = known.get(row.id)
    if (before && isOlder(row, before)) continue
    const contentHash = hashOf(row)
    const differs = before?.contentHash !== contentHash || before.deletedAt !== null
    if (!differs && before.crmModifiedAt?.getTime() === row.crmModifiedAt?.getTime()) continue

    const at = row.crmModifiedAt ?? readAt
    toWrite.push({
      ...(before && book.carryOver ? book.carryOver(row, before, at) : row),
      contentHash,
      deletedAt: null,
    })
    if (!differs) continue
    merged.changed += 1
    const accountId = book.accountOf(row)
    for (const id of [accountId, before ? book.accountOf(before) : null]) if (id) merged.accountIds.add(id)
    if (first) continue
    const common = { module, recordId: row.id, accountId, source }
    if (!before || before.deletedAt) {
      const appearedAt = before ? at : (row.crmCreatedAt ?? at)
      noted.push({ ...common, field: 'record', old: null, new: book.nameOf(row), at: appearedAt })
      continue
    }
    for (const [field, read] of Object.entries(book.followed)) {
      const old = asText(read(before))
      const now = asText(read(row))
      if (old !== now) noted.push({ ...common, field, old, new: now, at })
    }
  }

  if (toWrite.length > 0) await book.write(tx, toWrite)
  if (noted.length > 0) await tx.insert(changes).values(noted)
  await markReviewDue(tx, merged.accountIds)
  return merged
}

/** A page read before a newer version arrived by another way. */
function isOlder(row: Row, before: Known): boolean {
  return (
    row.crmModifiedAt !== null && before.crmModifiedAt !== null && row.crmModifiedAt < before.crmModifiedAt
  )
}

/** Of what a record says: when it was last modified is no content, and a lookup is what it leads to. */
function hashOf({ crmModifiedAt: _, ...content }: Row): string {
  return createHash('sha256')
    .update(canonicalJson(plain(content)))
    .digest('hex')
}

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  if ('id' in value && !('raw' in value)) return value.id
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]))
}

function asText(value: string | number | null): string | null {
  return value === null ? null : String(value)
}

/** Sets every column that the CRM fills to what was to be inserted. */
function toInserted(table: PgTable): Record<string, SQL> {
  const columns = Object.entries(getTableColumns(table)).filter(
    ([name]) => name !== 'id' && name !== 'reviewDueAt' && name !== 'memoryDueAt',
  )
  return Object.fromEntries(
    columns.map(([name, { name: column }]) => [name, sql.raw(`excluded."${column}"`)]),
  )
}

const {
  raw: _accountRaw,
  reviewDueAt: _reviewDueAt,
  memoryDueAt: _memoryDueAt,
  ...accountColumns
} = getTableColumns(accounts)
const { raw: _contactRaw, ...contactColumns } = getTableColumns(contacts)
const { raw: _dealRaw, ...dealColumns } = getTableColumns(deals)
const { raw: _activityRaw, ...activityColumns } = getTableColumns(activities)

const ACCOUNTS: Book<AccountRow> = {
  known: (tx, ids) =>
    tx
      .select({ ...accountColumns, usage: usageOfRaw })
      .from(accounts)
      .where(inArray(accounts.id, ids)),
  async write(tx, rows) {
    const ids = rows.map(({ id }) => id)
    await lockAccounts(tx, inArray(accounts.id, ids))
    return tx
      .insert(accounts)
      .values(rows.map(({ usage: _, ...row }) => row))
      .onConflictDoUpdate({ target: accounts.id, set: toInserted(accounts) })
  },
  accountOf: (row) => row.id,
  nameOf: (row) => row.name,
  followed: {
    name: (row) => row.name,
    owner: (row) => row.ownerId,
    // As the CRM words it: a person reads it, and what we have no word for is a change too.
    status: (row) => row.statusText,
    industry: (row) => row.industry,
    annualRevenue: (row) => row.annualRevenue,
    healthScore: (row) => row.healthScore,
    renewalDate: (row) => row.renewalDate,
    paymentStatus: (row) => (row.paymentStatus === 'unknown' ? null : row.paymentStatus),
    usage: (row) => row.usage ?? null,
  },
}

const CONTACTS: Book<ContactRow> = {
  known: (tx, ids) => tx.select(contactColumns).from(contacts).where(inArray(contacts.id, ids)),
  write: (tx, rows) =>
    tx
      .insert(contacts)
      .values(rows)
      .onConflictDoUpdate({ target: contacts.id, set: toInserted(contacts) }),
  accountOf: (row) => row.accountId,
  nameOf: (row) => row.name,
  followed: {
    // Who decides there changes as people move up, or on.
    title: (row) => row.title,
  },
}

const DEALS: Book<DealRow> = {
  known: (tx, ids) => tx.select(dealColumns).from(deals).where(inArray(deals.id, ids)),
  write: (tx, rows) =>
    tx
      .insert(deals)
      .values(rows)
      .onConflictDoUpdate({ target: deals.id, set: toInserted(deals) }),
  accountOf: (row) => row.accountId,
  nameOf: (row) => row.name,
  followed: {
    stage: (row) => row.stage,
    amount: (row) => row.amount,
    closingDate: (row) => row.closingDate,
    owner: (row) => row.ownerId,
    nextStep: (row) => row.nextStep,
    probability: (row) => row.probability,
  },
  // Where the CRM keeps no date for it, the stage changed when we saw it change.
  carryOver: (row, before, at) => ({
    ...row,
    stageChangedAt: row.stageChangedAt ?? (row.stage === before.stage ? before.stageChangedAt : at),
  }),
}

const ACTIVITIES: Book<Omit<ActivityRow, 'parent'>> = {
  known: (tx, ids) => tx.select(activityColumns).from(activities).where(inArray(activities.id, ids)),
  write: (tx, rows) =>
    tx
      .insert(activities)
      .values(rows)
      .onConflictDoUpdate({ target: activities.id, set: toInserted(activities) }),
  accountOf: (row) => row.accountId,
  nameOf: (row) => row.subject,
  followed: {},
}
