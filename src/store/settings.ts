import { eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Db, Tx } from './db.ts'
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
  /** The migration, by when it was made, that a build must at least hold to run on this schema. */
  schema_works_from: z.number(),
  /** The first portfolio was reviewed and the first digests are in the outbox. */
  onboarded_at: z.string(),
  /** For how many days back memory reaches; see `memory/keep-up.ts` for what holds without it. */
  memory_keep_days: z.int().positive(),
  /** Names that memory recognises in texts. */
  memory_vocabulary: z.object({ products: z.array(z.string()), competitors: z.array(z.string()) }),
  /** What `hold` found in a database that came back from a backup; what the CRM did since is to be compared. */
  restored: z.object({
    /** ISO 8601. */
    asOf: z.string(),
    heldAt: z.string(),
    /** How many audit events the backup held; null when nothing was held. */
    events: z.int().nullable().default(null),
    /** Effects without a record that somebody took as they are. */
    accepted: z.array(z.string()),
  }),
  /** What admins were told of dead letters last, see `jobs/dead-letter-card.ts`. */
  dead_letter_card: z.object({
    burst: z.string(),
    /** ISO 8601. */
    postedAt: z.string(),
    /** What it showed, to tell whether there is anything new to say. */
    shown: z.string(),
    revision: z.number(),
  }),
} as const

export type SettingKey = keyof typeof SETTINGS
export type Setting<K extends SettingKey> = z.infer<(typeof SETTINGS)[K]>

export async function setting<K extends SettingKey>(db: Db, key: K): Promise<Setting<K> | null> {
  const [row] = await db.select({ value: settings.value }).from(settings).where(eq(settings.key, key))
  return row ? (SETTINGS[key].parse(row.value) as Setting<K>) : null
}

/** The same, held until the transaction ends: whoever else wants it waits. */
export async function lockSetting<K extends SettingKey>(
  tx: Tx,
  key: K,
  otherwise: Setting<K>,
): Promise<Setting<K>> {
  await tx.insert(settings).values({ key, value: otherwise }).onConflictDoNothing()
  const [row] = await tx
    .select({ value: settings.value })
    .from(settings)
    .where(eq(settings.key, key))
    .for('update')
  return SETTINGS[key].parse(row?.value) as Setting<K>
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
