import { execFile } from 'node:child_process'
import { openSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, type Running, runProgram, untilOk } from '../sandbox/processes.ts'

/** The bot's own command line, as whoever restores it would use it. */
export type Bot = {
  /** Starts it, and waits until it answers. */
  start(): Promise<Running>
  /** @returns its exit code and what it said */
  run(...args: string[]): Promise<{ code: number; said: string }>
}

const READY_WITHIN_MS = 60_000
const main = join(ROOT, 'dist', 'main.js')

export function botWith(env: Record<string, string>, dir: string): Bot {
  return {
    async start() {
      const running = runProgram(process.execPath, [main, 'start'], {
        env,
        log: openSync(join(dir, 'bot.log'), 'a'),
      })
      await Promise.race([untilOk(`http://127.0.0.1:${env.PORT}/readyz`, READY_WITHIN_MS), running.failed])
      return running
    },
    run: (...args) =>
      new Promise((resolve) => {
        execFile(process.execPath, [main, ...args], { env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
          const code = error ? (typeof error.code === 'number' ? error.code : 1) : 0
          resolve({ code, said: `${stdout}${stderr}`.trim() })
        })
      }),
  }
}
