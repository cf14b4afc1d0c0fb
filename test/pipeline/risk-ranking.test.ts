import { expect, test } from 'vitest'
import { aucOf } from '../../src/backtest/ranking.ts'
import { scout } from '../../src/pipeline/scout.ts'
import { dateIn, daysAgo, facts, NOW, touch, won } from './sample-account.ts'

/** Companies made up of what we believe of contact, none of whose numbers is ours. */

const DAY_MS = 86_400_000

function random(seed: number) {
  let state = seed
  const next = () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
  for (let turn = 0; turn < 20; turn += 1) next()
  return next
}

type World = { gaps: readonly number[]; endsPerYear: number; monthsQuiet: number }

/** Contact with its own gaps, a little uneven; some relations end for good, some rest each year. */
function account(next: () => number, { gaps, endsPerYear, monthsQuiet }: World) {
  const gap = gaps[Math.floor(next() * gaps.length)]!
  const began = 400 + next() * 400
  const ended = began - (-Math.log(next()) / endsPerYear) * 365
  const rest = next() * 365
  const ages: number[] = []
  for (let age = began; age > -90; age -= gap * (0.4 + 1.2 * next())) {
    const resting = (((age - rest) % 365) + 365) % 365 < monthsQuiet * 30
    if (age > ended && !resting) ages.push(age)
  }
  return { past: ages.filter((age) => age > 0.5), bad: !ages.some((age) => age <= 0.5) }
}

test.each<[string, World]>([
  ['weekly to quarterly contact', { gaps: [7, 14, 30, 60, 90], endsPerYear: 0.3, monthsQuiet: 0 }],
  ['weekly and quarterly contact', { gaps: [7, 90], endsPerYear: 0.3, monthsQuiet: 0 }],
  ['contact that rests for some months each year', { gaps: [7, 14, 21], endsPerYear: 0.15, monthsQuiet: 4 }],
])('with %s, the risk ranks no worse than a plain list', (_, world) => {
  const next = random(11)
  const made = Array.from({ length: 400 }, (_each, index) => {
    const { past, bad } = account(next, world)
    const oldest = Math.max(1, ...past)
    const of = facts({
      deals: [
        won({
          createdAt: daysAgo(oldest + 40),
          closingDate: dateIn(-Math.ceil(oldest)),
          stageChangedAt: daysAgo(oldest),
        }),
      ],
      activities: past.map((age, place) =>
        touch(0, { id: String(place), at: new Date(NOW.getTime() - age * DAY_MS) }),
      ),
    })
    const recency = Math.min(10_000, ...past)
    const frequency = -past.filter((age) => age < 90).length
    return { accountId: String(index), bad, risk: scout(of, NOW).risk.score, recency, frequency }
  })
  const auc = (measure: 'risk' | 'recency' | 'frequency') =>
    aucOf(made.map((each) => ({ ...each, value: each[measure] })))?.auc ?? 0

  expect(auc('risk')).toBeGreaterThan(0.6)
  expect(auc('risk')).toBeGreaterThanOrEqual(auc('recency'))
  expect(auc('risk')).toBeGreaterThanOrEqual(auc('frequency'))
})
