import type { z } from 'zod'
import type { NoAnswer } from '../model/answer.ts'

/**
 * What this product asks of a language model, in our words. An answer is a filled form or the reason why there is none;
 * nothing here throws for what a model or its server does, because whoever asks has another way and takes it.
 */
export type Llm = {
  /** One question, answered as a form; what does not fit is told once and may be mended once. */
  ask<T>(question: Question<T>, about: About): Promise<Answer<T>>
  /** A conversation in which the model may look things up with the tools it is given, and with nothing else. */
  talk(talk: Talk, about: About): Promise<Answer<string>>
}

export const LLM_ROLES = ['author', 'analyst', 'conversation'] as const
export type LlmRole = (typeof LLM_ROLES)[number]

/** Whose budget and whose record of cost it is. */
export type About = { reviewId: string | null; accountId: string | null }

export type Question<T> = {
  role: LlmRole
  /** The same for every account, so that the provider keeps it. */
  instructions: string
  text: string
  form: z.ZodType<T>
  /** What a schema cannot say: each problem in a sentence that helps whoever fills the form. */
  problemsOf?: (answer: T) => readonly string[]
}

export type Tool = {
  name: string
  description: string
  input: z.ZodType
  /** @param input as parsed by `input` */
  run: (input: unknown) => Promise<string>
}

export type Talk = {
  role: LlmRole
  instructions: string
  text: string
  tools: readonly Tool[]
  /** Each piece of text as it comes. */
  onText?: (piece: string) => void
}

export type Answer<T> =
  | { kind: 'answer'; value: T; spent: Spent }
  | {
      kind: 'none'
      why: NoAnswer /** For a log; holds nothing that was asked or said. */
      detail: string
      spent: Spent
    }

/** Tokens as the provider counts them; cost in US dollars. */
export type Spent = {
  calls: number
  inputTokens: number
  outputTokens: number
  cacheReadTokens: number
  cacheWriteTokens: number
  costUsd: number
  tookMs: number
}

export const NOTHING_SPENT: Spent = {
  calls: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costUsd: 0,
  tookMs: 0,
}
