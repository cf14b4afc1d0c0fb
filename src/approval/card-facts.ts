import { inArray } from 'drizzle-orm'
import type { CrmChange, Fields } from '../model/change.ts'
import { Fields as FieldsSchema } from '../model/change.ts'
import type { FieldMap, Module } from '../model/field.ts'
import { MODULES } from '../model/field.ts'
import { approvalById, approversOf, REASSIGNED } from '../store/approvals.ts'
import { cardRows } from '../store/cards.ts'
import type { Db } from '../store/db.ts'
import { undoDeadline } from '../store/operations.ts'
import { cardKey, messagePosition } from '../store/outbox.ts'
import { contacts, owners } from '../store/schema.ts'
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
  const rows = await cardRows(db, approvalId)
  if (!rows) return null
  const { approval, recommendation, account, operation, first, current, undo } = rows
  const deciders = approval.requiredDeciders > 1 ? await approversOf(db, approval) : []
  const mentioned = idsIn(current)
  const people = await peopleById(db, [
    approval.askedOwnerId,
    ...deciders,
    ...[approval.decidedBy, undo?.approval.decidedBy].filter((id) => typeof id === 'string'),
    ...mentioned,
  ])
  const person = (id: string | null | undefined) => (id ? (people.get(id) ?? null) : null)
  return {
    approval,
    recommendation,
    operation,
    change: current,
    firstChange: first,
    undoOperation: undo?.operation ?? null,
    undoneBy: person(undo?.approval.decidedBy),
    owner: person(approval.askedOwnerId) ?? { name: 'its owner', slackUserId: null, zone: 'UTC' },
    decidedBy: person(approval.decidedBy),
    deciders: deciders.flatMap((id) => person(id) ?? []),
    account: account ?? { id: approval.accountId, name: 'An account' },
    fields: tools.fields(),
    names: await namesOf(db, mentioned, people),
    found: operation?.found ?? staleFields(approval.state, approval.reason),
    replacedBy: await permalink(tools, approval.replacedBy),
    // One that Zoho refused may be tried again in its time.
    undoUntil: undo && undo.operation?.state !== 'failed' ? null : undoDeadline(operation, current, undoMs),
    reassignedTo: approval.reason === REASSIGNED ? await askedOf(db, approval.replacedBy) : null,
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

/** Who was asked instead. */
async function askedOf(db: Db, approvalId: string | null): Promise<KnownPerson | null> {
  const approval = approvalId ? await approvalById(db, approvalId) : null
  if (!approval) return null
  return (await peopleById(db, [approval.askedOwnerId])).get(approval.askedOwnerId) ?? null
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

/** The users and contacts a change points at. */
function idsIn(change: CrmChange): string[] {
  const values = Object.values(change.action === 'remove' ? change.before : change.fields)
  return values.flatMap((value) => (typeof value === 'object' && value !== null ? value.id : []))
}

async function namesOf(
  db: Db,
  ids: readonly string[],
  people: ReadonlyMap<string, KnownPerson>,
): Promise<Record<string, string>> {
  const others = ids.filter((id) => !people.has(id))
  const known =
    others.length > 0
      ? await db
          .select({ id: contacts.id, name: contacts.name })
          .from(contacts)
          .where(inArray(contacts.id, others))
      : []
  const users = ids.flatMap((id) => {
    const user = people.get(id)
    return user ? [{ id, name: user.name }] : []
  })
  return Object.fromEntries([...users, ...known].map(({ id, name }) => [id, name]))
}

/** What sync found, kept as the reason of a stale approval. */
function staleFields(state: string, reason: string | null): Fields | null {
  if (state !== 'stale' || !reason?.startsWith('{')) return null
  return FieldsSchema.parse(JSON.parse(reason))
}
