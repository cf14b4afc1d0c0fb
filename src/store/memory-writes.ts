import { createHash } from 'node:crypto'
import { and, eq, getTableColumns, inArray, ne, notInArray, type SQL, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import { canonicalJson } from '../model/change.ts'
import type { Tx } from './db.ts'
import { accounts, memoryEntities, memoryEvents, memoryFacts, memoryRelations } from './schema.ts'

/**
 * What memory holds of an account, brought to what was made of its record: only what differs is written, and what is no
 * longer there goes. Notes that people added are nobody's to make anew, and stay.
 */

type Stored<T extends { $inferInsert: object }> = Omit<T['$inferInsert'], 'contentHash' | 'search'>
export type EventRow = Stored<typeof memoryEvents>
export type EntityRow = Stored<typeof memoryEntities>
export type RelationRow = Stored<typeof memoryRelations>
export type FactRow = Stored<typeof memoryFacts>

export type Remembered = {
  events: EventRow[]
  entities: EntityRow[]
  relations: RelationRow[]
  facts: FactRow[]
}

export type Written = { written: number; removed: number }

/** Rows in one statement: Postgres takes 65,535 parameters. */
const MOST_ROWS = 500

/** @param accountIds whose memory this is; those of which nothing is remembered are forgotten */
export async function replaceMemory(
  tx: Tx,
  accountIds: readonly string[],
  remembered: Remembered,
): Promise<Written> {
  const ids = [...accountIds]
  const made = and(inArray(memoryEvents.accountId, ids), ne(memoryEvents.kind, 'told'))
  await passOnNotes(tx, ids)
  const events = await replaceHashed(tx, memoryEvents, remembered.events, made)
  const facts = await replaceHashed(tx, memoryFacts, remembered.facts, inArray(memoryFacts.accountId, ids))
  await replaceEntities(tx, ids, remembered.entities)
  await replaceRelations(tx, ids, remembered.relations)
  return { written: events.written + facts.written, removed: events.removed + facts.removed }
}

/** Notes go with their account when it changes hands. */
async function passOnNotes(tx: Tx, accountIds: string[]): Promise<void> {
  await tx
    .update(memoryEvents)
    .set({ ownerId: sql`${accounts.ownerId}` })
    .from(accounts)
    .where(
      and(
        eq(accounts.id, memoryEvents.accountId),
        inArray(memoryEvents.accountId, accountIds),
        eq(memoryEvents.kind, 'told'),
        sql`${memoryEvents.ownerId} is distinct from ${accounts.ownerId}`,
      ),
    )
}

type Hashed = typeof memoryEvents | typeof memoryFacts

async function replaceHashed(
  tx: Tx,
  table: Hashed,
  rows: readonly (EventRow | FactRow)[],
  whose: SQL | undefined,
): Promise<Written> {
  const known = await tx.select({ key: table.key, hash: table.contentHash }).from(table).where(whose)
  const before = new Map(known.map(({ key, hash }) => [key, hash]))
  const hashed = rows.map((row) => ({ ...row, contentHash: hashOf(row) }))
  const wanted = new Set(rows.map(({ key }) => key))
  const toWrite = hashed.filter(({ key, contentHash }) => before.get(key) !== contentHash)
  for (const part of parts(toWrite)) {
    await tx
      .insert(table)
      // The rows are those of this table: its caller passes them together.
      .values(part as never)
      .onConflictDoUpdate({ target: table.key, set: toInserted(table, 'key') })
  }
  const gone = known.flatMap(({ key }) => (wanted.has(key) ? [] : [key]))
  for (const part of parts(gone)) await tx.delete(table).where(inArray(table.key, part))
  return { written: toWrite.length, removed: gone.length }
}

async function replaceEntities(tx: Tx, accountIds: string[], rows: readonly EntityRow[]): Promise<void> {
  const own = inArray(memoryEntities.accountId, accountIds)
  const ids = [...new Set(rows.map(({ id }) => id))]
  const unique = [...new Map(rows.map((row) => [row.id, row])).values()]
  for (const part of parts(unique)) {
    await tx
      .insert(memoryEntities)
      .values(part)
      .onConflictDoUpdate({
        target: memoryEntities.id,
        set: toInserted(memoryEntities, 'id'),
        // What accounts share is met again and again, and is the same each time.
        setWhere: sql`(${memoryEntities.name}, ${memoryEntities.accountId}) is distinct from (excluded.name, excluded.account_id)`,
      })
  }
  await tx
    .delete(memoryEntities)
    .where(and(own, ids.length > 0 ? notInArray(memoryEntities.id, ids) : undefined))
}

async function replaceRelations(tx: Tx, accountIds: string[], rows: readonly RelationRow[]): Promise<void> {
  const known = await tx.select().from(memoryRelations).where(inArray(memoryRelations.accountId, accountIds))
  const wanted = new Map(rows.map((row) => [placeOf(row), row]))
  const before = new Set(known.map(placeOf))
  const gone = known.filter((row) => !wanted.has(placeOf(row)))
  for (const part of parts(gone)) {
    const places = part.map(
      ({ fromId, kind, toId, sourceKey }) => sql`(${fromId}, ${kind}, ${toId}, ${sourceKey})`,
    )
    const { fromId, kind, toId, sourceKey } = memoryRelations
    await tx
      .delete(memoryRelations)
      .where(sql`(${fromId}, ${kind}, ${toId}, ${sourceKey}) in (${sql.join(places, sql`, `)})`)
  }
  for (const part of parts([...wanted].flatMap(([place, row]) => (before.has(place) ? [] : [row])))) {
    await tx.insert(memoryRelations).values(part).onConflictDoNothing()
  }
}

const placeOf = ({ fromId, kind, toId, sourceKey }: RelationRow): string =>
  canonicalJson([fromId, kind, toId, sourceKey])

/** Takes out what hangs on no account any more: a competitor that nobody mentions now. */
export async function forgetLoneEntities(tx: Tx): Promise<number> {
  const rows = await tx
    .delete(memoryEntities)
    .where(
      sql`${memoryEntities.accountId} is null and not exists (
        select from ${memoryRelations} where ${memoryRelations.toId} = ${memoryEntities.id}
          or ${memoryRelations.fromId} = ${memoryEntities.id})`,
    )
    .returning({ id: memoryEntities.id })
  return rows.length
}

/** A note that a person added. False when it is there already. */
export async function insertNote(tx: Tx, note: EventRow): Promise<boolean> {
  const ownerId = sql`(select ${accounts.ownerId} from ${accounts} where ${accounts.id} = ${note.accountId})`
  const rows = await tx
    .insert(memoryEvents)
    .values({ ...note, ownerId, contentHash: hashOf(note) })
    .onConflictDoNothing()
    .returning({ key: memoryEvents.key })
  return rows.length > 0
}

/** Takes a note back, for whoever added it. Null when there is none of theirs. */
export async function deleteNote(tx: Tx, key: string, by: string): Promise<{ accountId: string } | null> {
  const [row] = await tx
    .delete(memoryEvents)
    .where(and(eq(memoryEvents.key, key), eq(memoryEvents.kind, 'told'), eq(memoryEvents.by, by)))
    .returning({ accountId: memoryEvents.accountId })
  return row ?? null
}

/** What lies further back than memory is to reach; at most so many rows at once. */
export async function deleteBefore(tx: Tx, before: Date, most: number): Promise<number> {
  const old = tx
    .select({ key: memoryEvents.key })
    .from(memoryEvents)
    .where(sql`${memoryEvents.at} < ${before.toISOString()}::timestamptz`)
    .limit(most)
  const events = await tx
    .delete(memoryEvents)
    .where(inArray(memoryEvents.key, old))
    .returning({ key: memoryEvents.key, accountId: memoryEvents.accountId })
  // What they mentioned is no longer known from anywhere.
  for (const part of parts(events)) {
    await tx.delete(memoryRelations).where(
      and(
        inArray(memoryRelations.accountId, [...new Set(part.map(({ accountId }) => accountId))]),
        inArray(
          memoryRelations.sourceKey,
          part.map(({ key }) => key),
        ),
      ),
    )
  }
  const past = tx
    .select({ key: memoryFacts.key })
    .from(memoryFacts)
    .where(sql`${memoryFacts.validTo} < ${before.toISOString()}::timestamptz`)
    .limit(most)
  const facts = await tx
    .delete(memoryFacts)
    .where(inArray(memoryFacts.key, past))
    .returning({ key: memoryFacts.key })
  return events.length + facts.length
}

/** Notes about accounts that went from the CRM so long ago that its bin has forgotten them too. */
export async function deleteNotesOfGone(tx: Tx, goneBefore: Date): Promise<number> {
  const gone = tx
    .select({ id: accounts.id })
    .from(accounts)
    .where(sql`${accounts.deletedAt} < ${goneBefore.toISOString()}::timestamptz`)
  const rows = await tx
    .delete(memoryEvents)
    .where(and(eq(memoryEvents.kind, 'told'), inArray(memoryEvents.accountId, gone)))
    .returning({ key: memoryEvents.key })
  return rows.length
}

function hashOf(row: object): string {
  const plain = Object.entries(row).map(([name, value]) => [
    name,
    value instanceof Date ? value.toISOString() : value,
  ])
  return createHash('sha256')
    .update(canonicalJson(Object.fromEntries(plain.filter(([, value]) => value !== undefined))))
    .digest('hex')
}

function toInserted(table: PgTable, primary: string): Record<string, SQL> {
  const columns = Object.entries(getTableColumns(table)).filter(
    ([name]) => name !== primary && name !== 'search',
  )
  return Object.fromEntries(
    columns.map(([name, { name: column }]) => [name, sql.raw(`excluded."${column}"`)]),
  )
}

function* parts<T>(rows: readonly T[]): Generator<T[]> {
  for (let at = 0; at < rows.length; at += MOST_ROWS) yield rows.slice(at, at + MOST_ROWS)
}
