import type { CardFacts } from '../../src/approval/card.ts'
import { type CrmChange, changeHash } from '../../src/model/change.ts'
import { DEFAULT_FIELDS } from '../../src/model/field.ts'

/** Facts of a card as the database would give them, for one proposal or with parts of it replaced. */

export const PROPOSED = new Date('2026-11-20T09:02:00Z')
export const ACME = '4876876000000333001'
const DEAL = '4876876000000444001'

export const moveCloseDate: CrmChange = {
  action: 'update',
  module: 'Deals',
  recordId: DEAL,
  recordName: 'Acme expansion',
  fields: { Closing_Date: '2027-01-15' },
  before: { Closing_Date: '2026-11-30' },
}

export const createTask: CrmChange = {
  action: 'create',
  module: 'Tasks',
  parent: { module: 'Accounts', id: ACME, name: 'Acme Corp' },
  fields: {
    Subject: 'E-mail: Shall we talk about the renewal?',
    Due_Date: '2026-11-23',
    Status: 'Not Started',
    Priority: 'High',
    Owner: { id: '4876876000000111001' },
    What_Id: { id: ACME, name: 'Acme Corp' },
    $se_module: 'Accounts',
    Description: `Draft to copy:\n\nSubject: Shall we talk about the renewal?\n\nHello Jane,\n\n${'it has been a while. '.repeat(30)}\n\nDana`,
  },
}

type Overrides = Partial<Omit<CardFacts, 'approval' | 'recommendation'>> & {
  approval?: Partial<CardFacts['approval']>
  recommendation?: Partial<CardFacts['recommendation']>
}

export function cardFacts({ approval, recommendation, ...rest }: Overrides = {}): CardFacts {
  const change = rest.change ?? moveCloseDate
  return {
    approval: {
      id: '0b6f7c1e-7d0e-4c5e-9a44-2a4c1c0f9d11',
      teamId: 'T1',
      recommendationId: 'rec-1',
      kind: 'change',
      undoOf: null,
      state: 'pending',
      accountId: ACME,
      actionClass: 'field',
      askedOwnerId: '4876876000000111001',
      requiredDeciders: 1,
      version: 1,
      changeHash: changeHash(change),
      openedAt: PROPOSED,
      expiresAt: new Date('2026-11-23T09:02:00Z'),
      decidedAt: null,
      decidedBy: null,
      reason: null,
      replacedBy: null,
      remindedAt: null,
      ...approval,
    },
    recommendation: {
      id: 'rec-1',
      teamId: 'T1',
      reviewId: 'review-1',
      accountId: ACME,
      ownerId: '4876876000000111001',
      kind: 'update_account',
      subjectModule: 'Deals',
      subjectId: DEAL,
      title: 'Move close date to 15 Jan',
      rationale: [
        {
          text: 'The customer asked to decide after the holidays.',
          evidence: [
            {
              module: 'Calls',
              recordId: '4876876000000555001',
              label: 'Call "Quarterly review"',
              at: '2026-11-18T10:00:00Z',
            },
            { module: 'Notes', recordId: '4876876000000555002', label: 'Note "Budget"', at: '2026-11-17' },
          ],
        },
        {
          text: 'The deal has been in Negotiation for 41 days.',
          evidence: [
            { module: 'Deals', recordId: DEAL, label: 'Acme expansion', at: '2026-10-10', field: 'Stage' },
          ],
        },
      ],
      evidence: [],
      priority: 'high',
      urgency: 71,
      confidence: {
        score: 0.72,
        level: 'medium',
        factors: { evidence: 0.8, recency: 0.9, pattern: 0.5, history: 0.4 },
        reason: 'two sources, 2 days old',
      },
      draft: null,
      change,
      actionClass: 'field',
      piiKinds: [],
      author: 'rules',
      authorNote: null,
      dedupeKey: 'update_account:1',
      state: 'shown',
      stateReason: null,
      snoozedUntil: null,
      createdAt: PROPOSED,
      decidedAt: null,
      expiresAt: new Date('2026-11-27T09:02:00Z'),
      ...recommendation,
    },
    change,
    firstChange: change,
    operation: null,
    undoOperation: null,
    undoneBy: null,
    owner: { name: 'Dana Fox', slackUserId: 'U0DANA', zone: 'Europe/Berlin' },
    decidedBy: null,
    deciders: [],
    account: { id: ACME, name: 'Acme Corp' },
    fields: DEFAULT_FIELDS,
    names: { '4876876000000111001': 'Dana Fox' },
    found: null,
    replacedBy: null,
    undoUntil: null,
    snoozedUntil: null,
    recordUrl: (module, id) => (module === 'Notes' ? null : `https://crm.example.test/${module}/${id}`),
    now: new Date('2026-11-20T09:20:00Z'),
    ...rest,
  }
}

const DANA = { name: 'Dana Fox', slackUserId: 'U0DANA' }

export function approved(rest: Overrides = {}): CardFacts {
  return cardFacts({
    decidedBy: DANA,
    deciders: [DANA],
    ...rest,
    approval: {
      state: 'approved',
      decidedAt: new Date('2026-11-20T09:14:00Z'),
      decidedBy: '1',
      ...rest.approval,
    },
  })
}

export function operation(
  state: NonNullable<CardFacts['operation']>['state'],
  more: Partial<NonNullable<CardFacts['operation']>> = {},
): NonNullable<CardFacts['operation']> {
  return {
    id: 'op-1',
    approvalId: '0b6f7c1e-7d0e-4c5e-9a44-2a4c1c0f9d11',
    approvalState: 'approved',
    version: 1,
    changeHash: changeHash(moveCloseDate),
    state,
    attempt: 1,
    lease: null,
    leaseUntil: null,
    nextAttemptAt: PROPOSED,
    sentAt: null,
    sentIfUnmodifiedSince: null,
    precondition: 'strong',
    receipt: null,
    found: null,
    error: null,
    createdAt: PROPOSED,
    finishedAt: state === 'applied' ? new Date('2026-11-20T09:14:00Z') : null,
    discardedAt: null,
    ...more,
  }
}
