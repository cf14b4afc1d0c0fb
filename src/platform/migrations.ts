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

const journal = () =>
  Journal.parse(JSON.parse(readFileSync(join(migrationsFolder, 'meta', '_journal.json'), 'utf8'))).entries

/** How a migration says that it takes away what builds before another one still use. */
const CONTRACTS = /^-- needs builds from (\S+)$/m

/**
 * Which builds may run on this build's schema: those that hold at least the migration made then. A migration only adds,
 * so that old processes live on beside it; one that takes away says from which build on nobody misses it.
 */
export function worksFrom(): number {
  const entries = journal()
  const needed = entries.flatMap(({ tag }) => {
    const [, named] = CONTRACTS.exec(readFileSync(join(migrationsFolder, `${tag}.sql`), 'utf8')) ?? []
    const build = entries.find((entry) => entry.tag === named)
    if (named && !build) throw new Error(`${tag} needs builds from ${named}, which is no migration`)
    return build ? [build.when] : []
  })
  return Math.max(entries[0]?.when ?? 0, ...needed)
}

/** When the newest migration of this build was made: drizzle's own mark of how far a database is. */
export function newestMigration(): { when: number; tag: string } {
  const newest = journal().at(-1)
  if (!newest) throw new Error('This build holds no migrations')
  return newest
}
