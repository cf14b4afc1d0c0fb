import type { Db } from '../store/db.ts'
import { reportsOf } from './identity.ts'
import { maySee, type Person } from './roles.ts'

/** Whose accounts this person may see: by the rule for one account, asked of everyone it could be true of. */
export async function seenOwners(
  db: Db,
  person: (Person & { managerId: string | null }) | null,
): Promise<string[]> {
  if (!person) return []
  const candidates = [person, ...(await reportsOf(db, person.id))]
  const seen = candidates.filter(({ id, managerId }) =>
    maySee(person, { ownerId: id, ownerManagerId: managerId }),
  )
  return [...new Set(seen.map(({ id }) => id))]
}
