import { and, asc, eq, inArray, isNull } from 'drizzle-orm'
import type { Module } from '../model/field.ts'
import type { Db } from './db.ts'
import {
  accounts,
  activities,
  approvals,
  approvalVersions,
  changes,
  contacts,
  deals,
  operations,
  owners,
  recommendations,
} from './schema.ts'

/** Everything on record about an account that memory is made from. What the CRM deleted is not in it. */
export type OnRecord = {
  account: {
    id: string
    name: string
    ownerId: string | null
    ownerName: string | null
    statusText: string | null
    industry: string | null
    annualRevenue: number | null
    renewalDate: string | null
    createdAt: Date | null
  }
  contacts: { id: string; name: string; title: string | null; createdAt: Date | null }[]
  deals: {
    id: string
    contactId: string | null
    name: string
    stage: string | null
    outcome: string
    amount: number | null
    closingDate: string | null
    nextStep: string | null
    createdAt: Date | null
  }[]
  activities: {
    id: string
    module: 'Tasks' | 'Events' | 'Calls' | 'Notes'
    type: 'meeting' | 'call' | 'email' | 'task' | 'note'
    contactId: string | null
    dealId: string | null
    subject: string
    body: string | null
    at: Date | null
    createdAt: Date | null
    completed: boolean | null
  }[]
  /** Oldest first. */
  changes: {
    id: number
    module: Module
    recordId: string
    field: string
    old: string | null
    new: string | null
    at: Date
  }[]
  decisions: {
    id: string
    state: string
    title: string
    decidedBy: string | null
    decidedAt: Date | null
    reason: string | null
    version: number
    /** A person put other values in before approving. */
    edited: boolean
  }[]
  outcomes: {
    id: string
    state: string
    title: string
    isUndo: boolean
    error: string | null
    finishedAt: Date | null
  }[]
}

/** By account id. Accounts that the CRM no longer has are left out: nothing of them is to be remembered. */
export async function onRecord(db: Db, accountIds: readonly string[]): Promise<Map<string, OnRecord>> {
  const ids = [...accountIds]
  const found = await db
    .select({
      id: accounts.id,
      name: accounts.name,
      ownerId: accounts.ownerId,
      ownerName: owners.name,
      statusText: accounts.statusText,
      industry: accounts.industry,
      annualRevenue: accounts.annualRevenue,
      renewalDate: accounts.renewalDate,
      createdAt: accounts.crmCreatedAt,
    })
    .from(accounts)
    .leftJoin(owners, eq(owners.id, accounts.ownerId))
    .where(and(inArray(accounts.id, ids), isNull(accounts.deletedAt)))
  const [people, sales, happened, moved, decided, written] = await Promise.all([
    contactsOf(db, ids),
    dealsOf(db, ids),
    activitiesOf(db, ids),
    changesOf(db, ids),
    decisionsOf(db, ids),
    outcomesOf(db, ids),
  ])
  return new Map(
    found.map((account) => [
      account.id,
      {
        account,
        contacts: people.get(account.id) ?? [],
        deals: sales.get(account.id) ?? [],
        activities: happened.get(account.id) ?? [],
        changes: moved.get(account.id) ?? [],
        decisions: decided.get(account.id) ?? [],
        outcomes: written.get(account.id) ?? [],
      },
    ]),
  )
}

function byAccount<Row extends { accountId: string | null }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    if (row.accountId === null) continue
    const group = groups.get(row.accountId)
    if (group) group.push(row)
    else groups.set(row.accountId, [row])
  }
  return groups
}

async function contactsOf(db: Db, ids: string[]) {
  const { id, accountId, name, title, crmCreatedAt: createdAt } = contacts
  const rows = await db
    .select({ id, accountId, name, title, createdAt })
    .from(contacts)
    .where(and(inArray(accountId, ids), isNull(contacts.deletedAt)))
    .orderBy(asc(id))
  return byAccount(rows)
}

async function dealsOf(db: Db, ids: string[]) {
  const { id, accountId, contactId, name, stage, outcome, amount, closingDate, nextStep } = deals
  const createdAt = deals.crmCreatedAt
  const rows = await db
    .select({ id, accountId, contactId, name, stage, outcome, amount, closingDate, nextStep, createdAt })
    .from(deals)
    .where(and(inArray(accountId, ids), isNull(deals.deletedAt)))
    .orderBy(asc(id))
  return byAccount(rows)
}

async function activitiesOf(db: Db, ids: string[]) {
  const { id, module, type, accountId, contactId, dealId, subject, body, at, completed } = activities
  const createdAt = activities.crmCreatedAt
  const rows = await db
    .select({ id, module, type, accountId, contactId, dealId, subject, body, at, completed, createdAt })
    .from(activities)
    .where(and(inArray(accountId, ids), isNull(activities.deletedAt)))
    .orderBy(asc(id))
  return byAccount(rows)
}

async function changesOf(db: Db, ids: string[]) {
  const { id, module, recordId, accountId, field, old, new: now, at } = changes
  const rows = await db
    .select({ id, module, recordId, accountId, field, old, new: now, at })
    .from(changes)
    .where(inArray(accountId, ids))
    .orderBy(asc(at), asc(id))
  return byAccount(rows)
}

/** What people decided, and what nobody decided in time; the rest is the bot's own bookkeeping. */
async function decisionsOf(db: Db, ids: string[]) {
  const { id, accountId, state, decidedBy, decidedAt, reason, version } = approvals
  const rows = await db
    .select({
      id,
      accountId,
      state,
      decidedBy: owners.name,
      decidedById: decidedBy,
      decidedAt,
      reason,
      version,
      editedBy: approvalVersions.editedBy,
      title: recommendations.title,
    })
    .from(approvals)
    .innerJoin(recommendations, eq(recommendations.id, approvals.recommendationId))
    .leftJoin(owners, eq(owners.id, decidedBy))
    .leftJoin(
      approvalVersions,
      and(eq(approvalVersions.approvalId, id), eq(approvalVersions.version, version)),
    )
    .where(
      and(
        inArray(accountId, ids),
        eq(approvals.kind, 'change'),
        inArray(state, ['approved', 'rejected', 'expired']),
      ),
    )
    .orderBy(asc(id))
  return byAccount(rows.map(({ editedBy, ...row }) => ({ ...row, edited: editedBy !== null })))
}

async function outcomesOf(db: Db, ids: string[]) {
  const rows = await db
    .select({
      id: operations.id,
      accountId: approvals.accountId,
      state: operations.state,
      kind: approvals.kind,
      error: operations.error,
      finishedAt: operations.finishedAt,
      title: recommendations.title,
    })
    .from(operations)
    .innerJoin(approvals, eq(approvals.id, operations.approvalId))
    .innerJoin(recommendations, eq(recommendations.id, approvals.recommendationId))
    .where(
      and(inArray(approvals.accountId, ids), inArray(operations.state, ['applied', 'conflict', 'failed'])),
    )
    .orderBy(asc(operations.id))
  return byAccount(rows.map(({ kind, ...row }) => ({ ...row, isUndo: kind === 'undo' })))
}
