import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { createLog } from '../../src/log.ts'
import { packageRoot } from '../../src/platform/migrations.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { createDatabase, placeDatabase } from '../database.ts'
import { freePort } from '../free-port.ts'
import { companyOf, RATE_FACTOR, type Visitor, visit } from './world.ts'

/**
 * A command of the built CLI, in a process of its own; what it printed is kept for whoever looks at a failure.
 *
 * @param root of another build than this one
 */
export function sergas(args: readonly string[], env: Record<string, string>, root = packageRoot()) {
  const child = spawn(process.execPath, [join(root, 'dist', 'main.js'), ...args], {
    env: { PATH: process.env.PATH ?? '', LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  // Not 'exit': what it said last may still be on its way then.
  const exited = once(child, 'close').then(([code]) => code as number | null)
  return {
    child,
    exited,
    output: () => output,
    async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
      if (isRunning(child)) child.kill(signal)
      return exited
    },
  }
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null
}

export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'sergas-flow-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Settings of a platform for another process, as the environment of the tests asks for. */
export async function platformSettings(): Promise<{
  env: Record<string, string>
  drop: () => Promise<void>
}> {
  if (!process.env.TEST_DATABASE_URL) {
    const folder = temporaryFolder()
    await placeDatabase(folder.path)
    return { env: { DATA_DIR: folder.path }, drop: async () => folder.remove() }
  }
  const database = await createDatabase()
  const redis = process.env.TEST_REDIS_URL
  if (!redis) return { env: { DATABASE_URL: database.url }, drop: database.drop }
  // The queue's names are the product's own, so each worker of the tests has a Redis database to itself.
  const own = new URL(redis)
  own.pathname = `/${1 + (Number(process.env.VITEST_POOL_ID ?? 1) % 15)}`
  const client = new Redis(own.href)
  await client.flushdb()
  client.disconnect()
  return { env: { DATABASE_URL: database.url, REDIS_URL: own.href }, drop: database.drop }
}

/** A company in this process, for a bot that lives in another and listens on the port. */
export async function companyBeside(): Promise<{ port: number; sandbox: Sandbox; world: Visitor }> {
  const port = await freePort()
  const botUrl = `http://127.0.0.1:${port}`
  const sandbox = await startSandbox({
    port: 0,
    dir: null,
    company: companyOf({}),
    log: createLog('silent'),
    rateFactor: RATE_FACTOR,
    botUrl,
  })
  return { port, sandbox, world: visit(sandbox.url, sandbox.env, botUrl) }
}
