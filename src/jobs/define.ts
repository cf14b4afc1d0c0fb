import type { z } from 'zod'
import type { JobTools } from './tools.ts'

/**
 * A job is a name, ids, and a handler that may run twice: it selects again what it is about, in the state it
 * expects. Losing a job loses seconds, because the sweeper finds its subject by a query and hands it over anew.
 */
export type JobDefinition<Payload = unknown> = {
  name: string
  /** Which lane it runs in, so that a slow one never holds up a person's approved write. */
  lane: Lane
  payload: z.ZodType<Payload>
  /** The subject: while a job of the same subject waits, another is not added. */
  subject(payload: Payload): string
  /**
   * `once`: a second one while the first runs is dropped. `again`: it runs after the first, because something
   * may have come in that the first no longer sees.
   */
  whileRunning: 'once' | 'again'
  attempts: number
  run(payload: Payload, tools: JobTools): Promise<void>
}

export const LANES = { writes: 8, messages: 20, work: 3 } as const
/** `writes` to the CRM, `messages` to Slack, and the `work` of syncing, reviewing and composing. */
export type Lane = keyof typeof LANES

/** Gives a job its type: the handler takes what the schema makes. */
export function defineJob<Payload>(definition: JobDefinition<Payload>): JobDefinition<Payload> {
  return definition
}
