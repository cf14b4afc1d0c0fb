import { and, eq, isNull, lt, sql } from 'drizzle-orm'
import { clock, fromNow } from './clock.ts'
import type { Db } from './db.ts'
import { scheduleRuns } from './schema.ts'

/** Takes a slot of a schedule; false in every process but one. */
export async function takeSlot(db: Db, schedule: string, slot: Date): Promise<boolean> {
  const rows = await db
    .insert(scheduleRuns)
    .values({ schedule, slot })
    .onConflictDoNothing()
    .returning({ slot: scheduleRuns.slot })
  return rows.length > 0
}

export async function slotHandedOver(db: Db, schedule: string, slot: Date): Promise<void> {
  await db
    .update(scheduleRuns)
    .set({ enqueuedAt: clock })
    .where(and(eq(scheduleRuns.schedule, schedule), eq(scheduleRuns.slot, slot)))
}

/** Gives a slot back, so that whoever finds it is still its time takes it again. */
export async function freeSlot(db: Db, schedule: string, slot: Date): Promise<void> {
  await db
    .delete(scheduleRuns)
    .where(
      and(eq(scheduleRuns.schedule, schedule), eq(scheduleRuns.slot, slot), isNull(scheduleRuns.enqueuedAt)),
    )
}

/** Slots whose winner died before it handed over the job, or could not: taken anew, each by one process. */
export async function takeForgottenSlots(db: Db): Promise<{ schedule: string; slot: Date }[]> {
  return db
    .update(scheduleRuns)
    .set({ startedAt: clock })
    .where(and(isNull(scheduleRuns.enqueuedAt), lt(scheduleRuns.startedAt, fromNow(-30_000))))
    .returning({ schedule: scheduleRuns.schedule, slot: scheduleRuns.slot })
}

export async function forgetSlots(db: Db): Promise<void> {
  await db.delete(scheduleRuns).where(lt(scheduleRuns.slot, sql`clock_timestamp() - interval '90 days'`))
}
