import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { ROOT } from '../processes.ts'
import type { Measurement } from './figure.ts'

export const testSuite: Measurement = {
  name: 'npm test, no services',
  unit: 's',
  target: 180,
  long: true,
  async measure() {
    const started = performance.now()
    const { TEST_DATABASE_URL: _postgres, TEST_REDIS_URL: _redis, ...env } = process.env
    const [code] = await once(spawn('npm', ['test'], { cwd: ROOT, env, stdio: 'ignore' }), 'exit')
    return { value: (performance.now() - started) / 1000, note: code === 0 ? 'passed' : 'did not pass' }
  },
}
