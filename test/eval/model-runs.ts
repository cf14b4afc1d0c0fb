import { authorToolsOver } from '../../src/pipeline/author-tools.ts'
import { reviewAccounts } from '../../src/pipeline/review.ts'
import { generateCompany } from '../../src/sandbox/data/sample-company.ts'
import { type Measurement, percentile, spread } from '../bench/figure.ts'
import { type TakenIn, withTakenIn } from '../bench/taken-in.ts'
import { mockClaude } from '../llm/mock-claude.ts'

/** Reviews with a model beside them: what they cost, how long they take, and what is left when it fails. */

const company = () => generateCompany({ seed: 'eval', now: new Date() })
/** A server that answers after as long as a model takes. */
const THINKS_MS = 2_000

type Mocked = TakenIn & Awaited<ReturnType<typeof mockClaude>>

async function withModel<T>(work: (of: Mocked) => Promise<T>): Promise<T> {
  const server = await mockClaude()
  try {
    return await withTakenIn(company, (of) => work({ ...of, ...server }))
  } finally {
    await server.mock.stop()
  }
}

const reviewToolsOf = ({ tools, db, llmOver }: Mocked, deadlineMs = 20_000) => ({
  ...tools,
  author: authorToolsOver(db, llmOver(db, { deadlineMs, usdPerDay: 1_000 })),
})

/** It suggests nothing of its own, so the rules' urgent ones remain. */
const nothing = { toolCalls: [{ name: 'answer', arguments: { suggestions: [] } }] }

const unchanged: Measurement = {
  name: 'model calls on a second review of the portfolio, nothing changed',
  unit: 'cases',
  target: 0,
  measure: () =>
    withModel(async (of) => {
      of.mock.on({}, nothing)
      const tools = reviewToolsOf(of)
      await reviewAccounts(tools, of.accountIds, { trigger: 'request' })
      const first = of.mock.getRequests().length
      of.mock.clearRequests()
      await reviewAccounts(tools, of.accountIds, { trigger: 'schedule' })
      // A person who asks gets a fresh review, and the model's earlier words where they still hold.
      await reviewAccounts(tools, of.accountIds, { trigger: 'request' })
      return {
        value: of.mock.getRequests().length,
        note: `${first} calls in the first of ${of.accountIds.length} accounts`,
      }
    }),
}

const FAILURES = {
  overloaded: { error: { message: 'overloaded', type: 'overloaded_error' }, status: 529 },
  'server error': { error: { message: 'bug', type: 'api_error' }, status: 500 },
  'no access': { error: { message: 'key', type: 'authentication_error' }, status: 401 },
  'not the form': { toolCalls: [{ name: 'answer', arguments: { suggestions: 'all' } }] },
  'only words': { content: 'I would rather not.' },
}

const failing: Measurement = {
  name: 'reviews that deliver suggestions when every model call fails',
  unit: 'share',
  target: 1,
  atLeast: true,
  measure: () =>
    withModel(async (of) => {
      const byRules = await reviewAccounts({ ...of.tools, author: null }, of.accountIds, {
        trigger: 'request',
      })
      const expected = new Map(
        byRules.map(({ accountId, recommendationIds }) => [accountId, recommendationIds.length]),
      )
      let runs = 0
      let delivered = 0
      for (const response of Object.values(FAILURES)) {
        of.mock.clearFixtures()
        of.mock.on({}, response)
        for (const one of await reviewAccounts(reviewToolsOf(of, 5_000), of.accountIds, {
          trigger: 'request',
        })) {
          runs += 1
          if (one.recommendationIds.length >= (expected.get(one.accountId) ?? 0)) delivered += 1
        }
      }
      return {
        value: delivered / runs,
        note: `${delivered} of ${runs} runs; ${Object.keys(FAILURES).join(', ')}`,
      }
    }),
}

const latency: Measurement = {
  name: 'review of one account with a model that answers in 2 s, p95',
  unit: 'ms',
  target: 8_000,
  measure: () =>
    withModel(async (of) => {
      of.mock.on({}, nothing, { streamingProfile: { ttft: THINKS_MS, tps: 2_000 } })
      const tools = reviewToolsOf(of)
      const took: number[] = []
      for (const accountId of of.accountIds.slice(0, 40)) {
        const began = performance.now()
        await reviewAccounts(tools, [accountId], { trigger: 'request' })
        took.push(performance.now() - began)
      }
      const asked = of.mock.getRequests().length
      return { value: percentile(took, 0.95), note: `${spread(took)}; ${asked} of them asked the model` }
    }),
}

export const modelRuns: Measurement[] = [unchanged, failing, latency]
