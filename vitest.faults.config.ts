import { defineConfig } from 'vitest/config'

/** What no single test would think of: thousands of scripts and schedules, each from a seed that it prints. */
export default defineConfig({
  test: {
    include: ['test/faults/**/*.test.ts', 'test/flows/{crash,restart}.test.ts'],
    globalSetup: ['test/database-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    disableConsoleIntercept: true,
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
  },
})
