import { zohoTime } from '../data/crm-data.ts'
import { ApiError } from './api-error.ts'
import type { Channel } from './journal.ts'
import { moduleId } from './metadata-ids.ts'
import { isLive, liveChannels } from './notifications.ts'
import { isObject } from './record-values.ts'
import { isModuleName } from './schema.ts'
import type { ZohoState } from './state.ts'

const HOUR_MS = 3_600_000
const LONGEST_MS = 7 * 24 * HOUR_MS
const MAX = { channels: 50, token: 50, url: 255 }

type Item = { code: string; details: unknown; message: string; status: 'success' | 'error' }
type WatchAnswer = { status: number; body: { watch: Item[] } }

export type Channels = ReturnType<typeof createChannels>

/** `/actions/watch`: who is told about changes, where, and until when. */
export function createChannels({ state, now }: { state: ZohoState; now: () => Date }) {
  /** POST: begins watching, or begins anew. */
  const enable = (body: unknown): WatchAnswer =>
    each(body, 201, (input) => {
      const channel = readChannel(input, null)
      keep(channel)
      return subscribed(channel)
    })

  /** PUT replaces a channel, PATCH changes what is given; both only while it lives. */
  const change = (body: unknown, how: 'replace' | 'patch'): WatchAnswer =>
    each(body, 200, (input) => {
      const id = channelId(input)
      const known = state.channels.get(id)
      if (!known || !isLive(known, now())) {
        throw new ApiError(400, 'NOT_SUBSCRIBED', 'channel is not subscribed', {
          api_name: 'channel_id',
          json_path: '$.watch[0].channel_id',
        })
      }
      if (how === 'patch' && input._delete_events === true) {
        const dropped = new Set(Array.isArray(input.events) ? input.events : [])
        const channel = { ...known, events: known.events.filter((event) => !dropped.has(event)) }
        keep(channel)
        return subscribed(channel)
      }
      const channel = readChannel(input, how === 'patch' ? known : null)
      keep(channel)
      return subscribed(channel)
    })

  function disable(ids: string[]): WatchAnswer {
    if (ids.length === 0) {
      throw new ApiError(400, 'EXPECTED_PARAM_MISSING', 'channel_ids is needed', { api_name: 'channel_ids' })
    }
    const items = ids.map((id): Item => {
      const channel = state.channels.get(id)
      if (!channel) return new ApiError(400, 'NOT_SUBSCRIBED', 'channel is not subscribed').body
      state.apply({ kind: 'channel-removal', id })
      const [resource] = resources(channel)
      const { channel_expiry: _, ...details } = resource ?? { channel_expiry: '' }
      return { code: 'SUCCESS', details, message: 'Successfully un-subscribed', status: 'success' }
    })
    return { status: statusOf(items, 200), body: { watch: items } }
  }

  function list(channelId: string | null, module: string | null) {
    const watch = liveChannels(state, now())
      .filter((channel) => channelId === null || channel.id === channelId)
      .flatMap((channel) => resources(channel).map((resource) => describe(channel, resource)))
      .filter((resource) => module === null || resource.resource_name === module)
    const info = { per_page: 200, count: watch.length, page: 1, more_records: false }
    return { watch, info }
  }

  function keep(channel: Channel) {
    state.apply({ kind: 'channel', channel })
  }

  function readChannel(input: Record<string, unknown>, known: Channel | null): Channel {
    const notifyUrl = text(input, 'notify_url', MAX.url) ?? known?.notifyUrl
    const events = input.events === undefined ? known?.events : readEvents(input.events)
    if (notifyUrl === undefined) throw missing('notify_url')
    if (events === undefined) throw missing('events')
    if (!URL.canParse(notifyUrl)) throw invalid('notify_url', 'url')
    return {
      id: channelId(input),
      notifyUrl,
      token: text(input, 'token', MAX.token) ?? known?.token ?? null,
      events,
      expiry: zohoTime(readExpiry(input.channel_expiry, known)),
      notifyOnRelatedAction: flag(input.notify_on_related_action, known?.notifyOnRelatedAction ?? true),
      returnAffectedFieldValues: flag(
        input.return_affected_field_values,
        known?.returnAffectedFieldValues ?? false,
      ),
    }
  }

  // Zoho says nothing when it does not take the expiry asked for: the channel then lives for one hour.
  function readExpiry(asked: unknown, known: Channel | null): Date {
    if (asked === undefined && known) return new Date(known.expiry)
    const hour = new Date(now().getTime() + HOUR_MS)
    if (asked === undefined) return hour
    if (typeof asked !== 'string' || !/T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/.test(asked)) {
      throw invalid('channel_expiry', 'datetime')
    }
    const expiry = new Date(asked)
    const ahead = expiry.getTime() - now().getTime()
    return ahead > 0 && ahead <= LONGEST_MS ? expiry : hour
  }

  return { enable, change, disable, list }
}

function each(
  body: unknown,
  success: number,
  work: (input: Record<string, unknown>) => { events: unknown },
): WatchAnswer {
  const watch = isObject(body) ? body.watch : undefined
  if (!Array.isArray(watch) || watch.length === 0 || !watch.every(isObject)) throw missing('watch')
  if (watch.length > MAX.channels) {
    throw new ApiError(400, 'LIMIT_REACHED', 'too many channels in one call', {
      maximum_length: MAX.channels,
    })
  }
  const items = watch.map((input): Item => {
    try {
      return { code: 'SUCCESS', details: work(input), message: 'Successfully subscribed', status: 'success' }
    } catch (error) {
      if (error instanceof ApiError) return error.body
      throw error
    }
  })
  return { status: statusOf(items, success), body: { watch: items } }
}

function statusOf(items: Item[], success: number): number {
  const failed = items.filter((item) => item.status === 'error').length
  return failed === 0 ? success : failed < items.length ? 207 : 400
}

function subscribed(channel: Channel) {
  return { events: resources(channel) }
}

function resources(channel: Channel) {
  const modules = [...new Set(channel.events.map((event) => event.split('.')[0] ?? ''))]
  return modules.filter(isModuleName).map((module) => ({
    channel_expiry: channel.expiry,
    resource_uri: `/crm/v8/${module}`,
    resource_id: moduleId(module),
    resource_name: module,
    channel_id: channel.id,
  }))
}

/** One module of a channel, as listed: the token in clear text, as Zoho does. */
function describe(channel: Channel, resource: ReturnType<typeof resources>[number]) {
  return {
    ...resource,
    notify_url: channel.notifyUrl,
    notify_on_related_action: channel.notifyOnRelatedAction,
    return_affected_field_values: channel.returnAffectedFieldValues,
    notification_condition: null,
    fields: null,
    events: channel.events.filter((event) => event.startsWith(`${resource.resource_name}.`)),
    token: channel.token,
  }
}

function channelId(input: Record<string, unknown>): string {
  const id = input.channel_id
  if (id === undefined) throw missing('channel_id')
  if ((typeof id !== 'string' && typeof id !== 'number') || !/^\d{1,19}$/.test(String(id))) {
    throw invalid('channel_id', 'bigint')
  }
  return String(id)
}

function readEvents(raw: unknown): string[] {
  if (!Array.isArray(raw) || raw.length === 0) throw invalid('events', 'jsonarray')
  return raw.map((event) => {
    const [, module, verb] = /^(\w+)\.(create|edit|delete|all)$/.exec(String(event)) ?? []
    // Notes exist as a module, but Zoho does not notify about them.
    if (module === undefined || verb === undefined || !isModuleName(module) || module === 'Notes') {
      throw invalid('events', 'module event')
    }
    return `${module}.${verb}`
  })
}

function text(input: Record<string, unknown>, name: string, most: number): string | undefined {
  const value = input[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw invalid(name, 'text')
  if (value.length > most) {
    throw new ApiError(400, 'INVALID_DATA', 'invalid data', { api_name: name, maximum_length: most })
  }
  return value
}

function flag(value: unknown, otherwise: boolean): boolean {
  return typeof value === 'boolean' ? value : otherwise
}

function missing(name: string): ApiError {
  return new ApiError(400, 'MANDATORY_NOT_FOUND', 'required field not found', { api_name: name })
}

function invalid(name: string, expected: string): ApiError {
  return new ApiError(400, 'INVALID_DATA', 'invalid data', { api_name: name, expected_data_type: expected })
}
