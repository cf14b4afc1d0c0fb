import type { Brief } from '../../src/digest/brief-view.ts'
import type { Home } from '../../src/digest/home-view.ts'
import { Preferences } from '../../src/model/owner.ts'
import { FRIDAY, standing } from './sample-portfolio.ts'

/** An account's brief and an owner's App Home, any part of them replaceable. */

export function brief(more: Partial<Brief> = {}): Brief {
  return {
    account: {
      id: 'acc-Acme Corp',
      name: 'Acme Corp',
      ownerId: 'owner-1',
      status: 'active',
      statusText: 'Active',
      industry: 'Manufacturing',
      annualRevenue: 1_250_000,
      healthScore: 40,
      renewalDate: '2026-12-18',
      paymentStatus: 'paid',
      website: null,
      createdAt: null,
      modifiedAt: null,
      lastActivityAt: null,
    },
    ownerName: 'Dana Fox',
    standing: standing('Acme Corp', 60),
    healthBefore: { score: 52, at: new Date('2026-11-13T05:00:00Z') },
    lastTouch: { label: 'call “Quarterly review”', at: new Date('2026-10-17T10:00:00Z') },
    recentTouches: 2,
    whatChanged: [{ text: 'Stage Proposal → Negotiation', at: new Date('2026-11-18T10:00:00Z') }],
    recommendations: [
      { id: 'rec-1', title: 'Re-open the conversation with an e-mail', state: 'open', cardUrl: null },
      {
        id: 'rec-2',
        title: 'Move close date to 15 Jan',
        state: 'rejected',
        cardUrl: 'https://team.example.test/archives/D1/p1',
      },
    ],
    url: 'https://crm.example.test/Accounts/1',
    asOf: new Date('2026-11-20T04:52:00Z'),
    degraded: [],
    zone: 'Europe/Berlin',
    now: FRIDAY,
    ...more,
  }
}

export function suggestion(n: number, expiresAt: Date | null = null): Home['waiting'][number] {
  return {
    recommendationId: `rec-${n}`,
    accountName: `Account ${n}`,
    title: 'Re-open the conversation with an e-mail',
    expiresAt,
    confidence: { level: 'medium', score: 0.7 },
  }
}

export function home(more: Partial<Home> = {}): Home {
  return {
    owner: { name: 'Dana Fox', role: 'owner', zone: 'Europe/Berlin', preferences: Preferences.parse({}) },
    asOf: new Date('2026-11-20T04:52:00Z'),
    degraded: [],
    lastRunAt: new Date('2026-11-20T04:00:00Z'),
    nextDigestAt: new Date('2026-11-23T05:00:00Z'),
    digestTime: '06:00',
    digestSkipped: false,
    analysed: 42,
    skipped: { count: 0, why: '' },
    waiting: [suggestion(1, new Date('2026-11-22T09:00:00Z'))],
    reportsWaiting: [],
    suggestions: [suggestion(2), suggestion(3)],
    decided: [
      {
        accountName: 'Beta',
        title: 'Move close date to 15 Jan',
        outcome: 'approved and written to Zoho',
        at: new Date('2026-11-19T09:00:00Z'),
        url: null,
      },
    ],
    standings: [standing('Acme Corp', 85), standing('Beta', 30), standing('Gamma', 0)],
    owned: 42,
    needing: 3,
    mutedAccounts: [],
    writesStopped: null,
    now: FRIDAY,
    ...more,
  }
}
