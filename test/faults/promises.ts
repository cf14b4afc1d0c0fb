import fc from 'fast-check'
import { createOracle } from './oracle.ts'
import { type Script, script } from './script.ts'
import { inMemory } from './stages.ts'
import { type Clock, play, type Variant } from './world.ts'

/** Printed by every run; given again, it is the same run. */
export const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31)
/** In all; each of the two files that play them plays half. */
export const SCRIPTS = Number(process.env.SCRIPTS ?? 20_000)

/** @throws BrokenPromise */
export async function keepsPromises(each: Script, clock: Clock, variant: Variant = {}): Promise<void> {
  const stage = inMemory(clock)
  const oracle = createOracle(stage)
  const world = await play(each, stage, { look: oracle.look, variant })
  await oracle.conclude(world)
}

/** Plays so many scripts, and shrinks the first that breaks a promise to its least. */
export async function playScripts(
  count: number,
  { seed, clock }: { seed: number; clock: Clock },
): Promise<void> {
  const began = performance.now()
  const path = process.env.AT
  await fc.assert(
    fc.asyncProperty(script, (each) => keepsPromises(each, clock)),
    { numRuns: count, seed, ...(path ? { path } : {}) },
  )
  console.info(`SEED=${seed}: ${count} scripts in ${Math.round(performance.now() - began)} ms`)
}
