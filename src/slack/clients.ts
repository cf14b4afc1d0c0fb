import { WebClient, type WebClientOptions } from '@slack/web-api'
import type { Log } from '../log.ts'
import { slackLogger } from './logger.ts'

/**
 * The library's own retries post again after a lost answer, and one 429 pauses everything else on the same
 * client: we retry from the outbox instead, and bulk sending has a client of its own.
 */
export function clientOptions({ apiUrl, log, timeoutMs }: ClientSettings): WebClientOptions {
  return {
    ...(apiUrl && { slackApiUrl: apiUrl }),
    logger: slackLogger(log),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMs,
    allowAbsoluteUrls: false,
  }
}

export type ClientSettings = {
  /** Ends in a slash; absent: Slack's own. */
  apiUrl: string | undefined
  log: Log
  timeoutMs: number
}

/** For the outbox, App Home and the directory: nobody is waiting. */
export function createBulkClient(
  settings: Omit<ClientSettings, 'timeoutMs'> & { botToken: string },
): WebClient {
  return new WebClient(settings.botToken, clientOptions({ ...settings, timeoutMs: 8_000 }))
}
