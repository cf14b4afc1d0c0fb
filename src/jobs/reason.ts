import { redacted } from '../privacy/redact.ts'

/**
 * What is kept, shown and logged of an error: without the values of a statement that failed, which are whole records,
 * and without the personal data and secrets that another service repeats in its refusals.
 */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return redacted(message.split('\nparams:')[0] ?? '')
}
