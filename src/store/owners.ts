import { and, asc, eq, exists, inArray, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Preferences } from '../model/owner.ts'
import type { Db } from './db.ts'
import { accounts, owners } from './schema.ts'

export type OwnerRow = typeof owners.$inferSelect

/** Their App Home no longer shows the truth; a job publishes it anew. */
export async function markHomeStale(db: Db, ownerIds: readonly string[]): Promise<void> {
  if (ownerIds.length === 0) return
  await db
    .update(owners)
    .set({ homeStale: true })
    .where(and(inArray(owners.id, [...ownerIds]), eq(owners.homeStale, false)))
}

/** Takes the mark off before publishing: what changes meanwhile puts it back. */
export async function takeHomeMark(db: Db, ownerId: string): Promise<void> {
  await db.update(owners).set({ homeStale: false }).where(eq(owners.id, ownerId))
}

/** People whose App Home waits to be published; with `accountIds`, only those who own one of them. */
export async function staleHomes(db: Db, accountIds?: readonly string[]): Promise<string[]> {
  const ownsOne = (ids: readonly string[]) =>
    inArray(
      owners.id,
      db
        .select({ id: accounts.ownerId })
        .from(accounts)
        .where(inArray(accounts.id, [...ids])),
    )
  const rows = await db
    .select({ id: owners.id })
    .from(owners)
    .where(
      and(
        eq(owners.homeStale, true),
        isNotNull(owners.slackUserId),
        accountIds ? ownsOne(accountIds) : undefined,
      ),
    )
  return rows.map((row) => row.id)
}

export async function homeWasSeen(db: Db, ownerId: string): Promise<void> {
  await db.update(owners).set({ homeSeenAt: sql`clock_timestamp()` }).where(eq(owners.id, ownerId))
}

/** Lays these settings over the person's others. */
export async function setPreferences(
  db: Db,
  ownerId: string,
  preferences: Partial<Preferences>,
): Promise<void> {
  await db
    .update(owners)
    .set({
      preferences: sql`${owners.preferences} || ${JSON.stringify(preferences)}::jsonb`,
      homeStale: true,
    })
    .where(eq(owners.id, ownerId))
}

/** Active people who own an account, by name. */
export async function ownersWithAccounts(db: Db): Promise<OwnerRow[]> {
  const owned = db
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(eq(accounts.ownerId, owners.id), isNull(accounts.deletedAt)))
  return db
    .select()
    .from(owners)
    .where(and(eq(owners.active, true), exists(owned)))
    .orderBy(asc(owners.name))
}

/** Active admins who can be told something in Slack. */
export async function adminsInSlack(db: Db): Promise<OwnerRow[]> {
  return db
    .select()
    .from(owners)
    .where(and(eq(owners.role, 'admin'), eq(owners.active, true), isNotNull(owners.slackUserId)))
    .orderBy(asc(owners.id))
}

export async function ownerNames(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .select({ id: owners.id, name: owners.name })
    .from(owners)
    .where(inArray(owners.id, [...ids]))
  return new Map(rows.map(({ id, name }) => [id, name]))
}
