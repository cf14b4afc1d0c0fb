import { and, eq, inArray, type SQL } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Owner } from '../model/owner.ts'
import type { Db } from '../store/db.ts'
import { ownerOf } from '../store/people.ts'
import { owners } from '../store/schema.ts'

/** Who somebody is: a CRM user and a Slack user known to be the same person. */

/** The person behind a verified Slack payload; null for anyone we do not know in that workspace. */
export async function personOf(db: Db, teamId: string, slackUserId: string): Promise<Owner | null> {
  const [person] = await ownersWhere(db, and(eq(owners.teamId, teamId), eq(owners.slackUserId, slackUserId)))
  return person ?? null
}

/** @param id the CRM user id */
export async function ownerById(db: Db, id: string): Promise<Owner | null> {
  const [owner] = await ownersWhere(db, eq(owners.id, id))
  return owner ?? null
}

/** Those who report to this person, by name; the inactive ones too, since their accounts fall to the manager. */
export function reportsOf(db: Db, managerId: string): Promise<Owner[]> {
  return ownersWhere(db, eq(owners.managerId, managerId))
}

async function ownersWhere(db: Db, condition: SQL | undefined): Promise<Owner[]> {
  const rows = await db.select().from(owners).where(condition).orderBy(owners.name, owners.id)
  return rows.map(ownerOf)
}

/** The people whom a decision about an account concerns, for `mayDecide`. One query, because every press asks. */
export async function peopleAround(
  db: Db,
  { accountOwnerId, askedOwnerId }: { accountOwnerId: string | null; askedOwnerId: string },
): Promise<{ owner: Owner | null; manager: Owner | null }> {
  const managers = alias(owners, 'manager')
  const rows = await db
    .select({ owner: owners, manager: managers })
    .from(owners)
    .leftJoin(managers, eq(managers.id, owners.managerId))
    .where(inArray(owners.id, accountOwnerId ? [accountOwnerId, askedOwnerId] : [askedOwnerId]))
  const found = rows.find(({ owner }) => owner.id === accountOwnerId) ?? rows[0]
  return {
    owner: found ? ownerOf(found.owner) : null,
    manager: found?.manager ? ownerOf(found.manager) : null,
  }
}
