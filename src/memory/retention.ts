import type { Audit } from '../audit/audit.ts'
import { DAY_MS } from '../model/memory.ts'
import { type Db, transaction } from '../store/db.ts'
import { deleteBefore, deleteNotesOfGone, forgetLoneEntities } from '../store/memory-writes.ts'
import { rememberedSince } from './keep-up.ts'

/** In one transaction; a company that shortens its memory forgets in several. */
const AT_ONCE = 2_000
/** Zoho's own bin is emptied then: an account that comes back before finds its notes again. */
const BIN_DAYS = 60

/**
 * Forgets what lies further back than memory reaches; the trail tells how much, and how far back.
 *
 * @returns how many rows
 */
export async function forgetOld(tools: { db: Db; audit: Audit; teamId: string }): Promise<number> {
  const before = await rememberedSince(tools.db)
  const goneBefore = new Date(Date.now() - BIN_DAYS * DAY_MS)
  let forgotten = 0
  for (;;) {
    const some = await forgetSome(tools, before, goneBefore)
    forgotten += some
    if (some === 0) break
  }
  await transaction(tools.db, forgetLoneEntities)
  return forgotten
}

function forgetSome(
  { db, audit, teamId }: { db: Db; audit: Audit; teamId: string },
  before: Date,
  goneBefore: Date,
): Promise<number> {
  return transaction(db, async (tx) => {
    const rows = (await deleteBefore(tx, before, AT_ONCE)) + (await deleteNotesOfGone(tx, goneBefore))
    if (rows > 0) {
      await audit.append(tx, {
        teamId,
        actor: 'system',
        action: 'memory.forgotten',
        subject: 'memory',
        about: null,
        payload: { before: before.toISOString(), rows },
      })
    }
    return rows
  })
}
