import type { Db } from './db.ts'
import { slackInstallations } from './schema.ts'

export type Installation = Omit<typeof slackInstallations.$inferSelect, 'installedAt'>

/** The workspace we were installed in last; null before the first start. */
export async function installationOf(db: Db): Promise<Installation | null> {
  const [row] = await db.select().from(slackInstallations).limit(1)
  return row ?? null
}
