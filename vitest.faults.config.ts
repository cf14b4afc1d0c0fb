import { defineConfig } from 'vitest/config'

/** What no single test would think of: thousands of scripts and schedules, each from a seed that it prints. */
export default defineConfig({
  test: {
    include: ['test/faults/**/*.test.ts', 'test/flows/{crash,restart}.test.ts'],
    globalSetup: ['test/database-setup.ts'],
    pool: 'forks',
    // On two cores: whoever waits for a lease to run out leaves them to the others.
    maxWorkers: 3,
    disableConsoleIntercept: true,
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
  },
})
