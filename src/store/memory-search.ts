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

/**
 * The same where all that comes out is looked up again within its scope: when everyone's accounts may be seen, only
 * notes about accounts that went are left to be taken out, and it costs every list a look at all accounts.
 */
function roughly(column: AnyPgColumn, scope: Scope): SQL | undefined {
  return scope.accountId === null && scope.ownerIds === null ? undefined : withinScope(column, scope)
}

/** For events, which know whose they were: another's may be missed for the seconds in which an account changes hands. */
function eventsRoughly({ accountId, ownerIds }: Scope): SQL | undefined {
  return and(
    accountId === null ? undefined : eq(memoryEvents.accountId, accountId),
    ownerIds === null
      ? undefined
      : ownerIds.length === 0
        ? sql`false`
        : inArray(memoryEvents.ownerId, [...ownerIds]),
  )
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

/**
 * The statements below say themselves which index is to serve them. The planner takes every word for a common one when it
 * is looked for by its beginning, and then reads whole tables to find what is not in them.
 */
export async function planEachQuestion(tx: Tx): Promise<void> {
  await tx.execute(sql`select set_config('plan_cache_mode', 'force_custom_plan', true),
    set_config('enable_seqscan', 'off', true),
    set_config('pg_trgm.word_similarity_threshold', ${String(ALIKE)}, true)`)
}

/** Longer words also by their beginning: plurals, and what German joins to them. */
const lexeme = (word: string): string => (word.length >= 4 ? `'${word}':*` : `'${word}'`)
const allOf = (words: readonly string[]): string => words.map(lexeme).join(' & ')

/** In which a word that many events hold is met often enough; what it is not met in is rare enough to be listed. */
const NEWEST = 2_000
/** More than an account has: its events are looked at one by one. */
const ALL_OF_AN_ACCOUNT = 20_000
const MOST_LISTED = 10_000

export type Holding = {
  /** Those that hold all the words, newest first. */
  all: string[]
  /** Those that hold one of them, newest first; empty when enough hold all. */
  each: { word: string; keys: string[] }[]
}

/**
 * Events that hold these words: looked for among the newest, in one look for all words. Only for words that those hold
 * too rarely is the index of words asked: a common word's list is as long as the table.
 */
export async function eventsHolding(
  tx: Tx,
  words: readonly string[],
  scope: Scope,
  { enough, most }: { enough: number; most: number },
): Promise<Holding> {
  const newest = newestEvents(tx, scope)
  const holds = words.map((word) => sql<boolean>`${newest.search} @@ ${lexeme(word)}::tsquery`)
  const marks = sql.join(
    holds.map((one) => sql`(${one})::int`),
    sql`, `,
  )
  const recent = await tx
    .select({ key: newest.key, held: sql<string>`concat(${marks})` })
    .from(newest)
    .where(and(or(...holds), isNull(newest.mergedInto)))
    .orderBy(desc(newest.at))
  const every = '1'.repeat(words.length)
  const all = recent.flatMap(({ key, held }) => (held === every ? [key] : [])).slice(0, most)
  if (all.length >= enough) return { all, each: [] }

  const each = words.map((word, place) => ({
    word,
    keys: recent.flatMap(({ key, held }) => (held[place] === '1' ? [key] : [])).slice(0, most),
  }))
  if (scope.accountId !== null) return { all, each }
  const rare = each.filter(({ keys }) => keys.length < most).map(({ word }) => word)
  const [listed, ...lists] = await Promise.all([
    rare.length > 0 ? listedEvents(tx, { listed: rare, words }, scope, most) : all,
    ...each.map(({ word, keys }) =>
      rare.includes(word) ? listedEvents(tx, { listed: [word], words: [word] }, scope, most) : keys,
    ),
  ])
  return { all: listed, each: words.map((word, place) => ({ word, keys: lists[place] ?? [] })) }
}

function newestEvents(tx: Tx, scope: Scope) {
  const { key, at, search, mergedInto } = memoryEvents
  return tx
    .select({ key, at, search, mergedInto })
    .from(memoryEvents)
    .where(eventsRoughly(scope))
    .orderBy(desc(at))
    .limit(scope.accountId === null ? NEWEST : ALL_OF_AN_ACCOUNT)
    .as('newest')
}

/** By the index of words for the `listed` ones, which are rare; the others are looked for in what that finds. */
async function listedEvents(
  tx: Tx,
  { listed, words }: { listed: readonly string[]; words: readonly string[] },
  scope: Scope,
  limit: number,
): Promise<string[]> {
  const { key, at, search, mergedInto } = memoryEvents
  const found = tx
    .select({ key, at, search })
    .from(memoryEvents)
    .where(and(sql`${search} @@ ${allOf(listed)}::tsquery`, eventsRoughly(scope), isNull(mergedInto)))
    .limit(MOST_LISTED)
    .as('found')
  const rows = await tx
    .select({ key: found.key })
    .from(found)
    .where(sql`${found.search} @@ ${allOf(words)}::tsquery`)
    .orderBy(desc(found.at))
    .limit(limit)
  return rows.map((row) => row.key)
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
    .where(and(sql`${memoryFacts.search} @@ ${allOf(words)}::tsquery`, roughly(memoryFacts.accountId, scope)))
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
    .where(and(eventsRoughly(scope), isNull(memoryEvents.mergedInto)))
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

/** Of names that fit: more of them are no name, but a common word. */
const MOST_COMPARED = 1_000

export type NamedEntity = { id: string; kind: EntityKind; accountId: string | null; likeness: number }

/**
 * What is called like this, or nearly so where the server compares spellings; the `limit` most
 * alike first.
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
  const likeness = spelling ? sql`word_similarity(${name}::text, ${folded})` : sql`1`
  const some = tx
    .select({ id, kind, accountId, likeness: likeness.mapWith(Number).as('likeness') })
    .from(memoryEntities)
    .where(and(fits, or(isNull(accountId), roughly(accountId, scope))))
    .limit(MOST_COMPARED)
    .as('some')
  return tx.select().from(some).orderBy(desc(some.likeness), some.id).limit(limit)
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
            eventsRoughly(scope),
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
