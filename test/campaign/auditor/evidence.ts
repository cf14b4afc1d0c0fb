import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { type Effect, effectsOf } from './zoho-log.ts'

/**
 * What the auditor goes by: the CRM's own log, Slack's own log, the tables as SQL gives them, and what people did.
 * Nothing here, or beside it, knows the bot's code.
 */
export type Evidence = {
  /** What each approval was about, by the approval's id. */
  asked: ReadonlyMap<string, Asked>
  clicks: readonly Click[]
  effects: readonly Effect[]
  cards: ReadonlyMap<string, Card>
  tables: Tables
}

export type Asked = {
  index: number
  story: string
  action: 'update' | 'create'
  /** What it would change, or what it would be made for. */
  recordId: string
  /** What it would write. */
  text: string
  /** Who may decide. */
  deciders: readonly string[]
}

export type Click = {
  approvalId: string
  what: string
  person: string
  signature: string
  sentAt: number
  tookMs: number
  status: number | null
}

/** A card as it stands in Slack at the end, and every text it ever showed, by version. */
export type Card = { posts: number; last: { state: string; version: number }; shown: Map<number, string> }

export type Tables = {
  approvals: {
    id: string
    kind: 'change' | 'undo'
    undo_of: string | null
    state: string
    version: number
    change_hash: string
    expires_at: Date
    decided_at: Date | null
    decided_by: string | null
  }[]
  versions: { approval_id: string; version: number; change: Change; hash: string }[]
  operations: {
    id: string
    approval_id: string
    version: number
    change_hash: string
    state: string
    attempt: number
  }[]
  decisions: { approval_id: string; person: string; decision: string; interaction_id: string | null }[]
  interactions: { id: string; signature: string; state: string; outcome: string | null }[]
  unsent: { id: string; message_key: string; state: string }[]
  audit: { seq: string; envelope: string; prev_hash: Uint8Array; hash: Uint8Array }[]
  auditHead: { seq: string; hash: Uint8Array }[]
  auditWaiting: { n: string }[]
}

export type Change = {
  action: 'update' | 'create' | 'remove'
  fields?: Record<string, unknown>
  before?: Record<string, unknown>
}

export type Sql = (text: string) => Promise<Record<string, unknown>[]>

const QUERIES: Record<keyof Tables, string> = {
  approvals: `select id, kind, undo_of, state, version, change_hash, expires_at, decided_at, decided_by from approvals`,
  versions: 'select approval_id, version, change, hash from approval_versions',
  operations: 'select id, approval_id, version, change_hash, state, attempt from operations',
  decisions: 'select approval_id, person, decision, interaction_id from decisions',
  interactions: 'select id, signature, state, outcome from interactions',
  unsent: `select id, message_key, state from outbox where state not in ('sent', 'skipped')`,
  audit: 'select seq, envelope, prev_hash, hash from audit_events order by seq',
  auditHead: 'select seq, hash from audit_head',
  auditWaiting: 'select count(*) as n from audit_pending',
}

export async function gather(options: {
  companyDir: string
  sql: Sql
  asked: ReadonlyMap<string, Asked>
  clicks: readonly Click[]
}): Promise<Evidence> {
  const { companyDir, sql, asked, clicks } = options
  const tables: Record<string, unknown> = {}
  for (const [name, query] of Object.entries(QUERIES)) tables[name] = await sql(query)
  return {
    asked,
    clicks,
    effects: await effectsOf(`${companyDir}/zoho`),
    cards: await cardsIn(`${companyDir}/slack/slack.jsonl`),
    tables: tables as Tables,
  }
}

export async function* linesOf(path: string): AsyncGenerator<string> {
  yield* createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY })
}

async function cardsIn(path: string): Promise<Map<string, Card>> {
  const cards = new Map<string, Card>()
  const posted = new Set<string>()
  for await (const line of linesOf(path)) {
    if (!line.startsWith('{"kind":"message"') || !line.includes('"event_type":"sergas_card"')) continue
    const { channel, ts, metadata, blocks } = JSON.parse(line).message
    const { approval_id: id, state, version } = metadata.event_payload
    const card: Card = cards.get(id) ?? { posts: 0, last: { state, version }, shown: new Map() }
    card.last = { state, version }
    if (!posted.has(`${channel} ${ts}`)) card.posts += 1
    posted.add(`${channel} ${ts}`)
    if (state === 'pending') card.shown.set(version, JSON.stringify(blocks))
    cards.set(id, card)
  }
  return cards
}
