import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { ConfigError } from '../errors.ts'

/**
 * One process per data directory: the embedded database has no lock of its own, and two openers corrupt it.
 * The file says who holds it, and where the holder's admin endpoint listens, so that the CLI can ask it.
 */
const Holder = z.object({
  pid: z.int().positive(),
  /** When that process began, as the system tells it: a pid alone may have been given to another. */
  began: z.string().nullable(),
  admin: z.object({ url: z.string(), token: z.string() }).nullable(),
})
export type Holder = z.infer<typeof Holder>

const file = (dataDir: string) => join(dataDir, 'lock.json')

/**
 * @throws ConfigError when a living process holds the directory.
 */
export function lockDataDir(dataDir: string) {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const mine: Holder = { pid: process.pid, began: beganAt(process.pid), admin: null }
  const take = () => writeFileSync(file(dataDir), JSON.stringify(mine), { flag: 'wx', mode: 0o600 })
  try {
    take()
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
    const holder = livingHolder(dataDir)
    if (holder) {
      throw new ConfigError([
        `${dataDir} is in use by process ${holder.pid}: stop it, or choose another directory`,
      ])
    }
    rmSync(file(dataDir), { force: true })
    take()
  }
  return {
    /** Tells the CLI where to ask. */
    announce(admin: NonNullable<Holder['admin']>) {
      writeFileSync(file(dataDir), JSON.stringify({ ...mine, admin }), { mode: 0o600 })
    },
    release() {
      rmSync(file(dataDir), { force: true })
    },
  }
}

/** Who holds the directory now; null when nobody alive does. */
export function livingHolder(dataDir: string): Holder | null {
  let text: string
  try {
    text = readFileSync(file(dataDir), 'utf8')
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null
    throw error
  }
  const holder = Holder.safeParse(parseJson(text))
  // A half-written file comes from a process that died while writing it.
  if (!holder.success || !isAlive(holder.data)) return null
  return holder.data
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    if (isCode(error, 'ESRCH')) return false
  }
  return holder.began === beganAt(holder.pid)
}

/** Linux only; elsewhere null, and the pid alone decides. */
function beganAt(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command name is in parentheses and may hold spaces; the start time is the 20th field after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null
    throw error
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
