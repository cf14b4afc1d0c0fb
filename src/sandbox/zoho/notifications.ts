import type { Log } from '../../log.ts'
import type { Channel } from './journal.ts'
import type { RecordEvent } from './record-changes.ts'
import type { ZohoState } from './state.ts'

/** A receiver that takes longer is given up on. */
const DELIVERY_MS = 5000

export type Notifier = ReturnType<typeof createNotifier>

/** Tells those who watch about changes, by HTTP POST. Nothing is signed: the channel's token is all the proof there is. */
export function createNotifier({
  state,
  now,
  log,
  apiBase,
}: {
  state: ZohoState
  now: () => Date
  log: Log
  apiBase: string
}) {
  const closing = new AbortController()
  const deliveries = new Set<Promise<void>>()

  /** Tells every channel that watches; at most once each, in the background, in no promised order. */
  function publish(events: readonly RecordEvent[]) {
    for (const channel of liveChannels(state, now())) {
      for (const batch of batches(events, channel)) {
        const delivery = deliver(channel, batch).finally(() => deliveries.delete(delivery))
        deliveries.add(delivery)
      }
    }
  }

  async function deliver(channel: Channel, batch: Batch) {
    const url = new URL(channel.notifyUrl)
    const payload = {
      server_time: now().getTime(),
      query_params: Object.fromEntries(url.searchParams),
      module: batch.module,
      resource_uri: `${apiBase}/${batch.module}`,
      ids: batch.ids,
      affected_fields: [],
      affected_values: channel.returnAffectedFieldValues ? batch.affected : [],
      operation: batch.operation,
      channel_id: channel.id,
      token: channel.token,
    }
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(payload),
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(DELIVERY_MS)]),
      })
      await response.body?.cancel()
      if (!response.ok)
        log.warn({ channelId: channel.id, status: response.status }, 'notification was refused')
    } catch (cause) {
      // Zoho does not repeat a notification that did not arrive, so neither do we.
      if (!closing.signal.aborted)
        log.warn({ channelId: channel.id, cause: String(cause) }, 'notification was lost')
    }
  }

  return {
    publish,
    async close() {
      closing.abort()
      await Promise.allSettled(deliveries)
    },
  }
}

/** A channel ends without a word when its time is over. */
export function isLive(channel: Channel, now: Date): boolean {
  return Date.parse(channel.expiry) > now.getTime()
}

export function liveChannels(state: ZohoState, now: Date): Channel[] {
  return [...state.channels.values()].filter((channel) => isLive(channel, now))
}

type Batch = {
  module: string
  operation: RecordEvent['operation']
  ids: string[]
  affected: { record_id: string; values: unknown }[]
}

const VERB = { insert: 'create', update: 'edit', delete: 'delete' } as const

/** One notification per module and operation, naming all records of the request, as Zoho batches them. */
function batches(events: readonly RecordEvent[], channel: Channel): Batch[] {
  const found = new Map<string, Batch>()
  const add = (module: string, operation: RecordEvent['operation'], id: string, values: unknown) => {
    const watched =
      channel.events.includes(`${module}.all`) || channel.events.includes(`${module}.${VERB[operation]}`)
    if (!watched) return
    const key = `${module}.${operation}`
    const batch = found.get(key) ?? { module, operation, ids: [], affected: [] }
    found.set(key, batch)
    if (batch.ids.includes(id)) return
    batch.ids.push(id)
    batch.affected.push({ record_id: id, values })
  }
  for (const event of events) {
    add(event.module, event.operation, event.id, event.values)
    if (!channel.notifyOnRelatedAction) continue
    for (const related of event.related) add(related.module, 'update', related.id, {})
  }
  return [...found.values()]
}
