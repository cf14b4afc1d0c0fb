import { randomInt } from 'node:crypto'
import { App, type AppOptions, type Context, type ReceiverEvent } from '@slack/bolt'
import type { Log } from '../log.ts'
import { explain } from './messenger.ts'
import { type DeliveryKey, isOnlyAsking, type Receipt, receiptOf } from './receipt.ts'

/** Keeps a verified request before anything is done about it, see `recordInteraction`. */
export type OnReceipt = (receipt: Receipt) => Promise<{ id: string } | 'replayed'>

/** How far a request has come; handlers read it with `progressOf(context)`. */
export type Progress = {
  /** Null for a request that changes nothing and is not kept. */
  interactionId: string | null
  receipt: Receipt
  /** Slack has our 200: a failure from here on is invisible to the person unless we say so. */
  acknowledged: boolean
}

export function progressOf(context: Context): Progress | null {
  return context.progress ?? null
}

/**
 * Bolt's App with one step in front of it: keep the request, and refuse a replay, before Bolt answers an
 * event or hands anything to a handler. Lives until `settled()`.
 */
export class RecordingApp extends App {
  readonly #underWay = new Set<Promise<void>>()
  readonly #unanswered = new Set<ReceiverEvent>()
  readonly #tools: { onReceipt: OnReceipt; log: Log }

  constructor(options: AppOptions, tools: { onReceipt: OnReceipt; log: Log }) {
    super(options)
    this.#tools = tools
  }

  override processEvent(event: ReceiverEvent): Promise<void> {
    this.#unanswered.add(event)
    const answered = () => this.#unanswered.delete(event)
    const ack: ReceiverEvent['ack'] = async (answer) => {
      await event.ack(answer)
      answered()
    }
    return this.#track(this.#process({ ...event, ack }).finally(answered))
  }

  /** Whether Slack, and somebody behind it, waits for our 200. */
  get somebodyWaits(): boolean {
    return this.#unanswered.size > 0
  }

  /** Resolves when no request is under way. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay)
  }

  /**
   * Logs a failure under a short id and tells the person. Who calls it throws the error on while nothing is
   * acknowledged: over HTTP that is a 500, in socket mode silence, and either way Slack shows a failure.
   */
  report(error: unknown, progress: Progress | null): void {
    const id = shortId()
    const { acknowledged = false, interactionId = null, receipt } = progress ?? {}
    const kind = receipt?.kind
    this.#tools.log.error({ err: error, id, kind, interactionId, acknowledged }, 'Slack request failed')
    if (!receipt) return
    // Bolt answers events before their handler runs, so for them an answer says nothing about the effect.
    const recorded = acknowledged && !receipt.kind.startsWith('event:')
    void this.#track(this.#tell(receipt, explain(error, id, recorded ? 'recorded' : 'not recorded')))
  }

  async #process(event: ReceiverEvent): Promise<void> {
    const delivery: DeliveryKey = event.customProperties?.delivery
    const receipt = receiptOf(event.body, delivery)
    if (receipt.fromBot) return event.ack()
    const progress: Progress = { interactionId: null, receipt, acknowledged: false }
    if (!isOnlyAsking(event.body)) {
      const kept = await this.#keep(progress)
      if (kept === 'replayed') return event.ack()
      progress.interactionId = kept.id
    }
    await super.processEvent({
      ...event,
      customProperties: { progress },
      ack: async (answer) => {
        await event.ack(answer)
        progress.acknowledged = true
      },
    })
  }

  async #keep(progress: Progress): Promise<{ id: string } | 'replayed'> {
    try {
      const kept = await this.#tools.onReceipt(progress.receipt)
      if (kept === 'replayed')
        this.#tools.log.warn({ kind: progress.receipt.kind }, 'Slack request refused: replayed')
      return kept
    } catch (error) {
      this.report(error, progress)
      throw error
    }
  }

  async #tell({ channelId, userId }: Receipt, text: string): Promise<void> {
    // Without a channel it came from a modal or App Home, where Slack itself shows that it failed.
    if (!channelId || !userId) return
    try {
      await this.client.chat.postEphemeral({ channel: channelId, user: userId, text })
    } catch (error) {
      this.#tools.log.error({ err: error }, 'person could not be told of a failed request')
    }
  }

  #track(work: Promise<void>): Promise<void> {
    const tracked = work.finally(() => this.#underWay.delete(tracked))
    this.#underWay.add(tracked)
    return tracked
  }
}

/** Short enough to read out, e.g. `K7Q2-9F`; without letters that look alike. */
function shortId(): string {
  const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
  const letters = Array.from({ length: 6 }, () => alphabet[randomInt(alphabet.length)]).join('')
  return `${letters.slice(0, 4)}-${letters.slice(4)}`
}
