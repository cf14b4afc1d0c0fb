import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { migrationsFolder, newestMigration, worksFrom } from '../../src/platform/migrations.ts'

/** What a process of the build before it would stumble over. */
const TAKES_AWAY = [
  /\bdrop\s+(column|table|schema|type|constraint|not null)\b/i,
  /\brename\b/i,
  /\bset\s+not\s+null\b/i,
  /\balter\s+column\b[^;]*\b(set\s+data\s+)?type\b/i,
  /\badd\s+column\b[^;]*\bnot\s+null\b(?![^;]*\bdefault\b)/i,
]
/** Takes away on purpose, and says from which build on nobody misses it. */
const SAYS_SO = /^-- needs builds from \S+$/m

const files = readdirSync(migrationsFolder)
  .filter((name) => name.endsWith('.sql'))
  .toSorted()

test.each(files.slice(1))('%s only adds, so that the build before it goes on beside it', (name) => {
  const text = readFileSync(join(migrationsFolder, name), 'utf8')
  const statements = text.replaceAll(/--.*$/gm, '')

  if (!SAYS_SO.test(text)) for (const word of TAKES_AWAY) expect(statements).not.toMatch(word)
})

test('this build runs on the schema it brings', () => {
  expect(worksFrom()).toBeLessThanOrEqual(newestMigration().when)
})
