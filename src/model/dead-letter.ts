import { z } from 'zod'

/**
 * Something that was given up on and waits for an admin: a write, a message, a job, a webhook. `unanswered` is a write
 * of which nobody knows whether it took effect: it is asked for as long as it takes, and never given up.
 */
export const DeadLetter = z.object({
  /** The kind and the id of its row, such as `message-17`. */
  id: z.string(),
  kind: z.enum(['write', 'message', 'job', 'webhook']),
  state: z.enum(['failed', 'unanswered']),
  what: z.string(),
  account: z.string().nullable(),
  accountId: z.string().nullable(),
  since: z.coerce.date(),
  error: z.string(),
  /** What an engineer asks next, as JSON; of a write, the change. */
  detail: z.record(z.string(), z.unknown()),
})
export type DeadLetter = z.infer<typeof DeadLetter>
