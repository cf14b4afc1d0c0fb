import { and, asc, eq, inArray, isNotNull, isNull, notInArray, or } from 'drizzle-orm'
import type { Db } from './db.ts'
import { ownedBy } from './mirror.ts'
import { accounts } from './schema.ts'

/** Ids of the accounts these people own; of all accounts when null. */
export async function accountIdsOf(db: Db, ownerIds: readonly string[] | null): Promise<string[]> {
  const rows = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(isNull(accounts.deletedAt), ownedBy(ownerIds)))
    .orderBy(asc(accounts.id))
  return rows.map(({ id }) => id)
}

/** All accounts but those these people own: nobody's among them. */
export async function accountIdsExcept(db: Db, ownerIds: readonly string[]): Promise<string[]> {
  const rows = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(
      and(
        isNull(accounts.deletedAt),
        ownerIds.length === 0
          ? undefined
          : or(isNull(accounts.ownerId), notInArray(accounts.ownerId, [...ownerIds])),
      ),
    )
    .orderBy(asc(accounts.id))
  return rows.map(({ id }) => id)
}

/** Those of these accounts that the CRM no longer has. */
export async function goneAccounts(db: Db, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const rows = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(inArray(accounts.id, [...ids]), isNotNull(accounts.deletedAt)))
  return rows.map(({ id }) => id)
}

/** Whether it exists, and is one of these people's; anybody's when null. */
export async function isVisible(
  db: Db,
  accountId: string,
  ownerIds: readonly string[] | null,
): Promise<boolean> {
  const rows = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(eq(accounts.id, accountId), isNull(accounts.deletedAt), ownedBy(ownerIds)))
  return rows.length > 0
}
