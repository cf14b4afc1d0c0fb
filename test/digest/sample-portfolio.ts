import type { Candidate, DigestFacts, Upcoming } from '../../src/digest/compose.ts'
import type { Moved } from '../../src/digest/moved.ts'
import { Preferences } from '../../src/model/owner.ts'
import type { AccountStanding } from '../../src/model/review.ts'
import { riskLevel } from '../../src/model/signal.ts'

/** An owner's portfolio on a Friday morning, any part of it replaceable. */

export const FRIDAY = new Date('2026-11-20T05:05:00Z')

export function standing(name: string, risk: number, more: Partial<AccountStanding> = {}): AccountStanding {
  return {
    accountId: `acc-${name}`,
    name,
    risk: {
      score: risk,
      level: riskLevel(risk),
      reasons: risk > 0 ? [{ text: `No contact for ${risk} days, since 1 Oct.`, points: risk }] : [],
    },
    health: 100 - risk,
    priority: risk,
    signals: [],
    severity: null,
    ...more,
  }
}

export function candidate(accountName: string, title: string): Candidate {
  return {
    accountName,
    accountUrl: `https://crm.example.test/Accounts/${accountName.replaceAll(' ', '')}`,
    recommendation: {
      id: `rec-${accountName}-${title}`,
      accountId: `acc-${accountName}`,
      title,
      priority: 'high',
      rationale: [
        {
          text: 'No contact for 34 days, and the renewal is on 18 Dec.',
          evidence: [{ module: 'Accounts', recordId: '1', label: accountName, at: '2026-10-17' }],
        },
      ],
    },
  }
}

export function moved(accountName: string, more: Partial<Moved> = {}): Moved {
  return {
    accountId: `acc-${accountName}`,
    accountName,
    recordId: `deal-${accountName}`,
    field: 'amount',
    text: 'Amount 40,000 → 48,000',
    discreet: 'Amount changed',
    at: new Date('2026-11-19T15:00:00Z'),
    ...more,
  }
}

export function upcoming(accountName: string, on: string): Upcoming {
  return { accountId: `acc-${accountName}`, accountName, what: 'renewal', deal: null, on }
}

export function digestFacts(more: Partial<DigestFacts> = {}): DigestFacts {
  return {
    id: 'digest-1',
    owner: { id: 'owner-1', zone: 'Europe/Berlin', preferences: Preferences.parse({}) },
    standings: [standing('Acme Corp', 85), standing('Beta', 55), standing('Gamma', 0)],
    candidates: [
      candidate('Acme Corp', 'Re-open the conversation with an e-mail'),
      candidate('Beta', 'Move close date to 15 Jan'),
      candidate('Gamma', 'Hold a renewal meeting before 2 Dec'),
    ],
    needing: 9,
    others: 11,
    stillWaiting: 0,
    moved: [moved('Acme Corp')],
    upcoming: [upcoming('Beta', '2026-11-25')],
    analysed: 42,
    skipped: { count: 2, why: 'no activity data' },
    asOf: new Date('2026-11-20T04:52:00Z'),
    degraded: [],
    now: FRIDAY,
    ...more,
  }
}
