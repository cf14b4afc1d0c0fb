import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { KindName } from '../../src/model/review.ts'
import type { AccountFacts } from '../../src/pipeline/facts.ts'
import {
  account,
  DEAL_ID,
  dateIn,
  daysAgo,
  deal,
  facts,
  reviewed,
  touch,
  touchesSince,
} from './sample-account.ts'

/** One fact moves, everything else stays: the recommendation appears or goes, and rests on that fact. */

type Threshold = {
  fact: string
  kind: KindName
  /** Where `values` lie. */
  range: { min: number; max: number }
  isBeyond(value: number): boolean
  having(value: number): Partial<AccountFacts>
  /** The record that holds the fact. */
  record(value: number): { recordId: string; field?: string }
}

const thresholds: Threshold[] = [
  {
    fact: 'silence',
    kind: 'follow_up_email',
    range: { min: 0, max: 29 },
    isBeyond: (days) => days >= 14,
    having: (days) => ({ activities: touchesSince(days) }),
    record: (days) => ({ recordId: touch(days).id }),
  },
  {
    fact: 'long silence',
    kind: 're_engagement',
    range: { min: 0, max: 400 },
    isBeyond: (days) => days >= 30,
    having: (days) => ({ activities: touchesSince(days) }),
    record: (days) => ({ recordId: touch(days).id }),
  },
  {
    fact: 'silence against the status in the CRM',
    kind: 'update_account',
    range: { min: 0, max: 400 },
    isBeyond: (days) => days >= 30,
    having: (days) => ({ activities: touchesSince(days) }),
    record: (days) => ({ recordId: touch(days).id }),
  },
  {
    fact: 'days in stage',
    kind: 'follow_up_email',
    range: { min: 0, max: 400 },
    isBeyond: (days) => days >= 30,
    having: (days) => ({ deals: [deal({ stageChangedAt: daysAgo(days) })] }),
    record: () => ({ recordId: DEAL_ID, field: 'stageChangedAt' }),
  },
  {
    fact: 'renewal date',
    kind: 'renewal_reminder',
    range: { min: 0, max: 400 },
    isBeyond: (days) => days <= 90,
    having: (days) => ({ account: account({ renewalDate: dateIn(days) }) }),
    record: () => ({ recordId: account().id, field: 'renewalDate' }),
  },
  {
    fact: 'renewal date coming close',
    kind: 'schedule_meeting',
    range: { min: 0, max: 400 },
    isBeyond: (days) => days <= 30,
    having: (days) => ({ account: account({ renewalDate: dateIn(days) }) }),
    record: () => ({ recordId: account().id, field: 'renewalDate' }),
  },
  {
    fact: 'close date',
    kind: 'update_account',
    range: { min: -400, max: 400 },
    isBeyond: (days) => days < 0,
    having: (days) => ({ deals: [deal({ closingDate: dateIn(days) })] }),
    record: () => ({ recordId: DEAL_ID, field: 'closingDate' }),
  },
  {
    fact: 'amount of a stalled deal',
    kind: 'executive_alignment',
    range: { min: 0, max: 100_000 },
    isBeyond: (amount) => amount >= 50_000,
    having: (amount) => ({ deals: [deal({ amount, stageChangedAt: daysAgo(33) })] }),
    record: () => ({ recordId: DEAL_ID, field: 'amount' }),
  },
  {
    fact: 'amount of a deal stuck for long',
    kind: 'escalation',
    range: { min: 0, max: 200_000 },
    isBeyond: (amount) => amount >= 100_000,
    having: (amount) => ({ deals: [deal({ amount, stageChangedAt: daysAgo(50) })] }),
    record: () => ({ recordId: DEAL_ID, field: 'amount' }),
  },
]

describe('a fact that crosses its threshold', () => {
  test.each(thresholds)('$fact → $kind', ({ kind, range, isBeyond, having, record }) => {
    const holds = (value: number) => {
      const found = reviewed(facts(having(value))).recommendations.filter((one) => one.kind === kind)

      expect(found.length > 0, `${kind} at ${value}`).toBe(isBeyond(value))
      for (const { evidence } of found)
        expect(evidence).toContainEqual(expect.objectContaining(record(value)))
    }
    fc.assert(fc.property(fc.integer(range), holds))
    // The edge itself, from both sides, whatever the draw was.
    for (let value = range.min; value < range.max; value += 1) {
      if (isBeyond(value) === isBeyond(value + 1)) continue
      holds(value)
      holds(value + 1)
    }
  })
})
