import { eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Db } from './db.ts'
import { settings } from './schema.ts'

/** Switches and facts that outlive a process. One schema per key, so that a value is read as it was written. */
const SETTINGS = {
  /** The kill switch: no operation is claimed while true. */
  writes_stopped: z.boolean(),
  /** Nothing is proposed or sent unasked until then, ISO 8601; null: not paused. */
  paused_until: z.string().nullable(),
  /** What the CRM said of its fields: which we can use, and the choices of its picklists by `Module.API_Name`. */
  crm_fields: z.object({
    unmapped: z.array(z.string()),
    problems: z.array(z.string()),
    picklists: z.record(z.string(), z.array(z.string())),
  }),
  /** The first portfolio was reviewed and the first digests are in the outbox. */
  onboarded_at: z.string(),
} as const

export type SettingKey = keyof typeof SETTINGS
export type Setting<K extends SettingKey> = z.infer<(typeof SETTINGS)[K]>

export async function setting<K extends SettingKey>(db: Db, key: K): Promise<Setting<K> | null> {
  const [row] = await db.select({ value: settings.value }).from(settings).where(eq(settings.key, key))
  return row ? (SETTINGS[key].parse(row.value) as Setting<K>) : null
}

export async function setSetting<K extends SettingKey>(
  db: Db,
  key: K,
  value: Setting<K>,
  updatedBy: string,
): Promise<void> {
  await db
    .insert(settings)
    .values({ key, value, updatedBy })
    .onConflictDoUpdate({
      target: settings.key,
      set: { value, updatedBy, updatedAt: sql`clock_timestamp()` },
    })
}

/** A setting with who changed it last, and when. */
export async function settingRow(db: Db, key: SettingKey): Promise<typeof settings.$inferSelect | null> {
  const [row] = await db.select().from(settings).where(eq(settings.key, key))
  return row ?? null
}
