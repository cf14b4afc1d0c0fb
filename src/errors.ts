/**
 * The six ways something can go wrong that a caller acts on. Everything else is a bug.
 * Only `jobs/queue.ts` (retry or not) and `slack/messenger.ts` (words) look at kinds.
 */

export class ConfigError extends Error {
  override name = 'ConfigError'
  /** Every problem found, one sentence each, so that all are mended in one go. */
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`Cannot start:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

/** The person or caller sent something wrong; the message says what to fix. */
export class InvalidInputError extends Error {
  override name = 'InvalidInputError'
}

export class NotFoundError extends Error {
  override name = 'NotFoundError'
}

/** Somebody else moved first; the message names what changed. */
export class ConflictError extends Error {
  override name = 'ConflictError'
}

/** A rule says no; the message is the rule and its reason. */
export class RefusedError extends Error {
  override name = 'RefusedError'
}

/** Another service failed us. `sent` tells whether our request may have taken effect there. */
export class UpstreamError extends Error {
  override name = 'UpstreamError'
  readonly service: 'zoho' | 'slack'
  readonly status: number | null
  readonly code: string | null
  readonly retryAfterMs: number | null
  readonly sent: boolean
  constructor(
    message: string,
    details: {
      service: 'zoho' | 'slack'
      status?: number | null
      code?: string | null
      retryAfterMs?: number | null
      sent: boolean
      cause?: unknown
    },
  ) {
    super(message, { cause: details.cause })
    this.service = details.service
    this.status = details.status ?? null
    this.code = details.code ?? null
    this.retryAfterMs = details.retryAfterMs ?? null
    this.sent = details.sent
  }
}
