import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { inTempDir, ROOT, residentBytes, run, untilOk } from '../processes.ts'

/** 150 accounts as CSV files. Not part of the project: what needs them is skipped without. */
export const CRM_DEMO = join(process.env.SERGAS_SHARED ?? join(ROOT, '..', 'shared'), 'data', 'crm-demo')
export const NO_CRM_DEMO = { skipped: `needs ${CRM_DEMO}` }
export const hasCrmDemo = (): boolean => existsSync(CRM_DEMO)

const READY_WITHIN_MS = 120_000

export type StartedDemo = { url: string; readyMs: number; residentBytes: () => number }

/** `npm run demo` as a person types it, on a new directory, until it is ready; then `look` at it. */
export async function withDemo<T>(
  args: readonly string[],
  look: (demo: StartedDemo) => Promise<T>,
): Promise<T> {
  return inTempDir(async (dir) => {
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const started = performance.now()
    const npm = run('npm', ['run', 'demo', '--', '--port', String(port), '--dir', join(dir, 'demo'), ...args])
    try {
      await Promise.race([untilOk(`${url}/control/ready`, READY_WITHIN_MS), npm.failed])
      const readyMs = performance.now() - started
      return await look({ url, readyMs, residentBytes: () => residentBytes(npm.pid) })
    } finally {
      await npm.stop()
    }
  })
}
