import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  groupMembers,
  onExit,
  type Running,
  type RunOptions,
  readProc,
  runProgram,
} from '../src/sandbox/processes.ts'

export { onExit, ROOT, type Running, type User, until, untilOk } from '../src/sandbox/processes.ts'

/** A folder that is gone when its user is done with it. */
export async function inTempDir<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'sergas-'))
  const remove = () => rmSync(dir, { recursive: true, force: true })
  const forget = onExit(remove)
  try {
    return await work(dir)
  } finally {
    remove()
    forget()
  }
}

/** Only what a program needs to run: settings of the shell must not reach what is measured. */
const bareEnv = { PATH: process.env.PATH, HOME: process.env.HOME }

/** Starts a program as the head of a process group of its own, which is all that `stop` ends. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Running {
  return runProgram(command, args, { ...options, env: { ...bareEnv, ...options.env } })
}

/** Resident memory of a process group, in bytes. Pages that two processes share count twice. */
export function residentBytes(group: number): number {
  return groupMembers(group).reduce((sum, pid) => sum + residentOf(pid), 0)
}

function residentOf(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readProc(`/proc/${pid}/status`) ?? '')?.[1]
  return Number(kilobytes ?? 0) * 1024
}
