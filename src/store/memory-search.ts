import { and, desc, eq, inArray, isNull, lte, or, type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import type { EntityKind } from '../model/memory.ts'
import type { Db, Tx } from './db.ts'
import { ownedBy } from './mirror.ts'
import { accounts, memoryEntities, memoryEvents, memoryFacts, memoryRelations } from './schema.ts'

/**
 * What may answer a question, as keys in an order; merging them is `memory/rank.ts`'s. Words are folded already and hold
 * nothing but letters and digits. Each question is bounded: it looks at the newest of what fits, never at all of it.
 */

/** What may be looked at: one account or all, of these owners or of everyone. */
export type Scope = { accountId: string | null; ownerIds: readonly string[] | null }

export function withinScope(column: AnyPgColumn, scope: Scope): SQL {
  const seen = sql`${column} in (select ${accounts.id} from ${accounts} where ${and(
    isNull(accounts.deletedAt),
    ownedBy(scope.ownerIds),
    scope.accountId === null ? undefined : eq(accounts.id, scope.accountId),
  )})`
  return scope.accountId === null ? seen : sql`${column} = ${scope.accountId} and ${seen}`
}

/** Whether the server compares spellings. */
export async function comparesSpelling(db: Db): Promise<boolean> {
  const [row] = await db
    .select({ has: sql`to_regprocedure('word_similarity(text, text)') is not null`.mapWith(Boolean) })
    .from(sql`(select 1) as one`)
  return row?.has ?? false
}

/** How alike a name must be to be meant, of 1. */
const ALIKE = 0.5

/** Which index serves a question depends on how common its words are, which a plan for all questions cannot know. */
export async function planEachQuestion(tx: Tx): Promise<void> {
  await tx.execute(sql`select set_config('plan_cache_mode', 'force_custom_plan', true),
    set_config('pg_trgm.word_similarity_threshold', ${String(ALIKE)}, true)`)
}

/** Longer words also by their beginning: plurals, and what German joins to them. */
const lexeme = (word: string): string => (word.length >= 4 ? `'${word}':*` : `'${word}'`)
const allOf = (words: readonly string[]): string => words.map(lexeme).join(' & ')

/** Events that hold all these words, newest first. */
export async function eventsHolding(
  tx: Tx,
  words: readonly string[],
  scope: Scope,
  limit: number,
): Promise<string[]> {
  const rows = await tx
    .select({ key: memoryEvents.key })
    .from(memoryEvents)
    .where(
      and(
        sql`${memoryEvents.search} @@ ${allOf(words)}::tsquery`,
        withinScope(memoryEvents.accountId, scope),
        isNull(memoryEvents.mergedInto),
      ),
    )
    .orderBy(desc(memoryEvents.at))
    .limit(limit)
  return rows.map(({ key }) => key)
}

/** Facts that hold all these words; those that are still so first. */
export async function factsHolding(
  tx: Tx,
  words: readonly string[],
  scope: Scope,
  limit: number,
): Promise<string[]> {
  // Cut off before it is put in order: a name may be in the facts of thousands.
  const some = tx
    .select({ key: memoryFacts.key, validTo: memoryFacts.validTo, validFrom: memoryFacts.validFrom })
    .from(memoryFacts)
    .where(
      and(sql`${memoryFacts.search} @@ ${allOf(words)}::tsquery`, withinScope(memoryFacts.accountId, scope)),
    )
    .limit(limit * 10)
    .as('some')
  const rows = await tx
    .select({ key: some.key })
    .from(some)
    .orderBy(sql`${some.validTo} desc nulls first`, sql`${some.validFrom} desc nulls last`, some.key)
    .limit(limit)
  return rows.map(({ key }) => key)
}

/** An account's newest events whose beginning holds a word spelled nearly like one of these. */
export async function eventsSpelledLike(
  tx: Tx,
  words: readonly string[],
  scope: Scope & { accountId: string },
  limit: number,
): Promise<string[]> {
  const newest = tx
    .select({
      key: memoryEvents.key,
      at: memoryEvents.at,
      start: sql<string>`left(${memoryEvents.folded}, 400)`.as('start'),
    })
    .from(memoryEvents)
    .where(and(withinScope(memoryEvents.accountId, scope), isNull(memoryEvents.mergedInto)))
    .orderBy(desc(memoryEvents.at))
    .limit(200)
    .as('newest')
  const likeness = sql`greatest(${sql.join(
    words.map((word) => sql`word_similarity(${word}::text, ${newest.start})`),
    sql`, `,
  )})`
  const rows = await tx
    .select({ key: newest.key })
    .from(newest)
    .where(sql`${likeness} >= ${ALIKE}`)
    .orderBy(sql`${likeness} desc`, desc(newest.at))
    .limit(limit)
  return rows.map(({ key }) => key)
}

export type NamedEntity = { id: string; kind: EntityKind; accountId: string | null; likeness: number }

/**
 * What is called like this, or nearly so where the server compares spellings; at most `limit`, in no order.
 *
 * @param name folded
 */
export async function entitiesCalled(
  tx: Tx,
  name: string,
  { scope, spelling, limit }: { scope: Scope; spelling: boolean; limit: number },
): Promise<NamedEntity[]> {
  const { id, kind, accountId, folded, search } = memoryEntities
  const fits = spelling
    ? sql`${folded} %> ${name}::text`
    : sql`${search} @@ ${allOf(name.split(' '))}::tsquery`
  return tx
    .select({
      id,
      kind,
      accountId,
      likeness: (spelling ? sql`word_similarity(${name}::text, ${folded})` : sql`1`).mapWith(Number),
    })
    .from(memoryEntities)
    .where(and(fits, or(isNull(accountId), withinScope(accountId, scope))))
    .limit(limit)
}

/** What stands next to these: a contact's account, a deal's account and contact. */
export async function neighboursOf(tx: Tx, entityIds: readonly string[], limit: number): Promise<string[]> {
  if (entityIds.length === 0) return []
  const ids = [...entityIds]
  const { fromId, toId, kind } = memoryRelations
  const rows = await tx
    .select({ fromId, toId })
    .from(memoryRelations)
    .where(
      and(
        inArray(kind, ['works_at', 'belongs_to', 'contact_of']),
        or(inArray(fromId, ids), inArray(toId, ids)),
      ),
    )
    .limit(limit)
  return [...new Set(rows.flatMap((row) => [row.fromId, row.toId]))].filter((id) => !ids.includes(id))
}

/** Events that these entities are in, newest first. */
export async function eventsAbout(
  tx: Tx,
  entityIds: readonly string[],
  scope: Scope,
  limit: number,
): Promise<string[]> {
  const keysOf = (kind: EntityKind) =>
    entityIds.flatMap((id) => (id.startsWith(`${kind}:`) ? [id.slice(kind.length + 1)] : []))
  const shared = entityIds.filter((id) => /^(product|competitor):/.test(id))
  const among = (column: AnyPgColumn, ids: string[]) => (ids.length > 0 ? [inArray(column, ids)] : [])
  const ways = [
    ...among(memoryEvents.contactId, keysOf('contact')),
    ...among(memoryEvents.dealId, keysOf('deal')),
    ...among(memoryEvents.accountId, keysOf('account')),
    ...(shared.length > 0
      ? [
          inArray(
            memoryEvents.key,
            tx
              .select({ key: memoryRelations.sourceKey })
              .from(memoryRelations)
              .where(and(inArray(memoryRelations.toId, shared), eq(memoryRelations.kind, 'mentions')))
              .orderBy(sql`${memoryRelations.at} desc nulls last`)
              .limit(limit * 10),
          ),
        ]
      : []),
  ]
  // Each has an index of its own, in time's order; together they would have none.
  const found = await Promise.all(
    ways.map((way) =>
      tx
        .select({ key: memoryEvents.key, at: memoryEvents.at })
        .from(memoryEvents)
        .where(
          and(
            way,
            withinScope(memoryEvents.accountId, scope),
            isNull(memoryEvents.mergedInto),
            lte(memoryEvents.at, sql`clock_timestamp()`),
          ),
        )
        .orderBy(desc(memoryEvents.at))
        .limit(limit),
    ),
  )
  const rows = found.flat().toSorted((a, b) => b.at.getTime() - a.at.getTime())
  return [...new Set(rows.map(({ key }) => key))].slice(0, limit)
}
