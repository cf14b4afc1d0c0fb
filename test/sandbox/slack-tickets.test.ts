import { expect, test } from 'vitest'
import { createRateLimits } from '../../src/sandbox/slack/rate-limits.ts'
import { createTickets } from '../../src/sandbox/slack/tickets.ts'

test('a trigger is worth one modal within three seconds', () => {
  let now = 1_000_000
  const tickets = createTickets(() => now)
  const [prompt, late] = [tickets.trigger('U0DANA'), tickets.trigger('U0DANA')]

  now += 3_000
  expect(tickets.redeemTrigger(prompt)).toEqual({ user: 'U0DANA', viewId: null })
  now += 1
  expect(tickets.redeemTrigger(late)).toEqual({ error: 'expired_trigger_id' })
  expect(tickets.redeemTrigger(prompt)).toEqual({ error: 'exchanged_trigger_id' })
})

test('a response_url lives thirty minutes', () => {
  let now = 1_000_000
  const tickets = createTickets(() => now)
  const target = { channel: 'D0DANA', user: 'U0DANA', ts: null }
  const id = tickets.response(target)

  now += 30 * 60_000
  expect(tickets.redeemResponse(id)).toEqual(target)
  now += 1
  expect(tickets.redeemResponse(id)).toEqual({ error: 'expired_url' })
})

test('a method takes its tier a minute, and gets its calls back as time passes', () => {
  let now = 1_000_000
  const limits = createRateLimits(1, () => now)
  const taken = (calls: number) =>
    Array.from({ length: calls }, () => limits.take('chat.update', 'C1')).filter((wait) => wait === null)
      .length

  expect(taken(60)).toBe(50)
  now += 12_000
  expect(taken(60)).toBe(10)
  expect(limits.take('chat.update', 'C1')).toBe(2)
})

test('a factor widens every limit alike', () => {
  const limits = createRateLimits(10, () => 0)

  const taken = Array.from({ length: 100 }, () => limits.take('chat.postMessage', 'C1')).filter(
    (w) => w === null,
  )

  expect(taken).toHaveLength(40)
})
