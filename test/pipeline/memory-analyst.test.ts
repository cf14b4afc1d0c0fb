import { describe, expect, test } from 'vitest'
import type { PastRecommendation } from '../../src/model/review.ts'
import { remember } from '../../src/pipeline/memory-analyst.ts'
import { ACCOUNT_ID, daysAgo, facts, historyOf, moved, NOW, touch, touchesSince } from './sample-account.ts'

const accepted: PastRecommendation = {
  id: 'r1',
  kind: 'follow_up_email',
  title: 'Get back in touch',
  state: 'accepted',
  reason: null,
  proposedAt: daysAgo(9),
  decidedAt: daysAgo(8),
  subjectId: ACCOUNT_ID,
}
const rejected: PastRecommendation = {
  ...accepted,
  id: 'r2',
  state: 'rejected',
  reason: 'not now',
  decidedAt: daysAgo(3),
}

describe('what is remembered', () => {
  test('the timeline is newest first and no longer than fifty', () => {
    const { timeline } = historyOf(
      facts({ activities: Array.from({ length: 80 }, (_, index) => touch(index + 1)) }),
    )
    const times = timeline.map(({ at }) => Date.parse(at))

    expect(timeline).toHaveLength(50)
    expect(times).toEqual(times.toSorted((a, b) => b - a))
  })

  test('contact, changes, deals and decisions stand in it together; what is planned or undated does not', () => {
    const { timeline } = historyOf(
      facts({
        activities: [
          touch(5),
          touch(-5),
          touch(6, { at: null }),
          touch(2, { type: 'task', module: 'Tasks', completed: false }),
        ],
        changes: [
          moved({
            module: 'Accounts',
            field: 'owner',
            old: '5000000000900',
            new: '5000000000901',
            at: daysAgo(4),
          }),
          moved({ module: 'Accounts', field: 'status', old: 'Pending', new: 'Active', at: daysAgo(4) }),
        ],
      }),
      { past: [rejected] },
    )

    expect(timeline.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
      'decision: "Get back in touch" rejected: not now',
      'change: account owner changed',
      'change: status: Pending → Active',
      'call: "Weekly call 5"',
      'deal: "First order" was opened',
      'deal: "First order" was won',
    ])
  })

  test('the rhythm is the last month against the five before', () => {
    const { rhythm } = historyOf(facts({ activities: touchesSince(4) }))

    expect(rhythm.recent).toBe(3)
    expect(rhythm.usual).toBeCloseTo(3.1, 1)
  })

  test('the summary says last contact, rhythm and how suggestions fared', () => {
    const { summary } = historyOf(facts(), { past: [accepted, rejected] })

    expect(summary).toBe(
      'Last contact 4 days ago, on 16 Nov: call "Weekly call 4". 3 contacts in the last 30 days, against 3.1 per 30 days in the five months before. 1 of 2 earlier suggestions accepted.',
    )
  })

  test('an account nobody ever spoke to has a sentence too', () => {
    const history = remember(
      { facts: facts({ activities: [], deals: [] }), past: [], acceptance: {}, suppressed: [] },
      NOW,
    )

    expect(history.summary).toBe('There is no contact on record.')
    expect(history.timeline).toEqual([])
  })
})
