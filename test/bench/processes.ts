import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** What must be undone even when the run is broken off. */
const leftovers = new Set<() => void>()
process.on('exit', () => {
  for (const undo of leftovers) undo()
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))

/** A folder that is gone when its user is done with it. */
export async function inTempDir<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'sergas-bench-'))
  const remove = () => rmSync(dir, { recursive: true, force: true })
  leftovers.add(remove)
  try {
    return await work(dir)
  } finally {
    remove()
    leftovers.delete(remove)
  }
}

/** Only what a program needs to run: settings of the shell must not reach what is measured. */
const bareEnv = { PATH: process.env.PATH, HOME: process.env.HOME }

export type Running = {
  pid: number
  /** Rejects when it ends before it is stopped. */
  failed: Promise<never>
  stop: () => Promise<void>
}

/** Starts a program as the head of a process group of its own, which is all that `stop` ends. */
export function run(command: string, args: readonly string[], env: Record<string, string> = {}): Running {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...bareEnv, ...env },
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`${command} could not be started`)
  const ended = once(child, 'exit')
  const kill = () => process.kill(-pid, 'SIGKILL')
  leftovers.add(kill)
  ended.then(() => leftovers.delete(kill))
  let stopping = false
  const failed = ended.then(([code]) => {
    if (stopping) return new Promise<never>(() => {})
    throw new Error(`${command} ${args.join(' ')} ended by itself with ${code}`)
  })
  failed.catch(() => {})
  return {
    pid,
    failed,
    stop() {
      stopping = true
      return endGroup(child, pid, ended)
    },
  }
}

const PATIENCE_MS = 20_000

async function endGroup(child: ChildProcess, pid: number, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  process.kill(-pid, 'SIGTERM')
  const late = setTimeout(() => process.kill(-pid, 'SIGKILL'), PATIENCE_MS)
  await ended
  clearTimeout(late)
  // npm ends before what it started has: its directory is still in use until then.
  while (groupMembers(pid).length > 0) await sleep(50)
}

/** Waits for an address to answer 200. */
export async function untilOk(url: string, withinMs: number): Promise<void> {
  await until(async () => {
    const response = await fetch(url).catch(() => null)
    await response?.body?.cancel()
    return response?.status === 200
  }, withinMs)
}

export async function until(isSo: () => Promise<boolean>, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`Nothing came of it within ${withinMs / 1000} s`)
    await sleep(25)
  }
}

/** Resident memory of a process group, in bytes. Pages that two processes share count twice. */
export function residentBytes(group: number): number {
  return groupMembers(group).reduce((sum, pid) => sum + residentOf(pid), 0)
}

function groupMembers(group: number): number[] {
  return readdirSync('/proc').flatMap((name) => {
    const fields = /^\d+$/.test(name) ? statOf(name) : null
    // After the command's name: state, parent, process group.
    return fields && fields[0] !== 'Z' && Number(fields[2]) === group ? [Number(name)] : []
  })
}

function statOf(pid: string): string[] | null {
  const stat = readProc(`/proc/${pid}/stat`)
  return stat === null ? null : stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function residentOf(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readProc(`/proc/${pid}/status`) ?? '')?.[1]
  return Number(kilobytes ?? 0) * 1024
}

/** Null when the process has ended meanwhile. */
function readProc(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return null
    throw error
  }
}
