import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import {
  asUser,
  type OwnPostgres,
  ownFolder,
  postgresProgram,
  startPostgres,
} from '../sandbox/local-postgres.ts'

/** The database that will be lost, with what is kept of it elsewhere: a base backup, and its WAL as it is archived. */
export type Primary = {
  server: OwnPostgres
  /** Where WAL is archived to. */
  archive: string
  remove(): void
}

/** One transaction of the drill's own, four times a second: the last one that is there again tells what was lost. */
export type Beat = {
  at: number
  /** How far the WAL was, in bytes. */
  lsn: number
  /** The transaction of the newest decision then; null: nobody had decided. */
  xid: string | null
}

export type Backup = { dir: string; bytes: number; tookMs: number }

const BEAT_EVERY_MS = 250
const SEGMENT_BYTES = 16 * 1024 * 1024

export async function startPrimary(archiveTimeoutS: number): Promise<Primary> {
  const archive = ownFolder('wal')
  // Renamed when it is whole: what a crash leaves half is no segment.
  const copy = `test ! -f ${archive.path}/%f && cp %p ${archive.path}/%f.part && mv ${archive.path}/%f.part ${archive.path}/%f`
  const server = await startPostgres({
    archive_mode: 'on',
    archive_timeout: `${archiveTimeoutS}s`,
    archive_command: copy,
  })
  return { server, archive: archive.path, remove: archive.remove }
}

export async function baseBackup({ server }: Primary, dir: string): Promise<Backup> {
  const started = performance.now()
  const where = ['-h', '127.0.0.1', '-p', String(server.port), '-U', 'sergas']
  await asUser(postgresProgram('pg_basebackup'), [...where, '-D', dir, '--checkpoint=fast', '--no-sync'])
  return { dir, bytes: bytesIn(dir), tookMs: performance.now() - started }
}

/** @returns what was noted so far, and how to end it */
export async function startBeating({
  server,
}: Primary): Promise<{ beats: Beat[]; stop: () => Promise<void> }> {
  const client = postgres(server.url, { max: 1, onnotice: () => {} })
  await client`create schema drill`
  await client`create table drill.heartbeat (at timestamptz not null)`
  const beats: Beat[] = []
  let beating = true
  const loop = (async () => {
    while (beating) {
      const [row] = await client`insert into drill.heartbeat values (clock_timestamp()) returning
        extract(epoch from at) * 1000 as at, pg_current_wal_lsn() - '0/0' as lsn,
        (select xmin::text from decisions order by decisions.at desc limit 1) as xid`
      beats.push({ at: Number(row?.at), lsn: Number(row?.lsn), xid: row?.xid ?? null })
      await sleep(BEAT_EVERY_MS)
    }
  })()
  // It ends with its database.
  loop.catch(() => {})
  return {
    beats,
    async stop() {
      beating = false
      await client.end({ timeout: 0 })
    },
  }
}

/** What is safe from the loss of the database. */
export function archived(archive: string): { segments: number; bytes: number; endLsn: number } {
  const segments = readdirSync(archive)
    .filter((name) => /^[0-9A-F]{24}$/.test(name))
    .sort()
  const last = segments.at(-1)
  const number = last
    ? Number.parseInt(last.slice(8, 16), 16) * 256 + Number.parseInt(last.slice(16), 16) + 1
    : 0
  return { segments: segments.length, bytes: bytesIn(archive), endLsn: number * SEGMENT_BYTES }
}

function bytesIn(dir: string): number {
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).map((name) =>
    statSync(join(dir, name)),
  )
  return files.filter((file) => file.isFile()).reduce((sum, { size }) => sum + size, 0)
}
