import { and, desc, eq, gte, inArray, isNull, lte, max, or, type SQL, sql } from 'drizzle-orm'
import { entityId, type MemoryKind } from '../model/memory.ts'
import type { Db } from './db.ts'
import { type Scope, withinScope } from './memory-search.ts'
import { ownedBy } from './mirror.ts'
import { accounts, memoryEntities, memoryEvents, memoryFacts, memoryRelations } from './schema.ts'

/** Memory by keys, by time and by what accounts share. What is out of scope is not there. */

const eventColumns = {
  key: memoryEvents.key,
  accountId: memoryEvents.accountId,
  accountName: accounts.name,
  kind: memoryEvents.kind,
  source: memoryEvents.source,
  recordId: memoryEvents.recordId,
  at: memoryEvents.at,
  title: memoryEvents.title,
  text: memoryEvents.text,
  url: memoryEvents.url,
}

export type KnownEvent = Awaited<ReturnType<typeof eventsByKey>>[number]

/** In any order. */
export function eventsByKey(db: Db, keys: readonly string[], scope: Scope) {
  return db
    .select(eventColumns)
    .from(memoryEvents)
    .innerJoin(accounts, eq(accounts.id, memoryEvents.accountId))
    .where(and(inArray(memoryEvents.key, [...keys]), withinScope(memoryEvents.accountId, scope)))
}

export type EventsAsk = { from?: Date; until: Date; kinds?: readonly MemoryKind[]; limit: number }

/** Newest first; what repeats another event is left to it. */
export function eventsInTime(
  db: Db,
  scope: Scope,
  { from, until, kinds, limit }: EventsAsk,
): Promise<KnownEvent[]> {
  return db
    .select(eventColumns)
    .from(memoryEvents)
    .innerJoin(accounts, eq(accounts.id, memoryEvents.accountId))
    .where(
      and(
        withinScope(memoryEvents.accountId, scope),
        isNull(memoryEvents.mergedInto),
        lte(memoryEvents.at, until),
        from ? gte(memoryEvents.at, from) : undefined,
        kinds ? inArray(memoryEvents.kind, [...kinds]) : undefined,
      ),
    )
    .orderBy(desc(memoryEvents.at), desc(memoryEvents.key))
    .limit(limit)
}

/** When the newest thing that happened did; what the bot did itself is no news of the account. */
export async function newestKnown(db: Db, scope: Scope, now: Date): Promise<Date | null> {
  const [row] = await db
    .select({ at: max(memoryEvents.at) })
    .from(memoryEvents)
    .where(
      and(
        withinScope(memoryEvents.accountId, scope),
        lte(memoryEvents.at, now),
        sql`${memoryEvents.kind} not in ('decision', 'outcome')`,
      ),
    )
  return row?.at ?? null
}

/** What repeats these events, by the event that it repeats. */
export async function repeatsOf(
  db: Db,
  keys: readonly string[],
): Promise<Map<string, Pick<KnownEvent, 'source' | 'recordId'>[]>> {
  const repeats = new Map<string, Pick<KnownEvent, 'source' | 'recordId'>[]>()
  if (keys.length === 0) return repeats
  const accountsConcerned = db
    .select({ id: memoryEvents.accountId })
    .from(memoryEvents)
    .where(inArray(memoryEvents.key, [...keys]))
  const rows = await db
    .select({ into: memoryEvents.mergedInto, source: memoryEvents.source, recordId: memoryEvents.recordId })
    .from(memoryEvents)
    // Repetitions stand within one account, which has an index.
    .where(
      and(inArray(memoryEvents.accountId, accountsConcerned), inArray(memoryEvents.mergedInto, [...keys])),
    )
    .orderBy(memoryEvents.key)
  for (const { into, ...row } of rows)
    if (into !== null) repeats.set(into, [...(repeats.get(into) ?? []), row])
  return repeats
}

const factColumns = {
  key: memoryFacts.key,
  accountId: memoryFacts.accountId,
  accountName: accounts.name,
  statement: memoryFacts.statement,
  source: memoryFacts.source,
  recordId: memoryFacts.recordId,
  validFrom: memoryFacts.validFrom,
  validTo: memoryFacts.validTo,
}

export type KnownFact = Awaited<ReturnType<typeof factsByKey>>[number]

export function factsByKey(db: Db, keys: readonly string[], scope: Scope) {
  return factsWhere(db, inArray(memoryFacts.key, [...keys]), scope)
}

/** @param at what was so then; null for all that is known */
export function factsAbout(db: Db, entity: string, at: Date | null, scope: Scope): Promise<KnownFact[]> {
  const then =
    at === null
      ? undefined
      : and(
          or(isNull(memoryFacts.validFrom), lte(memoryFacts.validFrom, at)),
          or(isNull(memoryFacts.validTo), sql`${memoryFacts.validTo} > ${at.toISOString()}::timestamptz`),
        )
  return factsWhere(db, and(eq(memoryFacts.entityId, entity), then), scope)
}

function factsWhere(db: Db, which: SQL | undefined, scope: Scope) {
  return db
    .select(factColumns)
    .from(memoryFacts)
    .innerJoin(accounts, eq(accounts.id, memoryFacts.accountId))
    .where(and(which, withinScope(memoryFacts.accountId, scope)))
    .orderBy(
      sql`${memoryFacts.validTo} desc nulls first`,
      sql`${memoryFacts.validFrom} desc nulls last`,
      memoryFacts.key,
    )
}

export type Alike = { accountId: string; name: string; shared: { id: string; name: string }[] }

/** What a shared trait tells, by what kind it is; a stage tells little, and counts with others only. */
const TELLS = sql`case
  when ${memoryRelations.toId} like 'competitor:%' then 3
  when ${memoryRelations.toId} like 'product:%' then 3
  when ${memoryRelations.toId} like 'trait:industry:%' then 3
  when ${memoryRelations.toId} like 'trait:size:%' then 1.5
  else 0.75 end`

/**
 * Accounts that share at least two traits with this one, closest first. A trait that few accounts have counts for more.
 */
export async function accountsAlike(
  db: Db,
  accountId: string,
  ownerIds: readonly string[] | null,
  limit: number,
): Promise<Alike[]> {
  const self = entityId('account', accountId)
  const { fromId, toId, kind } = memoryRelations
  const traits = inArray(kind, ['has', 'mentions'])
  const mine = db
    .selectDistinct({ id: toId })
    .from(memoryRelations)
    .where(and(eq(fromId, self), traits))
    .as('mine')
  const having = db
    .selectDistinct({
      from: fromId,
      to: sql<string>`${toId}`.as('having_to'),
      tells: sql<number>`${TELLS}`.as('tells'),
    })
    .from(memoryRelations)
    .innerJoin(mine, eq(mine.id, toId))
    .where(traits)
    .as('having')
  const common = db.$with('common').as(
    db
      .select({
        from: having.from,
        to: having.to,
        weight: sql<number>`${having.tells} / ln(2 + count(*) over (partition by ${having.to}))`.as('weight'),
      })
      .from(having),
  )
  const rows = await db
    .with(common)
    .select({
      accountId: accounts.id,
      name: accounts.name,
      shared: sql<string[]>`array_agg(${common.to} order by ${common.weight} desc, ${common.to})`,
    })
    .from(common)
    .innerJoin(accounts, sql`'account:' || ${accounts.id} = ${common.from}`)
    .where(and(sql`${common.from} <> ${self}`, isNull(accounts.deletedAt), ownedBy(ownerIds)))
    .groupBy(accounts.id, accounts.name)
    .having(sql`count(*) >= 2`)
    .orderBy(sql`sum(${common.weight}) desc`, accounts.id)
    .limit(limit)
  return withNames(db, rows)
}

async function withNames(
  db: Db,
  rows: readonly { accountId: string; name: string; shared: string[] }[],
): Promise<Alike[]> {
  const ids = [...new Set(rows.flatMap(({ shared }) => shared))]
  if (ids.length === 0) return []
  const named = await db
    .select({ id: memoryEntities.id, name: memoryEntities.name })
    .from(memoryEntities)
    .where(inArray(memoryEntities.id, ids))
  const names = new Map(named.map(({ id, name }) => [id, name]))
  return rows.map(({ shared, ...row }) => ({
    ...row,
    shared: shared.map((id) => ({ id, name: names.get(id) ?? id })),
  }))
}

/** How much is remembered, for whoever runs it. */
export async function memorySize(db: Db): Promise<{ events: number; facts: number; entities: number }> {
  const [events, facts, entities] = await Promise.all([
    db.$count(memoryEvents),
    db.$count(memoryFacts),
    db.$count(memoryEntities),
  ])
  return { events, facts, entities }
}
