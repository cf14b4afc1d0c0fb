import { chownSync, writeFileSync } from 'node:fs'
import { Redis } from 'ioredis'
import { ownFolder, postgresMissing, serverUser, UP_WITHIN_MS } from '../src/sandbox/local-postgres.ts'
import { freePort } from './free-port.ts'
import { run, until } from './processes.ts'

export {
  asUser,
  type OwnPostgres,
  ownFolder,
  postgresProgram,
  serverUser,
  startPostgres,
  startPostgresOn,
} from '../src/sandbox/local-postgres.ts'

/** A Redis of one's own, on a free port and in a folder that goes with it. */
export type OwnRedis = {
  url: string
  port: number
  flush(): Promise<void>
  /** Killed; what it held is gone when it is up again. */
  down(): Promise<void>
  up(): Promise<void>
  stop(): Promise<void>
}

export async function startRedis(): Promise<OwnRedis> {
  const home = ownFolder('redis')
  const port = await freePort()
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    home.path,
  ]
  const start = () => run('redis-server', args, { user: serverUser() })
  let running = start()
  const client = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null })
  // While it starts; `until` says so when it takes too long.
  client.on('error', () => {})
  const answers = () => until(async () => (await client.ping()) === 'PONG', UP_WITHIN_MS)
  await answers()
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    async down() {
      running.signal('SIGKILL')
      await running.ended
    },
    async up() {
      running = start()
      await answers()
    },
    flush: async () => void (await client.flushall()),
    async stop() {
      client.disconnect()
      await running.stop()
      home.remove()
    },
  }
}

/** Why the tests that need servers of their own cannot run here; null when they can. */
export function serversMissing(): string | null {
  return postgresMissing() && 'Postgres and Redis are not installed on this machine'
}

/** For a server's own settings file. */
export function writeAsServer(path: string, text: string): void {
  writeFileSync(path, text)
  const user = serverUser()
  if (user) chownSync(path, user.uid, user.gid)
}
