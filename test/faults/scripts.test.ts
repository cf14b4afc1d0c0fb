import { test, vi } from 'vitest'
import { sleepFor } from './actors.ts'
import { keepsPromises, playScripts, SCRIPTS, SEED } from './promises.ts'
import { type Clock, START } from './world.ts'

/**
 * Whatever people, workers, clocks and the CRM do one after the other: the product's own code and its own statements,
 * on rows in memory.
 */

const timers = vi.hoisted(() => ({ sleep: async (_: number): Promise<unknown> => undefined }))
vi.mock('node:timers/promises', () => ({ setTimeout: (ms: number) => timers.sleep(ms) }))
const clock: Clock = { now: START }
timers.sleep = sleepFor(() => clock.now)

test('every script keeps every promise', async () => {
  await playScripts(Math.ceil(SCRIPTS / 2), { seed: SEED, clock })
})

test('an edit right after our look is not overwritten, however wrong the clock of the node is', async () => {
  await keepsPromises(
    [
      { do: 'propose', change: 'step', record: 0, value: 1 },
      { do: 'press', what: 'approve', card: 0, who: 0, old: false, value: 0, fate: null },
      { do: 'skew', ms: 600_000 },
      { do: 'edit', record: 0, field: 2, value: 1 },
      // It has read the record, and stands still before its next step.
      { do: 'work', operation: 0, fault: null, fate: { kind: 'sleeps', step: 5 } },
      { do: 'edit', record: 0, field: 0, value: 2 },
      { do: 'wake' },
    ],
    clock,
  )
})
