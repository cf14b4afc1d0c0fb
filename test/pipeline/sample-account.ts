import type { Account, Activity, Contact, Deal } from '../../src/model/account.ts'
import type { FieldMap } from '../../src/model/field.ts'
import { resolveFields } from '../../src/model/field.ts'
import { type Owner, Preferences } from '../../src/model/owner.ts'
import type { FieldChange, History } from '../../src/model/review.ts'
import { authorByRules } from '../../src/pipeline/author-rules.ts'
import { type ComplianceContext, comply } from '../../src/pipeline/compliance.ts'
import type { AccountFacts } from '../../src/pipeline/facts.ts'
import { type MemoryInput, remember } from '../../src/pipeline/memory-analyst.ts'
import { scout } from '../../src/pipeline/scout.ts'

/** A healthy customer on a Friday at noon; each test changes one thing about it. */

export const NOW = new Date('2026-11-20T12:00:00Z')

export function daysAgo(days: number, now = NOW): Date {
  return new Date(now.getTime() - days * 86_400_000)
}

/** The date so many days from now; negative in the past. */
export function dateIn(days: number): string {
  return daysAgo(-days).toISOString().slice(0, 10)
}

export const ACCOUNT_ID = '5000000000001'
export const DEAL_ID = '5000000000201'
export const WON_ID = '5000000000299'

export const owner: Owner = {
  id: '5000000000901',
  teamId: 'T1',
  slackUserId: 'U1',
  email: 'dana@example.com',
  name: 'Dana Reyes',
  role: 'owner',
  managerId: '5000000000902',
  zone: 'Europe/Paris',
  active: true,
  preferences: Preferences.parse({}),
}

export function account(change: Partial<Account> = {}): Account {
  return {
    id: ACCOUNT_ID,
    name: 'Acme Corp',
    ownerId: owner.id,
    status: 'active',
    statusText: 'Active',
    industry: 'Logistics',
    annualRevenue: 4_000_000,
    healthScore: null,
    renewalDate: null,
    paymentStatus: 'paid',
    website: null,
    createdAt: daysAgo(700),
    modifiedAt: daysAgo(3),
    lastActivityAt: null,
    ...change,
  }
}

export function contact(change: Partial<Contact> = {}): Contact {
  return {
    id: '5000000000101',
    accountId: ACCOUNT_ID,
    name: 'Robin Vale',
    email: 'robin@acme.example',
    phone: null,
    title: 'VP Operations',
    createdAt: daysAgo(600),
    ...change,
  }
}

export function deal(change: Partial<Deal> = {}): Deal {
  return {
    id: DEAL_ID,
    accountId: ACCOUNT_ID,
    contactId: '5000000000101',
    ownerId: owner.id,
    name: 'Fleet rollout',
    stage: 'Negotiation',
    outcome: 'open',
    amount: 20_000,
    closingDate: dateIn(40),
    probability: 60,
    nextStep: 'Send the terms',
    pipeline: 'New Business',
    stageChangedAt: daysAgo(5),
    createdAt: daysAgo(60),
    modifiedAt: daysAgo(5),
    ...change,
  }
}

export function won(change: Partial<Deal> = {}): Deal {
  return deal({
    id: WON_ID,
    name: 'First order',
    stage: 'Closed Won',
    outcome: 'won',
    amount: 30_000,
    closingDate: dateIn(-400),
    stageChangedAt: daysAgo(400),
    ...change,
  })
}

export function touch(days: number, change: Partial<Activity> = {}): Activity {
  return {
    id: `50000000003${String(days).padStart(3, '0')}`,
    module: 'Calls',
    accountId: ACCOUNT_ID,
    dealId: null,
    contactId: '5000000000101',
    ownerId: owner.id,
    type: 'call',
    subject: `Weekly call ${days}`,
    body: null,
    at: daysAgo(days),
    completed: true,
    createdAt: daysAgo(days),
    ...change,
  }
}

/** Contact every ten days for half a year, the last so many days ago. */
export function touchesSince(days: number): Activity[] {
  return Array.from({ length: 18 }, (_, index) => touch(days + index * 10))
}

export function moved(change: Partial<FieldChange> & Pick<FieldChange, 'module' | 'field'>): FieldChange {
  return { recordId: ACCOUNT_ID, accountId: ACCOUNT_ID, old: null, new: null, at: daysAgo(4), ...change }
}

export function facts(change: Partial<AccountFacts> = {}): AccountFacts {
  return {
    account: account(),
    owner,
    contacts: [contact()],
    deals: [won()],
    activities: touchesSince(4),
    changes: [],
    asOf: NOW,
    missing: [],
    ...change,
  }
}

export const fields: FieldMap = resolveFields({}).fields

export function historyOf(of: AccountFacts, change: Partial<MemoryInput> = {}, now = NOW): History {
  return remember({ facts: of, past: [], acceptance: {}, suppressed: [], ...change }, now)
}

/** The whole way from facts to recommendations, as a review goes it. */
export function reviewed(
  of: AccountFacts,
  change: { memory?: Partial<MemoryInput>; context?: Partial<ComplianceContext>; now?: Date } = {},
) {
  const now = change.now ?? NOW
  const snapshot = scout(of, now)
  const history = historyOf(of, change.memory, now)
  const drafts = authorByRules(snapshot, history, now)
  const context = {
    snapshot,
    history,
    fields,
    picklists: {},
    open: [],
    shown: new Map(),
    now,
    ...change.context,
  }
  return { snapshot, history, drafts, ...comply(drafts, context) }
}
