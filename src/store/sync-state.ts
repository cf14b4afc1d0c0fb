import { eq } from 'drizzle-orm'
import { MODULES, type Module } from '../model/field.ts'
import type { Db } from './db.ts'
import { syncState } from './schema.ts'

export type SyncState = typeof syncState.$inferSelect

export async function syncStateOf(db: Db, module: Module): Promise<SyncState | null> {
  const [row] = await db.select().from(syncState).where(eq(syncState.module, module))
  return row ?? null
}

export async function syncStates(db: Db): Promise<SyncState[]> {
  return db.select().from(syncState)
}

export async function noteSync(
  db: Db,
  module: Module,
  progress: Partial<Omit<SyncState, 'module'>>,
): Promise<void> {
  await db
    .insert(syncState)
    .values({ module, ...progress })
    .onConflictDoUpdate({ target: syncState.module, set: progress })
}

/** When the whole mirror last agreed with the CRM; null while a module was never read. */
export async function mirrorAsOf(db: Db): Promise<Date | null> {
  const states = new Map((await syncStates(db)).map((state) => [state.module, state]))
  let oldest: Date | null = null
  for (const module of MODULES) {
    const state = states.get(module)
    const read = Math.max(state?.fullAt?.getTime() ?? 0, state?.deltaAt?.getTime() ?? 0)
    if (read === 0) return null
    if (oldest === null || read < oldest.getTime()) oldest = new Date(read)
  }
  return oldest
}
