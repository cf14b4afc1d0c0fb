import { execFile } from 'node:child_process'
import { chownSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { freePort } from './free-port.ts'
import { onExit, type Running, runProgram, type User, until } from './processes.ts'

/**
 * A Postgres of one's own, on a free port and in a folder that goes with it: what is killed, emptied and restored here
 * is never a server that was there before.
 */
export type OwnPostgres = {
  /** Of the database `sergas`, as its superuser. */
  url: string
  port: number
  dataDir: string
  /** As a power cut would end it, and up again; resolves when it answers. */
  crash(): Promise<void>
  /** The halves of a crash, for what is to be seen in between. */
  down(): Promise<void>
  up(): Promise<void>
  stop(): Promise<void>
}

export const UP_WITHIN_MS = 30_000

/** @param settings laid over those of `initdb`, such as `wal_level`. */
export async function startPostgres(settings: Record<string, string> = {}): Promise<OwnPostgres> {
  const home = ownFolder('postgres')
  const dataDir = join(home.path, 'data')
  await asUser(postgresProgram('initdb'), [
    '-D',
    dataDir,
    '-U',
    'sergas',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--no-sync',
  ])
  return startPostgresOn(dataDir, settings, home.remove)
}

/** Starts a server on a data directory that is there, such as a restored one. */
export async function startPostgresOn(
  dataDir: string,
  settings: Record<string, string> = {},
  removed: () => void = () => {},
): Promise<OwnPostgres> {
  const port = await freePort()
  const log = openSync(join(dataDir, '..', 'postgres.log'), 'a')
  const options = {
    ...SETTINGS,
    ...settings,
    port: String(port),
    unix_socket_directories: join(dataDir, '..'),
  }
  const args = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const start = () =>
    runProgram(postgresProgram('postgres'), ['-D', dataDir, ...args], { user: serverUser(), log })
  const server = `postgres://sergas@127.0.0.1:${port}/postgres`
  const url = `postgres://sergas@127.0.0.1:${port}/sergas`
  let running: Running = start()
  await answersSql(server)
  await createDatabase(server)
  const down = async () => {
    running.signal('SIGQUIT')
    await running.ended
  }
  const up = async () => {
    running = start()
    await answersSql(server)
  }
  return {
    url,
    port,
    dataDir,
    down,
    up,
    async crash() {
      await down()
      await up()
    },
    async stop() {
      // At once: SIGINT is what Postgres calls a fast shutdown.
      running.signal('SIGINT')
      await running.ended
      removed()
    },
  }
}

/** Durable as in production; connections for several processes with pools of their own. */
const SETTINGS = { listen_addresses: '127.0.0.1', max_connections: '200', log_min_messages: 'fatal' }

async function answersSql(url: string): Promise<void> {
  await until(async () => {
    const client = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 2 })
    try {
      await client`select 1`
      return true
    } catch {
      // Not up yet: `until` says so when it takes too long.
      return false
    } finally {
      await client.end({ timeout: 1 })
    }
  }, UP_WITHIN_MS)
}

async function createDatabase(server: string): Promise<void> {
  const client = postgres(server, { max: 1, onnotice: () => {} })
  try {
    const [there] = await client`select 1 from pg_database where datname = 'sergas'`
    if (!there) await client.unsafe('create database sergas')
  } finally {
    await client.end()
  }
}

/** A folder that the servers may write to. */
export function ownFolder(what: string): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), `sergas-${what}-`))
  const user = serverUser()
  if (user) chownSync(path, user.uid, user.gid)
  const remove = () => rmSync(path, { recursive: true, force: true })
  const forget = onExit(remove)
  return {
    path,
    remove() {
      remove()
      forget()
    },
  }
}

/** Postgres refuses to run as root; whoever else runs this is good enough. */
export function serverUser(): User | null {
  if (process.getuid?.() !== 0) return null
  const [, , uid, gid] = /^nobody:.*$/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[0].split(':') ?? []
  if (!uid || !gid) throw new Error('Postgres does not run as root, and there is no user nobody')
  return { uid: Number(uid), gid: Number(gid) }
}

const execute = promisify(execFile)

/** Runs a program to its end as the user of the servers. @throws with what it said when it fails. */
export async function asUser(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await execute(program, args, { cwd: tmpdir(), ...serverUser(), maxBuffer: 1 << 26 })
  return stdout
}

/** Debian keeps Postgres's own programs out of the path. */
export function postgresProgram(name: string): string {
  const root = '/usr/lib/postgresql'
  const [newest] = readdirSync(root).sort((a, b) => Number(b) - Number(a))
  if (!newest) throw new Error(`There is no Postgres in ${root}`)
  return join(root, newest, 'bin', name)
}

/** Why a Postgres of one's own cannot be had here; null when it can. */
export function postgresMissing(): string | null {
  try {
    postgresProgram('postgres')
    return null
  } catch {
    return "Postgres' own programs are not installed on this machine"
  }
}
