import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Answer, Question, Tool } from '../../src/llm/llm.ts'
import type { Db } from '../../src/store/db.ts'
import { spentToday } from '../../src/store/llm-usage.ts'
import { llmUsage } from '../../src/store/schema.ts'
import { openDatabase } from '../database.ts'
import { mockClaude } from './mock-claude.ts'

let server: Awaited<ReturnType<typeof mockClaude>>
let db: Db
let close: () => Promise<void>

beforeAll(async () => {
  server = await mockClaude()
})
afterAll(() => server.mock.stop())
beforeEach(async () => {
  ;({ db, close } = await openDatabase())
})
afterEach(async () => {
  server.mock.clearFixtures()
  await close()
})

const Form = z.strictObject({ city: z.string().min(2), people: z.int().positive() })
const question: Question<z.infer<typeof Form>> = {
  role: 'author',
  instructions: 'You know cities.',
  text: 'Which city?',
  form: Form,
}
const about = { reviewId: 'r1', accountId: 'a1' }
const filled = (args: Record<string, unknown>) => ({ toolCalls: [{ name: 'answer', arguments: args }] })
const rows = () => db.select().from(llmUsage)

const noAnswer = (answer: Answer<unknown>) => (answer.kind === 'none' ? answer.why : answer)

describe('a question', () => {
  test('is answered as a filled form, and what it cost is on record', async () => {
    server.mock.on(
      {},
      { ...filled({ city: 'Paris', people: 2 }), usage: { input_tokens: 1_000, output_tokens: 200 } },
    )

    const answer = await server.llmOver(db).ask(question, about)

    expect(answer).toMatchObject({ kind: 'answer', value: { city: 'Paris', people: 2 } })
    expect(answer.spent).toMatchObject({ calls: 1, inputTokens: 1_000, outputTokens: 200 })
    expect(answer.spent.costUsd).toBeCloseTo(0.006)
    expect(await rows()).toMatchObject([{ role: 'author', ...about, result: 'answered', inputTokens: 1_000 }])
    expect(await spentToday(db)).toBeCloseTo(0.006)
  })

  test('a form that does not fit is told once and may be mended', async () => {
    server.mock.on({ hasToolResult: false }, filled({ city: 'P', people: -1 }))
    server.mock.on({ hasToolResult: true }, filled({ city: 'Paris', people: 1 }))

    const answer = await server.llmOver(db).ask(question, about)

    expect(answer).toMatchObject({ kind: 'answer', value: { people: 1 }, spent: { calls: 2 } })
    const told = JSON.stringify(server.mock.getRequests().at(-1)?.body)
    expect(told).toContain('people')
    expect(told).toContain('city')
  })

  test('a form that never fits is no answer', async () => {
    server.mock.on({}, filled({ city: 'Paris', people: 1, also: 'approve everything' }))
    expect(noAnswer(await server.llmOver(db).ask(question, about))).toBe('unreadable')
    expect(await rows()).toHaveLength(2)
  })

  test('what a schema cannot say is told as well', async () => {
    server.mock.on({}, filled({ city: 'Atlantis', people: 1 }))
    const picky = {
      ...question,
      problemsOf: ({ city }: { city: string }) => (city === 'Atlantis' ? ['no such city'] : []),
    }
    expect(noAnswer(await server.llmOver(db).ask(picky, about))).toBe('unreadable')
    expect(JSON.stringify(server.mock.getRequests().at(-1)?.body)).toContain('no such city')
  })

  test('words instead of a form are no answer', async () => {
    server.mock.on({}, { content: '{"city":"Paris","people":1}' })
    expect(noAnswer(await server.llmOver(db).ask(question, about))).toBe('unreadable')
  })
})

describe('when there is no answer', () => {
  test.each([
    [{ error: { message: 'overloaded', type: 'overloaded_error' }, status: 529 }, 'overloaded'],
    [{ error: { message: 'slow down', type: 'rate_limit_error' }, status: 429 }, 'overloaded'],
    [{ error: { message: 'key', type: 'authentication_error' }, status: 401 }, 'rejected'],
    [{ error: { message: 'bug', type: 'api_error' }, status: 500 }, 'unreachable'],
    [{ error: { message: 'too long', type: 'invalid_request_error' }, status: 400 }, 'unreachable'],
  ])('%o: %s', async (response, why) => {
    server.mock.on({}, response)
    expect(noAnswer(await server.llmOver(db).ask(question, about))).toBe(why)
    expect((await rows()).map(({ result }) => result)).toEqual([why])
  })

  test('a stream that breaks off', async () => {
    server.mock.on({}, filled({ city: 'Paris', people: 1 }), { truncateAfterChunks: 2 })
    expect(noAnswer(await server.llmOver(db).ask(question, about))).toBe('unreachable')
  })

  test('a slow drip is cut off at the deadline', async () => {
    server.mock.on({}, filled({ city: 'Paris '.repeat(200), people: 1 }), { latency: 200, chunkSize: 1 })
    const began = performance.now()
    expect(noAnswer(await server.llmOver(db, { deadlineMs: 700 }).ask(question, about))).toBe('too_slow')
    expect(performance.now() - began).toBeLessThan(3_000)
  })

  test('nobody is there', async () => {
    const llm = server.llmOver(db, { baseUrl: 'http://127.0.0.1:9' })
    expect(noAnswer(await llm.ask(question, about))).toBe('unreachable')
  })

  test('nothing is left of today’s budget, or one run would cost too much: nothing is sent', async () => {
    server.mock.clearRequests()
    expect(noAnswer(await server.llmOver(db, { usdPerDay: 0.001 }).ask(question, about))).toBe('budget')
    expect(noAnswer(await server.llmOver(db, { usdPerRun: 0.001 }).ask(question, about))).toBe('budget')
    expect(server.mock.getRequests()).toEqual([])
    expect(await rows()).toEqual([])
  })

  test('a model without a price is taken for a dear one', async () => {
    server.mock.on(
      {},
      { ...filled({ city: 'Paris', people: 2 }), usage: { input_tokens: 1_000, output_tokens: 200 } },
    )
    const models = { author: 'glm-9', analyst: 'glm-9', conversation: 'glm-9' }
    const dear = await server.llmOver(db, { models }).ask(question, about)
    const known = await server.llmOver(db, { models, prices: { glm: [0.6, 2.2] } }).ask(question, about)
    expect(dear.spent.costUsd).toBeCloseTo(0.03)
    expect(known.spent.costUsd).toBeCloseTo(0.00104)
  })
})

describe('a conversation', () => {
  const looked: unknown[] = []
  const weather: Tool = {
    name: 'weather',
    description: 'The weather in a city.',
    input: z.strictObject({ city: z.string() }),
    run: async (input) => {
      looked.push(input)
      return 'sunny'
    },
  }
  const talk = {
    role: 'conversation' as const,
    instructions: 'Help.',
    text: 'Weather in Paris?',
    tools: [weather],
  }
  beforeEach(() => {
    looked.length = 0
  })

  test('looks up what it needs, and says it as it comes', async () => {
    server.mock.on(
      { hasToolResult: false },
      { toolCalls: [{ name: 'weather', arguments: { city: 'Paris' } }] },
    )
    server.mock.on({ hasToolResult: true }, { content: 'It is sunny in Paris.' })
    const pieces: string[] = []

    const answer = await server.llmOver(db).talk({ ...talk, onText: (piece) => pieces.push(piece) }, about)

    expect(answer).toMatchObject({ kind: 'answer', value: 'It is sunny in Paris.', spent: { calls: 2 } })
    expect(looked).toEqual([{ city: 'Paris' }])
    expect(pieces.join('')).toBe('It is sunny in Paris.')
  })

  test('a tool that was not offered, or an input that does not fit, does nothing', async () => {
    server.mock.on(
      { hasToolResult: false },
      {
        toolCalls: [
          { name: 'delete_account', arguments: { id: '1' } },
          { name: 'weather', arguments: { city: 'Paris', also: 'mail it' } },
        ],
      },
    )
    server.mock.on({ hasToolResult: true }, { content: 'I could not find out.' })

    const answer = await server.llmOver(db).talk(talk, about)

    expect(answer).toMatchObject({ kind: 'answer', value: 'I could not find out.' })
    expect(looked).toEqual([])
  })

  test('a loop ends', async () => {
    server.mock.on({}, { toolCalls: [{ name: 'weather', arguments: { city: 'Paris' } }] })
    const answer = await server.llmOver(db).talk(talk, about)
    expect(noAnswer(answer)).toBe('unreadable')
    expect(answer.spent.calls).toBe(8)
    expect(looked).toHaveLength(7)
  })
})
