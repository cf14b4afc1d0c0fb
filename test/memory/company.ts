import { createAudit } from '../../src/audit/audit.ts'
import { createLog } from '../../src/log.ts'
import { keepUp } from '../../src/memory/keep-up.ts'
import { postgresMemory } from '../../src/memory/postgres.ts'
import type { Db } from '../../src/store/db.ts'
import { type ActivityRow, type DealRow, mergeRecords } from '../../src/store/mirror-writes.ts'
import { account, bo, dana, insertPeople, merged, TEAM } from '../jobs/job-tools.ts'

export { account, bo, dana }

/** A company with something to remember, as a sync would bring it. */

export const log = createLog('silent')
export const audit = createAudit(new Uint8Array(32).fill(7))
export const NOW = new Date()
export const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000)

export const ACME = '9001'
export const GLOBEX = '9002'
export const INITECH = '9003'
/** Of somebody else than the others. */
export const UMBRELLA = '9004'
export const VALE = '7001'
export const DEAL = '8001'

export const memoryOf = (db: Db) => postgresMemory({ db, audit, log, teamId: TEAM, now: () => NOW })
export const remembered = (db: Db) => keepUp({ db, log })

const options = (first: boolean) => ({ source: 'sync' as const, first, readAt: NOW })
const stamps = (days: number) => ({
  ownerId: dana,
  raw: {},
  crmCreatedAt: daysAgo(days),
  crmModifiedAt: daysAgo(days),
})

export type Activity = Partial<ActivityRow> & { id: string; about: string; days: number; subject: string }

export async function happened(db: Db, activities: readonly Activity[]): Promise<void> {
  for (const { about, days, ...activity } of activities) {
    const row: ActivityRow = {
      ...stamps(days),
      module: 'Calls',
      type: 'call',
      body: null,
      at: daysAgo(days),
      completed: null,
      accountId: null,
      dealId: null,
      contactId: null,
      parent: { id: about, module: 'Accounts' },
      ...activity,
    }
    await mergeRecords(db, { module: row.module, rows: [row] }, options(true))
  }
}

export async function dealt(
  db: Db,
  deal: Partial<DealRow> & { id: string; accountId: string },
  first = true,
) {
  const row: DealRow = {
    ...stamps(100),
    contactId: null,
    name: `Deal ${deal.id}`,
    stage: 'Negotiation',
    outcome: 'open',
    amount: 20_000,
    closingDate: null,
    probability: null,
    nextStep: null,
    pipeline: null,
    stageChangedAt: null,
    ...deal,
  }
  await mergeRecords(db, { module: 'Deals', rows: [row] }, options(first))
}

export async function smallCompany(db: Db): Promise<void> {
  await insertPeople(db)
  const energy = { industry: 'Energy', annualRevenue: 20_000_000 }
  await merged(
    db,
    [
      account(ACME, { name: 'Cardamom House', ...energy }),
      account(GLOBEX, { name: 'Larkspur Logistics', ...energy }),
      account(INITECH, { name: 'Müller Söhne', industry: 'Retail', annualRevenue: 500_000 }),
      account(UMBRELLA, { name: 'Umbrella', ownerId: 'stranger', ...energy }),
    ],
    { first: true },
  )
  await mergeRecords(
    db,
    {
      module: 'Contacts',
      rows: [
        {
          ...stamps(200),
          id: VALE,
          accountId: ACME,
          name: 'Robin Vale',
          email: 'robin@cardamom.example',
          phone: null,
          title: 'VP Operations',
        },
      ],
    },
    options(true),
  )
  await dealt(db, { id: DEAL, accountId: ACME, contactId: VALE, name: 'Warehouse rollout' })
  await happened(db, [
    {
      id: '1',
      about: ACME,
      days: 12,
      subject: 'Quarterly review',
      body: 'They asked for a discount on the refrigeration units before the renewal.',
    },
    { id: '2', about: ACME, days: 5, subject: 'Follow-up', contactId: VALE, body: 'Robin wants references.' },
    {
      id: '3',
      about: GLOBEX,
      days: 30,
      subject: 'Check-in',
      body: 'They compare prices and may switch to Initrode next year.',
    },
    {
      id: '4',
      about: ACME,
      days: 40,
      subject: 'Pricing',
      body: 'Mentioned competitor Initrode again.',
    },
    { id: '5', about: INITECH, days: 3, subject: 'Vertragsverlängerung', body: 'Die Straße ist gesperrt.' },
    {
      id: '6',
      about: UMBRELLA,
      days: 3,
      subject: 'Secret talk',
      body: 'A discount on refrigeration for strangers; competitor Initrode.',
    },
  ])
}
