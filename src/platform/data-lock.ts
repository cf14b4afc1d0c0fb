import { randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { ConfigError } from '../errors.ts'

/**
 * One process per data directory: the embedded database has no lock of its own, and two openers corrupt it.
 *
 * Each holder has a file of its own, `lock.<number>.json`, and the highest number counts. A file system can create
 * a name for one process only, but cannot replace a file on condition; so a dead holder's file is never taken away
 * to make room, it is outnumbered, and of two that try to be next one fails. The highest stays for good, even
 * empty: a number must never be given twice.
 */
const Holder = z.object({
  pid: z.int().positive(),
  /** When that process began, as the system tells it: a pid alone may have been given to another. */
  began: z.string().nullable(),
  /** Where the holder is asked by the command line, which may not open the same directory. */
  admin: z.object({ url: z.string(), token: z.string() }).nullable(),
})
export type Holder = z.infer<typeof Holder>

type Entry = { number: number; holder: Holder | null }

const NAME = /^lock\.(\d+)\.json$/
const fileOf = (dataDir: string, number: number) => join(dataDir, `lock.${number}.json`)

/**
 * @throws ConfigError when a living process holds the directory.
 */
export function lockDataDir(dataDir: string) {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const mine: Holder = { pid: process.pid, began: beganAt(process.pid), admin: null }
  const number = take(dataDir, mine)
  const keep = (holder: Holder | null) => {
    // Written aside and renamed: whoever reads it meanwhile sees the one or the other.
    renameSync(writtenAside(dataDir, holder), fileOf(dataDir, number))
  }
  return {
    /** Tells the command line where to ask. */
    announce: (admin: NonNullable<Holder['admin']>) => keep({ ...mine, admin }),
    release: () => keep(null),
  }
}

/** Who holds the directory now; null when nobody alive does. */
export function livingHolder(dataDir: string): Holder | null {
  return newest(dataDir).holder
}

/** @returns the number under which this process holds the directory */
function take(dataDir: string, mine: Holder): number {
  for (;;) {
    const last = newest(dataDir)
    if (last.holder) {
      throw new ConfigError([
        `${dataDir} is in use by process ${last.holder.pid}: stop it, or choose another directory`,
      ])
    }
    const number = last.number + 1
    if (!create(dataDir, number, mine)) continue
    const numbers = numbersIn(dataDir)
    // Looked at too long ago: others came and went since, and removed the file that had this number.
    if (numbers.some((each) => each > number)) {
      rmSync(fileOf(dataDir, number), { force: true })
      continue
    }
    for (const each of numbers) if (each < number) rmSync(fileOf(dataDir, each), { force: true })
    return number
  }
}

/** False when another process has that number. The name appears with its content or not at all. */
function create(dataDir: string, number: number, holder: Holder): boolean {
  const written = writtenAside(dataDir, holder)
  try {
    linkSync(written, fileOf(dataDir, number))
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  } finally {
    rmSync(written)
  }
}

function writtenAside(dataDir: string, holder: Holder | null): string {
  const file = join(dataDir, `lock.${randomUUID()}.part`)
  writeFileSync(file, JSON.stringify(holder), { mode: 0o600 })
  return file
}

/** The entry that counts; its holder is null when nobody alive has it. */
function newest(dataDir: string): Entry {
  for (;;) {
    const number = Math.max(0, ...numbersIn(dataDir))
    if (number === 0) return { number, holder: null }
    const text = readOrNull(fileOf(dataDir, number))
    // Outnumbered and removed since the directory was listed.
    if (text === null) continue
    const holder = Holder.safeParse(parseJson(text))
    return { number, holder: holder.success && isAlive(holder.data) ? holder.data : null }
  }
}

function numbersIn(dataDir: string): number[] {
  try {
    return readdirSync(dataDir).flatMap((name) => {
      const [, number] = NAME.exec(name) ?? []
      return number ? [Number(number)] : []
    })
  } catch (error) {
    if (isCode(error, 'ENOENT')) return []
    throw error
  }
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    // A process that ends while it is asked about answers ESRCH.
    if (isCode(error, 'ENOENT') || isCode(error, 'ESRCH')) return null
    throw error
  }
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
  // The command name is in parentheses and may hold spaces; the start time is the 20th field after it.
  const stat = readOrNull(`/proc/${pid}/stat`)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
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
