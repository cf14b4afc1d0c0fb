import { createAudit } from '../../src/audit/audit.ts'
import type { Enqueue } from '../../src/jobs/queue.ts'
import type { JobTools } from '../../src/jobs/tools.ts'
import { createLog } from '../../src/log.ts'
import { postgresMemory, postgresUpkeep } from '../../src/memory/postgres.ts'
import { DEFAULT_FIELDS } from '../../src/model/field.ts'
import type { Db } from '../../src/store/db.ts'
import { type AccountRow, mergeRecords } from '../../src/store/mirror-writes.ts'
import { accounts, owners } from '../../src/store/schema.ts'
import { setSetting } from '../../src/store/settings.ts'

/** What a handler is given, on a real database; what it hands over is written down, and the edges stand still. */

export const TEAM = 'T1'
export const dana = '4876876000000111001'
export const bo = '4876876000000111002'
export const ACME = '4876876000000333001'
export const DEAL = '4876876000000444001'

export type HandedOver = { name: string; payload: unknown; delayMs: number | undefined }

export type Bench = { tools: JobTools; handedOver: HandedOver[] }

/** @param reachable whether the queue takes anything */
export function jobTools(db: Db, more: Partial<JobTools> = {}, reachable = true): Bench {
  const handedOver: HandedOver[] = []
  const enqueue: Enqueue = async (name, payload, options) => {
    if (reachable) handedOver.push({ name, payload, delayMs: options?.delayMs })
    return reachable
  }
  const unasked = () => Promise.reject(new Error('Nothing here talks to Slack or Zoho'))
  const tools: JobTools = {
    db,
    log: createLog('silent'),
    teamId: TEAM,
    enqueue,
    sync: {
      people: async () => {},
      fields: async () => {},
      full: async () => 0,
      delta: async () => 0,
      deleted: async () => 0,
      account: async () => 0,
      records: async () => 0,
      watch: null,
    },
    review: { db, teamId: TEAM, fields: () => DEFAULT_FIELDS, author: null },
    conversation: null,
    approval: {
      db,
      audit: createAudit(new Uint8Array(32).fill(7)),
      ttlMs: 72 * 3_600_000,
      secondApproverAbove: null,
    },
    execute: {
      db,
      audit: createAudit(new Uint8Array(32).fill(7)),
      log: createLog('silent'),
      leaseMs: 60_000,
      held: new Set(),
      crm: {
        fieldsOf: () => ({}),
        read: unasked,
        update: unasked,
        create: unasked,
        remove: unasked,
        findCreated: unasked,
      } as never,
    },
    gather: { db, recordUrl: () => null, permalink: () => 'https://slack.test/p1', digestTime: '06:00' },
    messenger: { publishHome: unasked } as never,
    memory: postgresUpkeep({
      db,
      audit: createAudit(new Uint8Array(32).fill(7)),
      log: createLog('silent'),
      teamId: TEAM,
    }),
    memoryOf: postgresMemory({
      db,
      audit: createAudit(new Uint8Array(32).fill(7)),
      log: createLog('silent'),
      teamId: TEAM,
    }),
    settings: {
      mergeWindowMs: 300_000,
      digestTime: '06:00',
      reviewTime: '05:00',
      zone: 'UTC',
      teamChannel: null,
      firstDigests: false,
    },
    ...more,
  }
  return { tools, handedOver }
}

/** Dana owns accounts and reports to Bo; both are in Slack, and nobody has quiet hours. */
export async function insertPeople(db: Db): Promise<void> {
  const preferences = {
    quietFrom: '00:00',
    quietUntil: '00:00',
    digestDays: [1, 2, 3, 4, 5, 6, 7],
  }
  await db.insert(owners).values([
    {
      id: dana,
      teamId: TEAM,
      slackUserId: 'U0DANA',
      email: 'dana@example.test',
      name: 'Dana Ruiz',
      role: 'owner',
      managerId: bo,
      preferences,
    },
    {
      id: bo,
      teamId: TEAM,
      slackUserId: 'U0BO',
      email: 'bo@example.test',
      name: 'Bo Lind',
      role: 'manager',
      preferences,
    },
  ])
}

export const takenIn = (db: Db) => setSetting(db, 'onboarded_at', new Date().toISOString(), 'test')

export function account(id: string, more: Partial<AccountRow> = {}): AccountRow {
  const created = new Date('2026-01-10T09:00:00Z')
  return {
    id,
    ownerId: dana,
    raw: {},
    crmCreatedAt: created,
    crmModifiedAt: created,
    name: `Account ${id}`,
    status: 'active',
    statusText: 'Active',
    industry: null,
    annualRevenue: null,
    healthScore: null,
    renewalDate: null,
    paymentStatus: 'unknown',
    website: null,
    lastActivityAt: null,
    ...more,
  }
}

/** As a sync would bring them. */
export async function merged(db: Db, rows: AccountRow[], { first = false } = {}): Promise<void> {
  await mergeRecords(db, { module: 'Accounts', rows }, { source: 'sync', first, readAt: new Date() })
}

/** An account with an open deal whose closing date went by, and a talk some weeks ago: something to suggest. */
export async function mergedBusy(db: Db, more: Partial<AccountRow> = {}): Promise<void> {
  const at = (days: number) => new Date(Date.now() - days * 86_400_000)
  const common = { ownerId: dana, raw: {}, crmCreatedAt: at(200), crmModifiedAt: at(20) }
  const options = { source: 'sync', first: true, readAt: new Date() } as const
  await merged(db, [account(ACME, { name: 'Acme', ...more })], { first: true })
  const person = {
    ...common,
    id: '4876876000000555001',
    accountId: ACME,
    name: 'Robin Vale',
    email: 'robin@acme.example',
  }
  await mergeRecords(
    db,
    { module: 'Contacts', rows: [{ ...person, phone: null, title: 'VP Operations' }] },
    options,
  )
  const deal = { ...common, id: DEAL, accountId: ACME, contactId: null, name: 'Acme expansion' }
  const place = { stage: 'Negotiation', outcome: 'open', amount: 20_000, probability: 60 } as const
  const dates = { closingDate: at(10).toISOString().slice(0, 10), stageChangedAt: at(60) }
  await mergeRecords(
    db,
    { module: 'Deals', rows: [{ ...deal, ...place, ...dates, nextStep: null, pipeline: null }] },
    options,
  )
  const talk = {
    ...common,
    id: '4876876000000666001',
    module: 'Calls',
    type: 'call',
    subject: 'Quarterly review',
  } as const
  const about = { accountId: null, dealId: null, contactId: null, parent: { id: ACME, module: 'Accounts' } }
  await mergeRecords(
    db,
    { module: 'Calls', rows: [{ ...talk, ...about, body: null, at: at(20), completed: null }] },
    options,
  )
}

/** Accounts that are marked, by id. */
export async function marked(db: Db): Promise<string[]> {
  const rows = await db.select({ id: accounts.id, due: accounts.reviewDueAt }).from(accounts)
  return rows.flatMap(({ id, due }) => (due ? id : [])).sort()
}

/** As new, without the seconds that opening another one takes. */
export async function emptied(db: Db): Promise<void> {
  await db.execute(
    'truncate accounts, memory_events, memory_facts, memory_entities, memory_relations, owners, changes, reviews, recommendations, approvals, outbox, inbox, digests, schedule_runs, settings, interactions, failed_jobs cascade',
  )
}
