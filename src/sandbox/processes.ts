import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** Programs beside this one, ended with it whatever ends it: what a drill starts never outlives the drill. */

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** What must be undone even when the run is broken off. */
const leftovers = new Set<() => void>()
process.on('exit', () => {
  for (const undo of leftovers) undo()
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))

/** @returns how to forget it, once it is done */
export function onExit(undo: () => void): () => void {
  leftovers.add(undo)
  return () => leftovers.delete(undo)
}

export type Running = {
  pid: number
  /** Resolves when it has ended, whatever ended it. */
  ended: Promise<unknown>
  /** Rejects when it ends before it is stopped. */
  failed: Promise<never>
  signal: (signal: NodeJS.Signals) => void
  stop: () => Promise<void>
}

/** Who runs a program; absent: whoever runs this. */
export type User = { uid: number; gid: number }

/** `env` is all that it sees of ours. */
export type RunOptions = {
  env?: Record<string, string | undefined>
  user?: User | null
  log?: 'inherit' | number
}

/** Starts a program as the head of a process group of its own, which is all that `stop` ends. */
export function runProgram(command: string, args: readonly string[], options: RunOptions = {}): Running {
  const { env = {}, user = null, log = 'inherit' } = options
  const child = spawn(command, args, {
    cwd: ROOT,
    env,
    detached: true,
    stdio: ['ignore', typeof log === 'number' ? log : 'ignore', log],
    ...user,
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`${command} could not be started`)
  const ended = once(child, 'exit')
  const kill = () => signalGroup(pid, 'SIGKILL')
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
    ended,
    failed,
    signal: (signal) => signalGroup(pid, signal),
    stop() {
      stopping = true
      return endGroup(child, pid, ended)
    },
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    // It has ended by itself.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
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

export function groupMembers(group: number): number[] {
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

/** Null when the process has ended meanwhile. */
export function readProc(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return null
    throw error
  }
}
