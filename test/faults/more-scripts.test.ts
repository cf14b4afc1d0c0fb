import { test, vi } from 'vitest'
import { sleepFor } from './actors.ts'
import { playScripts, SCRIPTS, SEED } from './promises.ts'
import { type Clock, START } from './world.ts'

/** The other half, for the second core. */

const timers = vi.hoisted(() => ({ sleep: async (_: number): Promise<unknown> => undefined }))
vi.mock('node:timers/promises', () => ({ setTimeout: (ms: number) => timers.sleep(ms) }))
const clock: Clock = { now: START }
timers.sleep = sleepFor(() => clock.now)

test('every other script keeps every promise', async () => {
  await playScripts(Math.floor(SCRIPTS / 2), { seed: SEED + 1, clock })
})
