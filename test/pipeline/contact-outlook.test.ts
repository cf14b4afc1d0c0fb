import { describe, expect, test } from 'vitest'
import { contactOutlook } from '../../src/pipeline/contact-outlook.ts'
import type { AccountFacts } from '../../src/pipeline/facts.ts'
import { scout } from '../../src/pipeline/scout.ts'
import { dateIn, daysAgo, deal, facts, NOW, touch, won } from './sample-account.ts'

const clock = { now: NOW, zone: 'UTC' }

/** A customer for two years, contacted every so many days until so many days ago. */
function every(gapDays: number, silentDays: number, isQuiet: (age: number) => boolean = () => false) {
  const ages = Array.from({ length: 200 }, (_, index) => silentDays + index * gapDays)
  return facts({
    deals: [won({ createdAt: daysAgo(760), closingDate: dateIn(-740), stageChangedAt: daysAgo(740) })],
    activities: ages.filter((age) => age < 735 && !isQuiet(age)).map((age) => touch(age)),
  })
}
const overLikely = (of: AccountFacts) => contactOutlook(of, clock)?.overLikely ?? null
const risk = (of: AccountFacts) => scout(of, NOW).risk

describe('how likely contact is over', () => {
  test('a month without a word is nothing to a quarterly contact, and three weeks are much to a weekly one', () => {
    expect(overLikely(every(91, 30))).toBeLessThan(0.5)
    expect(overLikely(every(7, 42))).toBeGreaterThan(0.8)
    expect(overLikely(every(7, 21))!).toBeGreaterThan(3 * overLikely(every(7, 3))!)
    expect(risk(every(7, 35)).score).toBeGreaterThan(risk(every(91, 35)).score)
  })

  test('it grows with the silence', () => {
    for (const gap of [7, 14, 30, 91]) {
      const grown = [1, 10, 20, 40, 80, 160].map((days) => overLikely(every(gap, days))!)
      expect(grown).toEqual(grown.toSorted((a, b) => a - b))
    }
  })

  test('a silence that came in the same months of the year before is less of one', () => {
    // Quiet from 60 days ago until now, and in those months a year ago.
    const seasonal = every(7, 60, (age) => age > 340 && age < 430)

    expect(overLikely(seasonal)!).toBeLessThan(overLikely(every(7, 60))! / 1.5)
  })

  test('the contact of a sale is no habit to keep after it', () => {
    const sale = won({ createdAt: daysAgo(120), closingDate: dateIn(-60), stageChangedAt: daysAgo(60) })
    const duringSale = Array.from({ length: 20 }, (_, index) => touch(61 + index * 3))
    const after = facts({ deals: [sale], activities: duringSale })
    const selling = facts({ deals: [deal({ createdAt: daysAgo(120) })], activities: duringSale })

    expect(overLikely(after)!).toBeLessThan(overLikely(selling)!)
  })

  test('a silent prospect is no alarm', () => {
    const prospect = facts({ deals: [], activities: [touch(300)] })

    expect(contactOutlook(prospect, clock)).toBeNull()
    expect(risk(prospect)).toEqual({ score: 0, level: 'none', reasons: [] })
  })

  test('an account in its rhythm has nothing against it', () => {
    expect(risk(facts())).toEqual({ score: 0, level: 'none', reasons: [] })
  })

  test('what no signal says is said with the contact it rests on', () => {
    const [reason] = risk(every(3, 13)).reasons

    expect(reason?.text).toBe('The last contact was 13 days ago, on 7 Nov; about every 3 days is usual.')
    expect(reason?.evidence).toEqual([expect.objectContaining({ recordId: touch(13).id })])
  })

  test('silence that is a signal keeps its sentence, once', () => {
    const { reasons } = risk(every(7, 70))

    expect(reasons.map(({ text }) => text)).toEqual(['No contact for 70 days; the last was on 11 Sep.'])
  })
})
