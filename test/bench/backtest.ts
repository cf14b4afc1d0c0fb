import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { residentBytes, run } from '../processes.ts'
import { CRM_DEMO } from './demo.ts'
import type { Measurement } from './figure.ts'

const FOLDER = join(dirname(CRM_DEMO), 'crm-10k')
const DATES = '2024-07-01,2025-01-01,2025-04-01,2025-07-01'
const LOOK_EVERY_MS = 100

export const backtestLarge: Measurement = {
  name: 'backtest of 10,000 accounts and 142,000 activities, gzipped CSV, 4 dates',
  unit: 's',
  target: 60,
  async measure() {
    if (!existsSync(FOLDER)) return { skipped: `needs ${FOLDER}` }
    const started = performance.now()
    const args = ['dist/main.js', 'backtest', '--as-of', DATES, '--data', FOLDER]
    const running = run(process.execPath, args)
    let most = 0
    const looking = setInterval(() => {
      most = Math.max(most, residentBytes(running.pid))
    }, LOOK_EVERY_MS)
    const ending: unknown = await running.ended
    clearInterval(looking)
    const code: unknown = Array.isArray(ending) ? ending[0] : null
    if (code !== 0) throw new Error(`It ended with ${code}`)
    const seconds = (performance.now() - started) / 1000
    return { value: seconds, note: `at most ${Math.round(most / 1e6)} MB resident` }
  },
}
