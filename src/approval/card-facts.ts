import { eq, inArray } from 'drizzle-orm'
import type { CrmChange, Fields } from '../model/change.ts'
import { Fields as FieldsSchema } from '../model/change.ts'
import type { FieldMap, Module } from '../model/field.ts'
import { MODULES } from '../model/field.ts'
import { approvalById, approversOf, undoOf, versionOf } from '../store/approvals.ts'
import type { Db } from '../store/db.ts'
import { operationOf, undoDeadline, undoOperationOf } from '../store/operations.ts'
import { cardKey, messagePosition } from '../store/outbox.ts'
import { recommendationById } from '../store/recommendations.ts'
import { accounts, contacts, owners } from '../store/schema.ts'
import type { CardFacts } from './card.ts'

/** What drawing a card needs besides the rows. */
export type CardTools = {
  db: Db
  fields: () => FieldMap
  undoMs: number
  /** Base of the CRM's own pages. */
  crmWebUrl: string
  /** Base of the workspace's own pages, ending in a slash. */
  slackUrl: string
}

/** Everything a card says, from its rows as they are now; null for an approval that does not exist. */
export async function cardFacts(tools: CardTools, approvalId: string): Promise<CardFacts | null> {
  const { db, undoMs } = tools
  const approval = await approvalById(db, approvalId)
  const recommendation = approval && (await recommendationById(db, approval.recommendationId))
  const current = approval && (await versionOf(db, approval.id, approval.version))
  const first = approval && (await versionOf(db, approval.id, 1))
  if (!approval || !recommendation || !current || !first) return null

  const operation = await operationOf(db, approval.id)
  const undone = await undoOf(db, approval.id)
  const deciders = await approversOf(db, approval)
  const people = await peopleById(db, [
    approval.askedOwnerId,
    ...deciders,
    ...[approval.decidedBy, undone?.decidedBy].filter((id) => typeof id === 'string'),
  ])
  const person = (id: string | null | undefined) => (id ? (people.get(id) ?? null) : null)
  const [account] = await db
    .select({ id: accounts.id, name: accounts.name })
    .from(accounts)
    .where(eq(accounts.id, approval.accountId))
  return {
    approval,
    recommendation,
    change: current.change,
    firstChange: first.change,
    operation,
    undoOperation: await undoOperationOf(db, approval.id),
    undoneBy: person(undone?.decidedBy),
    owner: person(approval.askedOwnerId) ?? { name: 'its owner', slackUserId: null, zone: 'UTC' },
    decidedBy: person(approval.decidedBy),
    deciders: deciders.flatMap((id) => person(id) ?? []),
    account: account ?? { id: approval.accountId, name: 'An account' },
    fields: tools.fields(),
    names: await namesIn(db, current.change),
    found: operation?.found ?? staleFields(approval.state, approval.reason),
    replacedBy: await permalink(tools, approval.replacedBy),
    undoUntil: undone ? null : undoDeadline(operation, current.change, undoMs),
    snoozedUntil: recommendation.snoozedUntil,
    recordUrl: recordUrl(tools.crmWebUrl),
    now: new Date(),
  }
}

/** Only these have pages of their own worth a link. */
export function recordUrl(crmWebUrl: string): (module: Module, id: string) => string | null {
  return (module, id) =>
    MODULES.includes(module) && module !== 'Notes' ? `${crmWebUrl}/crm/tab/${module}/${id}` : null
}

async function permalink({ db, slackUrl }: CardTools, approvalId: string | null): Promise<string | null> {
  const position = approvalId && (await messagePosition(db, cardKey(approvalId)))
  return position ? `${slackUrl}archives/${position.channel}/p${position.ts.replace('.', '')}` : null
}

type KnownPerson = { name: string; slackUserId: string | null; zone: string }

async function peopleById(db: Db, ids: readonly string[]): Promise<Map<string, KnownPerson>> {
  const rows = await db
    .select()
    .from(owners)
    .where(inArray(owners.id, [...new Set(ids)]))
  return new Map(
    rows.map((row) => [
      row.id,
      {
        name: row.name,
        slackUserId: row.slackUserId,
        zone: row.preferences.zone ?? row.slackZone ?? row.crmZone ?? 'UTC',
      },
    ]),
  )
}

/** Names of the people a change points at by id. */
async function namesIn(db: Db, change: CrmChange): Promise<Record<string, string>> {
  const values = Object.values(change.action === 'remove' ? change.before : change.fields)
  const ids = values.flatMap((value) => (typeof value === 'object' && value !== null ? value.id : []))
  if (ids.length === 0) return {}
  const people = await db
    .select({ id: owners.id, name: owners.name })
    .from(owners)
    .where(inArray(owners.id, ids))
  const known = await db
    .select({ id: contacts.id, name: contacts.name })
    .from(contacts)
    .where(inArray(contacts.id, ids))
  return Object.fromEntries([...people, ...known].map(({ id, name }) => [id, name]))
}

/** What sync found, kept as the reason of a stale approval. */
function staleFields(state: string, reason: string | null): Fields | null {
  if (state !== 'stale' || !reason?.startsWith('{')) return null
  return FieldsSchema.parse(JSON.parse(reason))
}
