import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // What starts, kills and restarts processes is run with the other faults.
    exclude: ['test/browser/**', 'test/faults/**', 'test/flows/{crash,restart}.test.ts'],
    globalSetup: ['test/database-setup.ts'],
    // On two cores, since many a test waits for a clock; and every worker that asks for a database holds one in memory.
    pool: 'forks',
    maxWorkers: 3,
    // No module of ours holds state, and loading them anew for each file takes as long as the tests.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
