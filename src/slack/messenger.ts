import type { HomeView, ModalView } from '@slack/types'
import type { WebClient } from '@slack/web-api'
import { ConflictError, InvalidInputError, NotFoundError, RefusedError, UpstreamError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Db } from '../store/db.ts'
import type { HeldLeases } from '../store/leases.ts'
import { block, type Rate, takeToken } from '../store/limits.ts'
import {
  claimNext,
  dueInMs,
  enqueueCardUpdates,
  markFailed,
  markSent,
  markSkipped,
  type OutboxRow,
  postpone,
  renewLease,
  retryLater,
  skipOutdated,
} from '../store/outbox.ts'
import { sendFailure, slackCode, upstreamError } from './api-errors.ts'
import type { Message } from './message.ts'
import { type Sent, sendRow } from './sending.ts'

/** The one way from us to Slack: the outbox in bulk, and the few calls that a person is waiting for. */
export type Messenger = {
  /**
   * Sends what is due in a channel, in order. `waitMs`: when to come back for the rest, null when nothing is
   * left. Never waits itself; safe in many processes at once.
   */
  deliver(channel: string): Promise<{ sent: number; waitMs: number | null }>
  /** @throws UpstreamError as do all that follow */
  publishHome(slackUserId: string, view: HomeView): Promise<void>
  /** Seen by one person, gone when they reload; never for anything that must arrive. */
  ephemeral(channel: string, slackUserId: string, message: Message, threadTs?: string): Promise<void>
  /** Within 3 s of the press that gave `triggerId`, and once. */
  openView(triggerId: string, view: ModalView): Promise<OpenView>
  pushView(triggerId: string, view: ModalView): Promise<OpenView>
  /** `hash` refuses to overwrite a view that changed meanwhile: UpstreamError with code `hash_conflict`. */
  updateView(viewId: string, view: ModalView, hash?: string): Promise<OpenView>
}

export type OpenView = { viewId: string; hash: string }

export type MessengerSettings = {
  db: Db
  /** The same database where a renewal does not wait behind the jobs: a lease is over in three seconds. */
  renewals: Db
  /** Where it says what it holds, for as long as it does. */
  leases: HeldLeases['messages']
  /** A client of its own for the outbox: being told to slow down must not hold up a person's modal. */
  bulk: WebClient
  interactive: WebClient
  log: Log
  teamId: string
  renderCard: (approvalId: string) => Promise<Message | null>
  /** 1: Slack's own rate limits; a load run against the local Slack takes the factor that one was given. */
  rateFactor?: number
}

/** As long as a channel stands still after a kill; renewed for as long as a call takes. */
const leaseMs = 3_000
const renewEveryMs = leaseMs / 3
const giveUpAfterMs = 24 * 3_600_000
const minBackoffMs = 1_000
const maxBackoffMs = 10 * 60_000
/** A row that fails because of us would fail again, and everything behind it waits. */
const maxAttemptsOnBug = 4

export function createMessenger(settings: MessengerSettings): Messenger {
  const { db, renewals, leases, bulk, interactive, log, teamId, rateFactor = 1 } = settings
  const sending = { db, client: bulk, log, renderCard: settings.renderCard }

  async function deliver(channel: string) {
    let sent = 0
    await skipOutdated(db, channel)
    for (;;) {
      const claimedAt = performance.now()
      const row = await claimNext(db, channel, leaseMs)
      if (!row) return { sent, waitMs: await dueInMs(db, channel) }
      if (await attempt(row, claimedAt)) sent += 1
    }
  }

  async function attempt(row: OutboxRow, claimedAt: number): Promise<boolean> {
    const lease = row.lease ?? ''
    leases.add(lease)
    try {
      return await sendAndRecord(row, claimedAt)
    } finally {
      leases.delete(lease)
    }
  }

  async function sendAndRecord(row: OutboxRow, claimedAt: number): Promise<boolean> {
    const waitMs = await takeTokens(row)
    if (waitMs > 0) {
      await postpone(db, row, waitMs)
      return false
    }
    return held({ row, claimedAt }, async (stillOurs) => {
      const outcome = await sendRow(row, { ...sending, stillOurs }).catch((error: unknown) => ({
        kind: 'threw' as const,
        error,
      }))
      if (outcome.kind !== 'threw') return record(row, outcome)
      await recordFailure(row, outcome.error)
      return false
    })
  }

  /** Nobody else takes the row up while this process lives and works at it, until what became of it is recorded. */
  async function held(
    { row, claimedAt }: { row: OutboxRow; claimedAt: number },
    work: (stillOurs: () => Promise<boolean>) => Promise<boolean>,
  ): Promise<boolean> {
    const renewing = setInterval(() => {
      // Lost or not is asked before the next call; what counts is recorded under the lease.
      renewLease(renewals, row, leaseMs).catch((error: unknown) =>
        log.warn({ err: error }, 'lease not renewed'),
      )
    }, renewEveryMs)
    try {
      return await work(
        async () =>
          performance.now() - claimedAt < renewEveryMs || (await renewLease(renewals, row, leaseMs)),
      )
    } finally {
      clearInterval(renewing)
    }
  }

  async function takeTokens(row: OutboxRow): Promise<number> {
    for (const [key, { perSecond, burst }] of buckets(row, teamId)) {
      const waitMs = await takeToken(db, key, {
        perSecond: perSecond * rateFactor,
        burst: burst * rateFactor,
      })
      if (waitMs > 0) return waitMs
    }
    return 0
  }

  async function record(row: OutboxRow, outcome: Sent): Promise<boolean> {
    switch (outcome.kind) {
      case 'sent': {
        const isOurs = await markSent(db, row, outcome)
        if (!isOurs) await drawAnew(row)
        return isOurs
      }
      case 'lost':
        return false
      case 'waiting':
        await postpone(db, row, outcome.delayMs)
        return false
      case 'nothing':
        await markSkipped(db, row, outcome.reason)
        return false
      case 'impossible':
        log.error(
          { outboxId: row.id, messageKey: row.messageKey, reason: outcome.reason },
          'message not sent',
        )
        await markFailed(db, row, outcome.reason)
        return false
    }
  }

  async function recordFailure(row: OutboxRow, error: unknown): Promise<void> {
    const about = { outboxId: row.id, channel: row.channel, messageKey: row.messageKey, attempt: row.attempt }
    const failure = sendFailure(error)
    switch (failure.kind) {
      case 'rate-limited': {
        log.warn({ ...about, retryAfterMs: failure.retryAfterMs }, 'Slack asked us to slow down')
        const [bucket] = buckets(row, teamId)
        if (bucket) await block(db, bucket[0], failure.retryAfterMs)
        return postpone(db, row, failure.retryAfterMs)
      }
      case 'refused':
        log.error({ ...about, code: failure.code }, 'message not sent: Slack refused it')
        return markFailed(db, row, failure.code)
      case 'unsure':
        return tryAgain(row, failure.reason, about)
      case 'bug':
        log.error({ ...about, err: failure.error }, 'message could not be prepared')
        if (row.attempt >= maxAttemptsOnBug) return markFailed(db, row, String(failure.error))
        return tryAgain(row, String(failure.error), about)
    }
  }

  async function tryAgain(row: OutboxRow, error: string, about: object): Promise<void> {
    const delayMs = backoffMs(row.attempt)
    const after = await retryLater(db, row, { delayMs, giveUpAfterMs, error })
    if (after === 'lost') return drawAnew(row)
    if (after === 'failed') log.error({ ...about, error }, 'message not sent in a day; given up')
    else log.warn({ ...about, error, delayMs }, 'message not sent; will try again')
  }

  /** Whoever took the row over may have drawn the card before our older drawing reached Slack, and lies under it now. */
  async function drawAnew({ action, body }: OutboxRow): Promise<void> {
    if (action === 'update' && 'card' in body) await enqueueCardUpdates(db, body.card)
  }

  return {
    deliver,
    publishHome: (user_id, view) =>
      said('publish App Home', async () => void (await bulk.views.publish({ user_id, view }))),
    ephemeral: (channel, user, { text, blocks }, threadTs) =>
      said('show the message', async () => {
        const thread = threadTs ? { thread_ts: threadTs } : {}
        try {
          await interactive.chat.postEphemeral({ channel, user, text, blocks, ...thread })
        } catch (error) {
          // Somebody who is not in that conversation is still told, in their own with us.
          if (slackCode(error) !== 'user_not_in_channel') throw error
          await interactive.chat.postMessage({ channel: user, text, blocks })
        }
      }),
    openView: (trigger_id, view) =>
      said('open the window', async () => opened(await interactive.views.open({ trigger_id, view }))),
    pushView: (trigger_id, view) =>
      said('open the window', async () => opened(await interactive.views.push({ trigger_id, view }))),
    updateView: (view_id, view, hash) =>
      said('update the window', async () =>
        opened(await interactive.views.update({ view_id, view, ...(hash && { hash }) })),
      ),
  }
}

/** Exponential with full jitter above a floor, so that an outage does not end in everybody at once. */
function backoffMs(attempt: number): number {
  return minBackoffMs + Math.random() * Math.min(maxBackoffMs, 1_000 * 2 ** Math.min(attempt, 20))
}

/** The buckets a row draws from, the one most likely to be empty first. Slack's figures, a little below. */
function buckets(row: OutboxRow, teamId: string): [key: string, rate: Rate][] {
  switch (row.action) {
    case 'post':
      return [
        [`slack:${teamId}:post:${row.channel}`, { perSecond: 1, burst: 3 }],
        [`slack:${teamId}:post`, { perSecond: 5, burst: 100 }],
      ]
    case 'update':
      return [[`slack:${teamId}:chat.update`, { perSecond: 50 / 60, burst: 40 }]]
    case 'ephemeral':
      return [[`slack:${teamId}:chat.postEphemeral`, { perSecond: 100 / 60, burst: 50 }]]
  }
}

async function said<Answer>(what: string, call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call()
  } catch (error) {
    throw upstreamError(what, error)
  }
}

function opened({ view }: { view?: { id?: string; hash?: string } }): OpenView {
  if (!view?.id || !view.hash) throw new Error('Slack opened a window and did not say which')
  return { viewId: view.id, hash: view.hash }
}

/**
 * An error in words for the person it happened to: what happened, what did not, what to do. `id` stands in the
 * log beside the whole error. `effect`: what had become of the request by then.
 */
export function explain(
  error: unknown,
  id: string,
  effect: 'recorded' | 'not recorded' = 'not recorded',
): string {
  return `${effect === 'recorded' ? RECORDED : sentence(error)} (${id})`
}

const RECORDED = 'What you did was recorded, but showing the result failed. No need to press again.'
const NOT_RECORDED =
  'This was not recorded: something went wrong on our side. Please press again; if it fails again, give an admin this code.'

function sentence(error: unknown): string {
  if (
    error instanceof InvalidInputError ||
    error instanceof NotFoundError ||
    error instanceof ConflictError ||
    error instanceof RefusedError
  ) {
    return error.message
  }
  return error instanceof UpstreamError ? upstreamSentence(error) : NOT_RECORDED
}

function upstreamSentence({ service, status, code, retryAfterMs, sent }: UpstreamError): string {
  const name = service === 'zoho' ? 'Zoho' : 'Slack'
  if (code === 'expired_trigger_id' || code === 'exchanged_trigger_id') {
    return 'Slack waits only three seconds for a window to open, and they had passed. Nothing was changed. Please press again.'
  }
  if (sent) {
    return `${name} did not answer, so it is not known yet whether it took effect. Please don't repeat it by hand; look here again in a minute.`
  }
  if (status === 429) {
    const seconds = Math.max(1, Math.ceil((retryAfterMs ?? 60_000) / 1000))
    return `${name} is limiting our requests. Nothing was changed. Please try again in ${seconds} s.`
  }
  if (status === 401 || status === 403) {
    return `${name} refused our access. Nothing was changed. An admin needs to reconnect it.`
  }
  return `${name} could not be reached. Nothing was changed. Please try again in a minute.`
}
