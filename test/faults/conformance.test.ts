import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { sleepFor } from './actors.ts'
import { createOracle } from './oracle.ts'
import { type Script, script } from './script.ts'
import { inMemory, openPostgresStage } from './stages.ts'
import { type Clock, play, START, type Stage, type World } from './world.ts'

/** What ties the rows in memory to a real Postgres: the same script ends in the same states on both. */

const timers = vi.hoisted(() => ({ sleep: async (_: number): Promise<unknown> => undefined }))
vi.mock('node:timers/promises', () => ({ setTimeout: (ms: number) => timers.sleep(ms) }))
const clock: Clock = { now: START }
timers.sleep = sleepFor(() => clock.now)

const CONFORMANCE = Number(process.env.CONFORMANCE ?? 300)
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31)
console.info(`SEED=${SEED} CONFORMANCE=${CONFORMANCE}`)

let real: Awaited<ReturnType<typeof openPostgresStage>>
beforeAll(async () => {
  real = await openPostgresStage(clock)
})
afterAll(() => real?.close())

async function endOf(each: Script, stage: Stage) {
  const oracle = createOracle(stage)
  const world = await play(each, stage, { look: oracle.look })
  await oracle.conclude(world)
  const approvals = await stage.rows('approvals')
  const operations = await stage.rows('operations')
  const place = new Map(approvals.map(({ id }, index) => [id, index]))
  return {
    approvals: approvals.map((row) => [row.kind, row.state, row.version, row.decided_by, row.decided_at]),
    operations: operations.map((row) => [
      place.get(row.approval_id),
      row.state,
      row.version,
      row.attempt,
      row.sent_at,
      row.finished_at,
      row.error,
    ]),
    decisions: (await stage.rows('decisions'))
      .map((row) => [place.get(row.approval_id), row.version, row.person, row.decision, row.at].join())
      .toSorted(),
    trail: (await stage.trail()).map(({ action }) => action),
    told: world.presses.map(({ outcome }) => outcome?.kind ?? null),
    crm: inWords(world),
  }
}

const inWords = ({ crm }: World) => ({
  effects: crm.effects.map(({ kind, recordId, fields, at }) => [kind, recordId, fields, at]),
  records: [...crm.records].map(([id, { fields }]) => [id, fields]),
})

test('a script ends in a real Postgres as it ends in memory', async () => {
  const began = performance.now()
  await fc.assert(
    fc.asyncProperty(script, async (each) => {
      const inPostgres = await endOf(each, await real.begin())
      expect(await endOf(each, inMemory(clock))).toEqual(inPostgres)
    }),
    { numRuns: CONFORMANCE, seed: SEED, endOnFailure: process.env.SHRINK === undefined },
  )
  console.info(`${CONFORMANCE} scripts on both in ${Math.round(performance.now() - began)} ms`)
})
