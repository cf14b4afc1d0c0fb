import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pastSuccess } from '../../src/pipeline/confidence.ts'
import { daysAgo, deal, facts, NOW, reviewed, touchesSince } from './sample-account.ts'

const stalled = facts({ deals: [deal({ stageChangedAt: daysAgo(33) })] })

describe('confidence', () => {
  test('a silence measured today is a matter of one record, and of medium confidence', () => {
    const { recommendations } = reviewed(facts({ activities: touchesSince(40) }))
    const one = recommendations.find(({ kind }) => kind === 're_engagement')

    expect(one?.confidence.level).toBe('medium')
    expect(one?.confidence.factors.recency).toBe(1)
    expect(one?.confidence.reason).toBe('one source, read today')
  })

  test('the same facts from a mirror two weeks old are less sure', () => {
    const fresh = reviewed(stalled).recommendations[0]?.confidence
    const old = reviewed({ ...stalled, asOf: daysAgo(14) }).recommendations[0]?.confidence

    expect(old?.factors.recency).toBe(0.5)
    expect(old?.score).toBeLessThan(fresh?.score ?? 0)
    expect(old?.reason).toContain('14 days old')
  })

  test('a mirror of unknown age is not taken for fresh', () => {
    const [one] = reviewed({ ...stalled, asOf: null }).recommendations

    expect(one?.confidence.factors.recency).toBe(0.5)
    expect(one?.confidence.reason).toContain('age of the data not known')
  })

  test('a month-old mirror shows nothing that rests on one record', () => {
    const { recommendations, refusals } = reviewed({ ...stalled, asOf: daysAgo(60) })

    expect(recommendations).toEqual([])
    expect(refusals.map(({ rule }) => rule)).toContain('confidence')
  })

  test('what the owner accepts comes with more confidence, what they refuse with less', () => {
    const withAccepted = (accepted: number) =>
      reviewed(stalled, { memory: { acceptance: { follow_up_email: { accepted, decided: 20 } } } })
        .recommendations[0]?.confidence

    expect(withAccepted(20)?.score).toBeGreaterThan(withAccepted(10)?.score ?? 1)
    expect(withAccepted(10)?.score).toBeGreaterThan(withAccepted(0)?.score ?? 1)
    expect(withAccepted(18)?.reason).toContain('accepted 18 of 20 times')
  })

  test('past success lies between 0 and 1, never above the share accepted by more than the prior, and grows with it', () => {
    const decisions = fc
      .nat({ max: 500 })
      .chain((decided) => fc.tuple(fc.nat({ max: decided }), fc.constant(decided)))
    fc.assert(
      fc.property(decisions, ([accepted, decided]) => {
        const value = pastSuccess({ accepted, decided })

        expect(value).toBeGreaterThanOrEqual(0)
        expect(value).toBeLessThanOrEqual(1)
        expect(value).toBeLessThanOrEqual(Math.max(0.5, accepted / Math.max(1, decided)))
        if (accepted > 0)
          expect(value).toBeGreaterThanOrEqual(pastSuccess({ accepted: accepted - 1, decided }))
      }),
    )
    expect(pastSuccess(undefined)).toBe(0.5)
    expect(pastSuccess({ accepted: 0, decided: 0 })).toBe(0.5)
  })

  test('the factors are weighed 30, 25, 25 and 20', () => {
    for (const { confidence } of reviewed(facts({ activities: touchesSince(61) }), { now: NOW })
      .recommendations) {
      const { evidence, recency, pattern, history } = confidence.factors
      expect(confidence.score).toBeCloseTo(0.3 * evidence + 0.25 * recency + 0.25 * pattern + 0.2 * history)
    }
  })
})
