import Anthropic from '@anthropic-ai/sdk'
import { z } from 'zod'
import type { Log } from '../log.ts'
import type { NoAnswer } from '../model/answer.ts'
import type { Db } from '../store/db.ts'
import { recordLlmCall, spentToday } from '../store/llm-usage.ts'
import {
  type About,
  type Answer,
  type Llm,
  type LlmRole,
  NOTHING_SPENT,
  type Question,
  type Spent,
  type Talk,
  type Tool,
} from './llm.ts'
import { costOf, type Price, priceOf } from './prices.ts'
import { readForm } from './read-form.ts'

/** Claude, or whatever speaks its Messages API at another address. */
export type ClaudeSettings = {
  db: Db
  log: Log
  apiKey: string
  baseUrl: string | null
  models: Readonly<Record<LlmRole, string>>
  prices: Readonly<Record<string, Price>>
  /** US dollars, from midnight UTC. Calls under way when it is reached are still paid. */
  usdPerDay: number
  /** US dollars for one question with its repair, or one conversation. */
  usdPerRun: number
  /** From the question to the answer, everything included. */
  deadlineMs: number
}

/** An answer is at most as long as this, and a conversation at most this many calls. */
const LIMITS: Record<LlmRole, { outputTokens: number; calls: number }> = {
  author: { outputTokens: 6_000, calls: 2 },
  analyst: { outputTokens: 1_500, calls: 3 },
  conversation: { outputTokens: 2_000, calls: 8 },
}
const CHARS_PER_TOKEN = 3
const ANSWER = 'answer'

type Params = Pick<Anthropic.MessageCreateParams, 'messages' | 'tools' | 'tool_choice'>
type Run = { role: LlmRole; instructions: string; about: About; spent: Spent; signal: AbortSignal }
type Failed = { why: NoAnswer; detail: string }

export function claude(settings: ClaudeSettings): Llm {
  const { db, log } = settings
  const client = new Anthropic({
    apiKey: settings.apiKey,
    authToken: null,
    baseURL: settings.baseUrl,
    maxRetries: 1,
    logLevel: 'off',
  })

  /** One call, paid for and on record, whatever came of it. */
  async function call(
    run: Run,
    params: Params,
    onText?: Talk['onText'],
  ): Promise<Anthropic.Message | Failed> {
    const model = settings.models[run.role]
    const price = priceOf(model, settings.prices)
    const broke = await overBudget(run, params, price)
    if (broke) return { why: 'budget', detail: broke }
    const began = performance.now()
    const outcome = await send(run, params, onText).catch((error: unknown) => failureOf(error, run.signal))
    const tookMs = Math.round(performance.now() - began)
    const tokens = 'usage' in outcome ? tokensOf(outcome.usage) : tokensOf(null)
    const costUsd = costOf(tokens, price)
    run.spent = sum(run.spent, { calls: 1, ...tokens, costUsd, tookMs })
    const result = 'why' in outcome ? outcome.why : outcome.stop_reason === 'refusal' ? 'refused' : 'answered'
    await recordLlmCall(db, { role: run.role, model, ...run.about, ...tokens, costUsd, tookMs, result })
    if (result !== 'answered')
      log.warn(
        { role: run.role, model, result, detail: 'detail' in outcome ? outcome.detail : null, tookMs },
        'no answer from the model',
      )
    return result === 'refused' ? { why: 'refused', detail: 'the model refused' } : outcome
  }

  async function send(run: Run, params: Params, onText?: Talk['onText']): Promise<Anthropic.Message> {
    const stream = client.messages.stream(
      {
        model: settings.models[run.role],
        max_tokens: LIMITS[run.role].outputTokens,
        // What is the same for every account comes first and is kept by the provider.
        system: [{ type: 'text', text: run.instructions, cache_control: { type: 'ephemeral' } }],
        ...params,
      },
      { signal: run.signal, timeout: settings.deadlineMs },
    )
    if (onText) stream.on('text', onText)
    return stream.finalMessage()
  }

  async function overBudget(run: Run, params: Params, price: Price): Promise<string | null> {
    const characters = run.instructions.length + JSON.stringify([params.messages, params.tools ?? []]).length
    const atMost = costOf(
      {
        inputTokens: characters / CHARS_PER_TOKEN,
        outputTokens: LIMITS[run.role].outputTokens,
        cacheReadTokens: 0,
        cacheWriteTokens: 0,
      },
      price,
    )
    if (run.spent.costUsd + atMost > settings.usdPerRun) return 'one run may cost no more'
    const today = await spentToday(db)
    return today + atMost > settings.usdPerDay ? 'nothing is left for today' : null
  }

  function begin(role: LlmRole, instructions: string, about: About): Run {
    return {
      role,
      instructions,
      about,
      spent: NOTHING_SPENT,
      signal: AbortSignal.timeout(settings.deadlineMs),
    }
  }

  async function ask<T>(question: Question<T>, about: About): Promise<Answer<T>> {
    const run = begin(question.role, question.instructions, about)
    const tools = [
      {
        name: ANSWER,
        description: 'Gives the answer.',
        input_schema: schemaOf(question.form),
        cache_control: { type: 'ephemeral' as const },
      },
    ]
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: question.text }]
    for (let attempt = 1; ; attempt += 1) {
      const answer = await call(run, { messages, tools, tool_choice: { type: 'tool', name: ANSWER } })
      if ('why' in answer) return { kind: 'none', ...answer, spent: run.spent }
      const use = answer.content.find((block) => block.type === 'tool_use' && block.name === ANSWER)
      const read = readForm(use?.type === 'tool_use' ? use.input : null, question)
      if ('value' in read) return { kind: 'answer', value: read.value, spent: run.spent }
      if (attempt === LIMITS.author.calls) {
        const detail = `${read.problems.length} problems after a repair`
        return { kind: 'none', why: 'unreadable', detail, spent: run.spent }
      }
      messages.push(...repairOf(answer, read.problems))
    }
  }

  async function talk(
    { role, instructions, text, tools, onText }: Talk,
    about: About,
  ): Promise<Answer<string>> {
    const run = begin(role, instructions, about)
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: text }]
    const offered = tools.map(({ name, description, input }) => ({
      name,
      description,
      input_schema: schemaOf(input),
    }))
    for (let calls = 1; ; calls += 1) {
      const last = calls === LIMITS[role].calls
      const answer = await call(
        run,
        { messages, tools: offered, tool_choice: { type: last ? 'none' : 'auto' } },
        onText,
      )
      if ('why' in answer) return { kind: 'none', ...answer, spent: run.spent }
      const uses = answer.content.filter((block) => block.type === 'tool_use')
      const said = answer.content
        .flatMap((block) => (block.type === 'text' ? block.text : []))
        .join('\n')
        .trim()
      if (uses.length === 0 || last) {
        if (said) return { kind: 'answer', value: said, spent: run.spent }
        return { kind: 'none', why: 'unreadable', detail: 'it ended without a word', spent: run.spent }
      }
      const results = await Promise.all(uses.map((use) => useTool(use, tools)))
      messages.push({ role: 'assistant', content: answer.content }, { role: 'user', content: results })
    }
  }

  return { ask, talk }
}

/** The form of an answer, as a schema that any Messages API takes. */
function schemaOf(form: z.ZodType): Anthropic.Tool.InputSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(form, { io: 'input', unrepresentable: 'any' })
  return { ...schema, type: 'object' }
}

const PROBLEMS_TOLD = 20

function repairOf(answer: Anthropic.Message, problems: readonly string[]): Anthropic.MessageParam[] {
  const told = `That cannot be used:\n${problems.slice(0, PROBLEMS_TOLD).join('\n')}\nGive the whole answer again.`
  const uses = answer.content.filter((block) => block.type === 'tool_use')
  if (answer.content.length === 0) return [{ role: 'user', content: told }]
  return [
    { role: 'assistant', content: answer.content },
    {
      role: 'user',
      content:
        uses.length === 0
          ? told
          : uses.map(({ id }) => ({
              type: 'tool_result' as const,
              tool_use_id: id,
              is_error: true,
              content: told,
            })),
    },
  ]
}

/** A tool that was not offered, or asked for what its form does not have, does nothing and says so. */
async function useTool(
  { id, name, input }: Anthropic.ToolUseBlock,
  tools: readonly Tool[],
): Promise<Anthropic.ToolResultBlockParam> {
  const failed = (content: string) => ({
    type: 'tool_result' as const,
    tool_use_id: id,
    is_error: true,
    content,
  })
  const tool = tools.find((one) => one.name === name)
  if (!tool) return failed('There is no such tool.')
  const parsed = tool.input.safeParse(input)
  if (!parsed.success) return failed('The input does not fit the tool’s form.')
  return { type: 'tool_result', tool_use_id: id, content: await tool.run(parsed.data) }
}

function tokensOf(usage: Anthropic.Usage | null) {
  return {
    inputTokens: usage?.input_tokens ?? 0,
    outputTokens: usage?.output_tokens ?? 0,
    cacheReadTokens: usage?.cache_read_input_tokens ?? 0,
    cacheWriteTokens: usage?.cache_creation_input_tokens ?? 0,
  }
}

function sum(a: Spent, b: Spent): Spent {
  const keys = Object.keys(NOTHING_SPENT) as (keyof Spent)[]
  return Object.fromEntries(keys.map((key) => [key, a[key] + b[key]])) as Spent
}

/** What went wrong, without a word of what was sent: an API's error may quote it. */
function failureOf(error: unknown, signal: AbortSignal): Failed {
  if (signal.aborted) return { why: 'too_slow', detail: 'the deadline passed' }
  if (error instanceof Anthropic.APIConnectionTimeoutError) return { why: 'too_slow', detail: 'timed out' }
  if (error instanceof Anthropic.APIError) {
    const { status } = error
    const detail = `status ${status ?? 'none'}`
    if (status === 401 || status === 403) return { why: 'rejected', detail }
    if (status === 429 || status === 529 || status === 503) return { why: 'overloaded', detail }
    return { why: 'unreachable', detail }
  }
  // A stream that broke off, or an answer that is no message.
  if (error instanceof Anthropic.AnthropicError || error instanceof SyntaxError || error instanceof TypeError)
    return { why: 'unreachable', detail: error.name }
  throw error
}
