import type { Db } from '../store/db.ts'
import { allOwners, followedSince, mirrorSpan, rememberedAccounts } from '../store/mirror-history.ts'
import { mirrorAsOf } from '../store/sync-state.ts'
import type { HistorySource } from './history.ts'

/** The mirror, with the moves it kept since it began to follow the CRM. */
export async function openMirrorSource(db: Db, now: Date): Promise<HistorySource> {
  const owners = await allOwners(db)
  const followed = await followedSince(db, now)
  const span = await mirrorSpan(db, now)
  // Silence after the last activity is told by a mirror that was read since.
  const last = (await mirrorAsOf(db)) ?? span?.last
  return {
    days: span && last ? { first: dayOf(span.first), last: dayOf(last) } : null,
    followed: followed && dayOf(followed),
    notes: [],
    followedBy: (moment) => followed !== null && followed <= moment,
    async *accounts() {
      for await (const remembered of rememberedAccounts(db)) yield { ...remembered, owners }
    },
  }
}

function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10)
}
