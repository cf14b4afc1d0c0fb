import { and, eq, notInArray, sql } from 'drizzle-orm'
import { IANAZone } from 'luxon'
import { type Owner, Preferences, type Role } from '../model/owner.ts'
import { type Db, transaction } from './db.ts'
import type { OwnerRow } from './owners.ts'
import { owners } from './schema.ts'

/** A person as the CRM knows them. */
export type CrmPerson = {
  id: string
  name: string
  email: string
  role: Role
  managerId: string | null
  zone: string | null
  active: boolean
}

/** A row with its settings filled in and its zone decided: the person's own, else Slack's, else the CRM's. */
export function ownerOf(row: OwnerRow): Owner {
  const preferences = Preferences.parse(row.preferences)
  return {
    id: row.id,
    teamId: row.teamId,
    slackUserId: row.slackUserId,
    email: row.email,
    name: row.name,
    role: row.role,
    managerId: row.managerId,
    zone: firstZone(preferences.zone, row.slackZone, row.crmZone),
    active: row.active,
    preferences,
  }
}

/** The CRM lets people type anything; a zone that no clock knows would stop their digest for good. */
function firstZone(...zones: (string | null | undefined)[]): string {
  return zones.find((zone) => typeof zone === 'string' && isZone(zone)) ?? 'UTC'
}

/** Asking makes a formatter each time, and every press asks of several people. */
const asked = new Map<string, boolean>()
function isZone(zone: string): boolean {
  const known = asked.get(zone) ?? IANAZone.isValidZone(zone)
  asked.set(zone, known)
  return known
}

/**
 * Brings the owners table up to what the CRM says of its users. A role set by hand stays; someone the CRM no
 * longer has becomes inactive and keeps their history.
 */
export async function keepPeople(db: Db, teamId: string, people: readonly CrmPerson[]): Promise<void> {
  if (people.length === 0) return
  await transaction(db, async (tx) => {
    await tx
      .insert(owners)
      .values(people.map(({ zone, ...person }) => ({ ...person, teamId, crmZone: zone })))
      .onConflictDoUpdate({
        target: owners.id,
        set: {
          name: sql`excluded.name`,
          email: sql`excluded.email`,
          managerId: sql`excluded.manager_id`,
          crmZone: sql`excluded.crm_zone`,
          active: sql`excluded.active`,
          role: sql`case when ${owners.linkedByHand} then ${owners.role} else excluded.role end`,
        },
      })
    const ids = people.map(({ id }) => id)
    await tx
      .update(owners)
      .set({ active: false })
      .where(and(eq(owners.teamId, teamId), notInArray(owners.id, ids)))
  })
}
