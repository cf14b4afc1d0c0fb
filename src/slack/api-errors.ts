import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api'
import { UpstreamError } from '../errors.ts'

/** What a failed call to Slack means for the message that was being sent. */
export type SendFailure =
  | { kind: 'rate-limited'; retryAfterMs: number }
  /** Slack will say the same again. */
  | { kind: 'refused'; code: string }
  /** It may work later; it may even have worked. */
  | { kind: 'unsure'; reason: string }
  /** Not Slack's doing. */
  | { kind: 'bug'; error: unknown }

const refusedForGood = new Set([
  'channel_not_found',
  'not_in_channel',
  'is_archived',
  'restricted_action',
  'user_not_found',
  'users_not_found',
  'user_not_in_channel',
  'user_disabled',
  'account_inactive',
  'cannot_dm_bot',
  'messages_tab_disabled',
  'no_text',
  'msg_too_long',
  'invalid_arguments',
  'invalid_metadata_format',
  'invalid_metadata_schema',
  'metadata_too_large',
])

const blocksRefused = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
  'invalid_attachments',
])

const cannotBeUpdated = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed'])

const cannotBeRead = new Set(['missing_scope', 'not_in_channel', 'channel_not_found'])

/** Slack's word for why it refused, e.g. `channel_not_found`; null when it did not get that far. */
export function slackCode(error: unknown): string | null {
  return error instanceof WebAPIPlatformError ? error.data.error : null
}

export function refusesBlocks(error: unknown): boolean {
  return blocksRefused.has(slackCode(error) ?? '')
}

export function refusesUpdate(error: unknown): boolean {
  return cannotBeUpdated.has(slackCode(error) ?? '')
}

export function refusesReading(error: unknown): boolean {
  return cannotBeRead.has(slackCode(error) ?? '')
}

export function sendFailure(error: unknown): SendFailure {
  if (error instanceof WebAPIRateLimitedError) {
    return { kind: 'rate-limited', retryAfterMs: error.retryAfter * 1000 }
  }
  if (error instanceof WebAPIPlatformError) {
    const code = error.data.error
    if (code === 'ratelimited' || code === 'rate_limited' || code === 'message_limit_exceeded') {
      return { kind: 'rate-limited', retryAfterMs: 30_000 }
    }
    if (refusedForGood.has(code) || refusesBlocks(error)) return { kind: 'refused', code }
    return { kind: 'unsure', reason: code.slice(0, 200) }
  }
  if (error instanceof WebAPIHTTPError) return { kind: 'unsure', reason: `HTTP ${error.statusCode}` }
  if (error instanceof WebAPIRequestError) return { kind: 'unsure', reason: error.message }
  return { kind: 'bug', error }
}

/** The same in our own words, for calls that a person or a job waits for. Anything else is thrown as it came. */
export function upstreamError(what: string, error: unknown): unknown {
  const failure = sendFailure(error)
  if (failure.kind === 'bug') return error
  const status = error instanceof WebAPIHTTPError ? error.statusCode : null
  return new UpstreamError(`Slack did not ${what}`, {
    service: 'slack',
    status: failure.kind === 'rate-limited' ? 429 : status,
    code: slackCode(error),
    retryAfterMs: failure.kind === 'rate-limited' ? failure.retryAfterMs : null,
    sent: failure.kind === 'unsure' && slackCode(error) === null,
    cause: error,
  })
}
