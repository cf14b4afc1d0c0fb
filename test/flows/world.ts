import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { liveIn } from '../../src/demo.ts'
import { createLog } from '../../src/log.ts'
import type { Platform } from '../../src/platform/platform.ts'
import type { CrmData } from '../../src/sandbox/data/crm-data.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import { startSandbox } from '../../src/sandbox/sandbox.ts'
import type { Message, View } from '../../src/sandbox/slack/objects.ts'
import { openPlatform } from '../database.ts'
import { payloadForm, slackHeaders } from '../slack-request.ts'
import { busyCompany } from './busy-company.ts'

/**
 * A company with the bot in it, driven and watched as people do: through Slack, through Zoho, through the sandbox's
 * control API. No test that uses it can tell which database or queue the bot has, or whether it is this process.
 */
export type World = Visitor & AsyncDisposable

export type WorldOptions = {
  company?: CrmData | (() => CrmData)
  /** Settings laid over those of the sandbox. */
  env?: Record<string, string>
  /** For a test that must look into the database, or turn its clock; closed with the world. */
  platform?: Platform
}

/** The bot in this process, on a database of its own; its first digests are there when this returns. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { env = {} } = options
  const log = createLog(process.env.LOG_LEVEL ?? 'silent')
  const sandbox = await startSandbox({
    port: 0,
    dir: null,
    company: companyOf(options),
    log,
    rateFactor: RATE_FACTOR,
  })
  const platform = options.platform ?? (await openPlatform())
  const config = readConfig({
    ...sandbox.env,
    HOST: '127.0.0.1',
    WEBHOOK_MERGE_WINDOW: '1s',
    ZOHO_TIMEOUT: '3s',
    ...env,
  })
  const queuePrefix = `flow-${randomBytes(6).toString('hex')}`
  const app = await createApp(config, {
    firstDigests: true,
    overrides: { platform, log, queuePrefix },
  })
  await liveIn(sandbox, app)
  const visitor = visit(sandbox.url, { ...sandbox.env, ...env }, sandbox.url)
  await visitor.until(
    'the first digests are there',
    async () => (await visitor.control('GET', '/ready')).status === 200,
    60_000,
  )
  return {
    ...visitor,
    async [Symbol.asyncDispose]() {
      await app.stop()
      await sandbox.close()
    },
  }
}

/** Slack's own limits are tested where they are kept; here they would only cost time. */
export const RATE_FACTOR = 1_000

export function companyOf({ company }: WorldOptions): () => CrmData {
  if (typeof company === 'function') return company
  return () => company ?? busyCompany(new Date())
}

export type Person = { id: string; name: string; email: string; role: 'owner' | 'manager' | 'admin' | 'none' }

/** A card as it stands in Slack. */
export type Card = {
  channel: string
  ts: string
  approvalId: string
  version: number
  state: string
  module: string
  recordId: string | null
  fields: string[]
  /** Everything a person reads on it. */
  says: string
  /** Action ids of what can be pressed. */
  buttons: string[]
  owner: Person
}

/** A write request as the local Zoho received it; `status` is null for one that it never answered. */
export type Write = {
  method: string
  path: string
  headers: Record<string, string>
  body: { data: Record<string, unknown>[] } | null
  status: number | null
  answer: { data: { code: string; details: { id: string } }[] } | null
  fault: string | null
}

/** What is not as Slack would send it; `signature: null` sends none. */
export type Forgery = {
  secret?: string
  secondsFromNow?: number
  stamp?: string
  signature?: string | null
}

export type Reply = { status: number; body: Record<string, unknown> & { errors?: unknown; error?: unknown } }
export type Visitor = ReturnType<typeof visit>

/** Longer than any flow takes on two busy cores; what never happens fails after it. */
const PATIENCE_MS = 25_000

/**
 * @param env what the bot was configured with, for forging what only Slack and Zoho could send
 * @param botUrl where the bot listens
 */
export function visit(url: string, env: Record<string, string>, botUrl: string) {
  async function control(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Reply> {
    const response = await fetch(`${url}/control${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    return { status: response.status, body: await response.json() }
  }
  async function get<Answer>(path: string): Promise<Answer> {
    const { status, body } = await control('GET', path)
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`)
    return body as Answer
  }
  async function post(path: string, body: unknown): Promise<Reply> {
    const reply = await control('POST', path, body)
    if (reply.status === 400 || reply.status === 404)
      throw new Error(`POST ${path}: ${reply.status} ${JSON.stringify(reply.body)}`)
    return reply
  }

  async function until<Value>(
    what: string,
    look: () => Promise<Value | null | undefined | false>,
    patienceMs = PATIENCE_MS,
  ): Promise<Value> {
    const end = Date.now() + patienceMs
    for (;;) {
      const found = await look()
      if (found) return found
      if (Date.now() > end) throw new Error(`It did not come to this: ${what}`)
      await sleep(60)
    }
  }

  const people = async () =>
    (await get<(Person & { is_bot: boolean })[]>('/slack/users')).filter((one) => !one.is_bot)
  const withRole = async (role: Person['role']) => (await people()).filter((person) => person.role === role)
  const dm = (person: Person) => `D${person.id.slice(1)}`
  const messages = (channel: string) => get<Message[]>(`/slack/messages?channel=${channel}`)
  const views = (person: Person) =>
    get<{ modal: View | null; home: View | null }>(`/slack/views?user=${person.id}`)

  async function cards(person: Person): Promise<Card[]> {
    return (await messages(dm(person))).flatMap((message) => cardOf(message, person) ?? [])
  }

  async function card(of: Card): Promise<Card> {
    const now = (await cards(of.owner)).find(({ ts }) => ts === of.ts)
    if (!now) throw new Error(`There is no card ${of.ts} any more`)
    return now
  }

  const press = (of: Card, action: string, { as = of.owner, value }: { as?: Person; value?: string } = {}) =>
    post('/slack/press', {
      user: as.id,
      channel: of.channel,
      ts: of.ts,
      action_id: action,
      ...(value === undefined ? {} : { value }),
    })

  const writes = () => get<Write[]>('/zoho/writes')
  const taken = new Set<string>()
  const opened = new Set<string>()

  return {
    url,
    env,
    botUrl,
    control,
    until,
    people,
    owners: () => withRole('owner'),
    manager: async () => first(await withRole('manager')),
    admin: async () => first(await withRole('admin')),
    stranger: async () => first(await withRole('none')),
    dm,
    messages,
    views,
    cards,
    card,
    press,
    writes,
    /** Writes that Zoho carried out on this record, or that made it. */
    async writesTo(id: string): Promise<Write[]> {
      return (await writes()).filter(
        ({ path, answer }) =>
          path.includes(id) ||
          answer?.data?.some(({ code, details }) => code === 'SUCCESS' && details.id === id),
      )
    },
    /** Waits for what becomes of a card. */
    becomes: (of: Card, state: string, patienceMs?: number) =>
      until(
        `the card says ${state}`,
        async () => {
          const now = await card(of)
          return now.state === state && now
        },
        patienceMs,
      ),
    /** What only this person was shown in this conversation, oldest first. */
    async told(person: Person, channel = dm(person)): Promise<string[]> {
      return (await messages(channel)).filter(({ ephemeral_for }) => ephemeral_for === person.id).map(wordsOf)
    },
    command: (person: Person, command: string, text = '') =>
      post('/slack/command', { user: person.id, command, text }),
    say: (person: Person, text: string) =>
      post('/slack/message', { user: person.id, channel: dm(person), text }),
    submit: async (person: Person, values: Record<string, unknown>): Promise<Reply> => {
      const { modal } = await views(person)
      if (!modal) throw new Error(`${person.name} has no window open`)
      return control('POST', '/slack/submit', { user: person.id, view_id: modal.id, values })
    },
    /** Presses or chooses in the App Home. */
    pressHome: (person: Person, action: string, value?: unknown, block?: string) =>
      post('/slack/press', {
        user: person.id,
        action_id: action,
        ...(value === undefined ? {} : { value }),
        ...(block === undefined ? {} : { block_id: block }),
      }),
    home: async (person: Person) => textIn((await views(person)).home?.blocks ?? []),
    record: (module: string, id: string) =>
      get<Record<string, unknown> & { Modified_Time: string }>(`/zoho/records?module=${module}&id=${id}`),
    exists: async (module: string, id: string) =>
      (await control('GET', `/zoho/records?module=${module}&id=${id}`)).status === 200,
    edit: (module: string, id: string, fields: Record<string, unknown>) =>
      post('/zoho/edit', { module, id, fields }),
    recommendations: () =>
      get<{ id: string; account_id: string; kind: string; state: string; evidence: string[] }[]>(
        '/recommendations',
      ),
    breakIt: (fault: Partial<Fault> & Pick<Fault, 'service' | 'kind'>) => post('/faults', fault),
    mend: () => control('DELETE', '/faults'),

    /** A pending card that no other test of this world has used; opened from an App Home when the digests have no more. */
    async freshCard(
      action: 'update' | 'create',
      { from, touching }: { from?: Person; touching?: string } = {},
    ): Promise<Card> {
      const owners = from ? [from] : await withRole('owner')
      const fits = (one: Card) =>
        one.state === 'pending' &&
        !taken.has(one.approvalId) &&
        (one.recordId !== null) === (action === 'update') &&
        (touching === undefined || one.fields.includes(touching))
      for (;;) {
        for (const owner of owners) {
          const found = (await cards(owner)).find(fits)
          if (!found) continue
          taken.add(found.approvalId)
          return found
        }
        if (!(await openAnother(owners))) throw new Error(`No ${action} is left to decide`)
      }
    },
    fromSlack,
    /** A press from a screen that has not been drawn anew: the button may be gone, or belong to another version. */
    async pressUnseen(of: Card, action: string, { as = of.owner, version = of.version } = {}) {
      const team = await teamId()
      const payload = {
        type: 'block_actions',
        team: { id: team },
        user: { id: as.id, team_id: team },
        channel: { id: of.channel },
        trigger_id: 'gone',
        actions: [
          {
            type: 'button',
            action_id: action,
            block_id: 'gone',
            value: `${of.approvalId}:${version}`,
            action_ts: String(Date.now()),
          },
        ],
      }
      return fromSlack(payloadForm(payload))
    },
    teamId,
  }

  async function teamId(): Promise<string> {
    const answer = await fetch(`${env.SLACK_API_URL}auth.test`, {
      method: 'POST',
      headers: { authorization: `Bearer ${env.SLACK_BOT_TOKEN}` },
    })
    return ((await answer.json()) as { team_id: string }).team_id
  }

  /** A request with Slack's signature, unless `how` says otherwise. */
  function fromSlack(body: string, how: Forgery = {}): Promise<Response> {
    const stamp = how.stamp ?? String(Math.floor(Date.now() / 1000) + (how.secondsFromNow ?? 0))
    const secret = how.secret ?? env.SLACK_SIGNING_SECRET ?? ''
    const { 'x-slack-signature': signature, ...signed } = slackHeaders(body, { secret, stamp })
    return fetch(`${botUrl}/slack/events`, {
      method: 'POST',
      headers: {
        ...signed,
        ...(how.signature === null ? {} : { 'x-slack-signature': how.signature ?? signature }),
      },
      body,
    })
  }

  /** Opens one more suggestion; false when every App Home is empty of them. */
  async function openAnother(owners: readonly Person[]): Promise<boolean> {
    for (const owner of owners) {
      const { home } = await views(owner)
      // An App Home is drawn anew only a moment after a suggestion was opened.
      const next = suggestionsIn(home).find(({ recommendationId }) => !opened.has(recommendationId))
      if (!next) continue
      opened.add(next.recommendationId)
      const before = (await cards(owner)).length
      const press = { user: owner.id, view_id: home?.id, action_id: 'home.review', block_id: next.blockId }
      if ((await control('POST', '/slack/press', press)).status === 404) {
        // Drawn anew between the look and the press: look again, as a person would.
        opened.delete(next.recommendationId)
        return true
      }
      // A digest that opened it at the same moment brought its card before we counted: there is another then.
      await until('the card is there', async () => (await cards(owner)).length > before, 10_000).catch(
        () => null,
      )
      return true
    }
    return false
  }
}

function first<Item>(items: readonly Item[]): Item {
  const [item] = items
  if (item === undefined) throw new Error('There is none')
  return item
}

function cardOf(message: Message, owner: Person): Card | null {
  if (message.metadata?.event_type !== 'sergas_card') return null
  const { approval_id, version, state, module, record_id, fields } = message.metadata.event_payload
  return {
    channel: message.channel,
    ts: message.ts,
    approvalId: String(approval_id),
    version: Number(version),
    state: String(state),
    module: String(module),
    recordId: typeof record_id === 'string' ? record_id : null,
    fields: Array.isArray(fields) ? fields.map(String) : [],
    says: wordsOf(message),
    buttons: actionsIn(message.blocks ?? []),
    owner,
  }
}

/** Rows of an App Home that have no card yet. */
function suggestionsIn(home: View | null): { blockId: string; recommendationId: string }[] {
  let waiting = false
  return (home?.blocks ?? []).flatMap((block) => {
    if (block.type === 'header') waiting = textIn([block]).startsWith('Waiting')
    const { accessory } = block as { accessory?: { action_id?: string; value?: string } }
    return accessory?.action_id === 'home.review' && !waiting
      ? [{ blockId: block.block_id, recommendationId: accessory.value ?? '' }]
      : []
  })
}

export function wordsOf(message: Message): string {
  return `${message.text}\n${textIn(message.blocks ?? [])}`
}

/** All the text that blocks show, in order. */
export function textIn(blocks: unknown): string {
  const found: string[] = []
  walk(blocks, (node) => {
    if (typeof node.text === 'string') found.push(node.text)
  })
  return found.join('\n')
}

export function actionsIn(blocks: unknown): string[] {
  const found: string[] = []
  walk(blocks, (node) => {
    if (typeof node.action_id === 'string') found.push(node.action_id)
  })
  return found
}

function walk(node: unknown, see: (node: Record<string, unknown>) => void): void {
  if (Array.isArray(node)) for (const each of node) walk(each, see)
  else if (typeof node === 'object' && node !== null) {
    see(node as Record<string, unknown>)
    for (const each of Object.values(node)) walk(each, see)
  }
}
