import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'
import { extensions, overPglite } from '../src/platform/embedded.ts'
import { migrationsFolder, packageRoot } from '../src/platform/migrations.ts'
import { migrateProduction } from '../src/platform/production.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A migrated, empty database that every test's own is copied from. */
    database: { dump: string } | { server: string; template: string }
  }
}

/** Made once per run: initdb and the migrations take seconds, a copy takes a fraction of one. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const server = process.env.TEST_DATABASE_URL
  if (!server) {
    project.provide('database', { dump: await dumpOnce() })
    return
  }
  const template = `sergas_template_${randomBytes(6).toString('hex')}`
  const admin = postgres(server, { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${template}`)
  await migrateProduction(databaseUrl(server, template))
  project.provide('database', { server, template })
  return async () => {
    await admin.unsafe(`drop database ${template}`)
    await admin.end()
  }
}

export function databaseUrl(server: string, name: string): string {
  return Object.assign(new URL(server), { pathname: name }).href
}

/** Kept between runs under the name of what it was made from. */
async function dumpOnce(): Promise<string> {
  const folder = join(packageRoot(), 'node_modules', '.cache', 'sergas')
  const file = join(folder, `database-${fingerprint()}.tar`)
  if (existsSync(file)) return file
  const client = await PGlite.create({ extensions })
  const platform = await overPglite(client)
  const dump = await client.dumpDataDir('none')
  await platform.close()
  mkdirSync(folder, { recursive: true })
  // Two runs at once must not see half a file.
  const unfinished = `${file}.${process.pid}`
  writeFileSync(unfinished, Buffer.from(await dump.arrayBuffer()))
  renameSync(unfinished, file)
  return file
}

function fingerprint(): string {
  const hash = createHash('sha256')
  for (const file of [
    join(migrationsFolder, 'meta', '_journal.json'),
    join(packageRoot(), 'package-lock.json'),
  ])
    hash.update(readFileSync(file))
  return hash.digest('hex').slice(0, 16)
}
