import type { Role } from '../../model/owner.ts'
import type { Db } from '../../store/db.ts'
import { keepPeople } from '../../store/people.ts'
import type { CrmReader, CrmUser } from '../crm.ts'

/** Brings CRM users into the owners table. Who they are in Slack is found elsewhere. */
export async function syncPeople({
  db,
  crm,
  teamId,
}: {
  db: Db
  crm: Pick<CrmReader, 'users'>
  teamId: string
}): Promise<{ seen: number; active: number }> {
  const users = await crm.users()
  const roles = rolesOf(users)
  await keepPeople(
    db,
    teamId,
    users.map(({ isAdmin: _, ...user }) => ({ ...user, role: roles.get(user.id) ?? 'owner' })),
  )
  return { seen: users.length, active: users.filter((user) => user.active).length }
}

/** A CRM administrator is ours too; whoever active people report to is a manager; anyone else an owner. */
export function rolesOf(users: readonly CrmUser[]): Map<string, Role> {
  const managers = new Set(users.flatMap((user) => (user.active && user.managerId ? [user.managerId] : [])))
  return new Map(
    users.map((user) => [user.id, user.isAdmin ? 'admin' : managers.has(user.id) ? 'manager' : 'owner']),
  )
}
