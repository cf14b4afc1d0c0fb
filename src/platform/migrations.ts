import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/** The package's own folder: `src/` and `dist/` lie at different depths below it. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}

export const migrationsFolder = join(packageRoot(), 'migrations')

const Journal = z.object({ entries: z.array(z.object({ when: z.number(), tag: z.string() })) })

/** When the newest migration of this build was made: drizzle's own mark of how far a database is. */
export function newestMigration(): { when: number; tag: string } {
  const journal = Journal.parse(
    JSON.parse(readFileSync(join(migrationsFolder, 'meta', '_journal.json'), 'utf8')),
  )
  const newest = journal.entries.at(-1)
  if (!newest) throw new Error('This build holds no migrations')
  return newest
}
