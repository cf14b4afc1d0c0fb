import { type App, type Context, ExpressReceiver, SocketModeReceiver } from '@slack/bolt'
import type { WebClient } from '@slack/web-api'
import express, { type Express } from 'express'
import type { Log } from '../log.ts'
import { clientOptions } from './clients.ts'
import { slackLogger } from './logger.ts'
import type { DeliveryKey } from './receipt.ts'
import { type OnReceipt, progressOf, RecordingApp } from './recording-app.ts'
import { signatureGuard } from './signature-guard.ts'

export type SlackAppSettings = {
  botToken: string
  /** Ends in a slash; absent: Slack's own. */
  apiUrl?: string
  log: Log
  onReceipt: OnReceipt
} & (
  | {
      mode: 'http'
      signingSecret: string /** Without a body parser in front of `/slack/events`. */
      http?: Express
    }
  | { mode: 'socket'; appToken: string }
)

export type SlackApp = {
  app: App
  /** Where `POST /slack/events` is served, for the caller to listen with; null in socket mode. */
  http: Express | null
  /** For what a person is waiting for. Never for bulk: one 429 would hold up everyone's modal. */
  interactive: WebClient
  /** Whether Slack, and somebody behind it, waits for our answer. */
  somebodyWaits(): boolean
  /** @throws when Slack refuses the token */
  start(): Promise<void>
  /** Takes nothing new and waits for the handlers under way. */
  stop(): Promise<void>
}

const bodyLimitBytes = 1024 * 1024
/** A person's window of 3 s is spent by then. */
const interactiveTimeoutMs = 5_000

/**
 * Slack as one App, from HTTP or from a socket alike. Every request is kept, and a replay refused, before a
 * handler or Slack hears of it; handlers commit, then `ack()`.
 */
export function createSlackApp(settings: SlackAppSettings): SlackApp {
  const { log, botToken, apiUrl } = settings
  const logger = slackLogger(log)
  const http = settings.mode === 'http' ? (settings.http ?? express()) : null
  const receiver =
    settings.mode === 'http'
      ? httpReceiver(http!, settings.signingSecret, log)
      : socketReceiver(settings.appToken, apiUrl, log)
  const app = new RecordingApp(
    {
      token: botToken,
      receiver,
      logger,
      clientOptions: clientOptions({ apiUrl, log, timeoutMs: interactiveTimeoutMs }),
      extendedErrorHandler: true,
      deferInitialization: true,
      convoStore: false,
    },
    { onReceipt: settings.onReceipt, log },
  )
  app.error(async ({ error, context }: { error: Wrapped; context: Context }) => {
    const progress = progressOf(context)
    app.report(error.original ?? error, progress)
    if (!progress?.acknowledged) throw error
  })

  return {
    app,
    http,
    interactive: app.client,
    somebodyWaits: () => app.somebodyWaits,
    async start() {
      await app.init()
      if (settings.mode === 'socket') await app.start()
    },
    async stop() {
      if (settings.mode === 'socket') await app.stop()
      await app.settled()
    },
  }
}

const endpoint = '/slack/events'

function httpReceiver(http: Express, signingSecret: string, log: Log): ExpressReceiver {
  http.post(endpoint, signatureGuard())
  return new ExpressReceiver({
    app: http,
    signingSecret,
    endpoints: endpoint,
    bodyLimit: bodyLimitBytes,
    processBeforeResponse: false,
    logger: slackLogger(log),
    customPropertiesExtractor: (request) => {
      const delivery: DeliveryKey = { signature: String(request.headers['x-slack-signature']) }
      return { delivery }
    },
  })
}

function socketReceiver(appToken: string, apiUrl: string | undefined, log: Log): SocketModeReceiver {
  return new SocketModeReceiver({
    appToken,
    logger: slackLogger(log),
    installerOptions: { clientOptions: apiUrl ? { slackApiUrl: apiUrl } : {} },
    customPropertiesExtractor: ({ envelope_id }) => {
      const delivery: DeliveryKey = { envelopeId: String(envelope_id) }
      return { delivery }
    },
  })
}

/** Bolt wraps an error that has no code of its own. */
type Wrapped = Error & { original?: Error }
