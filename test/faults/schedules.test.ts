import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OwnPostgres, serversMissing, startPostgres } from '../servers.ts'
import type { Rewrite } from './actors.ts'
import { BrokenPromise } from './oracle.ts'
import { judge } from './pair-oracle.ts'
import {
  ACTIONS,
  type Action,
  type Beginning,
  doAction,
  openPairWorld,
  type PairWorld,
  prepareCase,
} from './pair-world.ts'
import { type Happening, type Played, playSchedule, seededDraw } from './schedule.ts'

/** Every two that may decide at once, statement by statement, in orders drawn from a seed, on a real Postgres. */

const SCHEDULES = Number(process.env.SCHEDULES ?? 200)
/** How many schedules a bug may escape. */
const SENSITIVITY = 2_000
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31)
const ONLY = process.env.PAIR?.split('+')
console.info(`SEED=${SEED} SCHEDULES=${SCHEDULES}`)

const PAIRS: Action[][] = ACTIONS.flatMap((one, index) => ACTIONS.slice(index).map((other) => [one, other]))
const TRIPLES: Action[][] = [
  ['approve', 'reject', 'expire'],
  ['approve', 'approve', 'execute'],
  ['execute', 'execute', 'undo'],
  ['edit', 'supersede', 'approve'],
]

const missing = serversMissing()
let server: OwnPostgres
let world: PairWorld
let cases = 0

beforeAll(async () => {
  if (missing) return
  // Nothing is to be kept: only what two sessions see of each other is asked here.
  server = await startPostgres({ fsync: 'off', synchronous_commit: 'off', deadlock_timeout: '10ms' })
  world = await openPairWorld(server)
})
afterAll(async () => {
  await world?.stop()
  await server?.stop()
})

/** One schedule of these actions; @throws BrokenPromise with the schedule in its words. */
async function playOne(world: PairWorld, actions: readonly Action[], seed: number): Promise<Played> {
  const draw = seededDraw(seed)
  const beginnings: Beginning[] = ['pending']
  if (actions.includes('execute') || actions.includes('undo')) beginnings.push('planned')
  if (actions.includes('undo')) beginnings.push('applied')
  const beginning = beginnings[draw(beginnings.length)] ?? 'pending'
  cases += 1
  const each = await prepareCase(world, { index: cases, beginning })
  const happenings: Happening[] = []
  if (draw(2) === 0) {
    happenings.push({ name: 'the deadline passes', happen: () => world.setClock(each.expiresAt + 1_000) })
  }
  if (actions.some((action) => action === 'execute' || action === 'undo') && draw(2) === 0) {
    const field = draw(2) === 0 ? 'Next_Step' : 'Other'
    happenings.push({
      name: `somebody edits ${field}`,
      async happen() {
        each.crm.edit('100001', field, 'a person’s')
      },
    })
  }
  const participants = actions.map((name, index) => {
    const actor = world.actors[index]
    if (!actor) throw new Error('There are three connections')
    return {
      name: `${index + 1} ${name}`,
      connection: actor.connection,
      work: () => doAction(name, each, actor),
    }
  })
  const played = await playSchedule(participants, happenings, { draw, monitor: world.monitor })
  try {
    await judge(world.control, each, actions, played)
  } catch (error) {
    const told = [`SEED=${seed} SCHEDULES=1 PAIR=${actions.join('+')}`, beginning, ...played.steps].join(
      '\n  ',
    )
    throw new BrokenPromise(`${error instanceof Error ? error.message : error}\n  ${told}`, { cause: error })
  }
  return played
}

test.skipIf(missing)('every two that decide at once leave one end, whatever the order', async () => {
  const began = performance.now()
  let played = 0
  for (const actions of [...PAIRS, ...TRIPLES]) {
    if (ONLY && ONLY.join() !== actions.join()) continue
    const pairBegan = performance.now()
    for (let index = 0; index < SCHEDULES; index += 1) await playOne(world, actions, SEED + index)
    played += SCHEDULES
    if (process.env.TIMES) console.info(actions.join('+'), Math.round(performance.now() - pairBegan))
  }
  console.info(`${played} schedules in ${Math.round(performance.now() - began)} ms`)
  expect(played).toBeGreaterThan(0)
})

const UNLOCKED = (text: string) =>
  text.includes('from "approvals"') ? text.replace(' for update', '') : text
/** What a schedule must find, and where it would show. */
const BUGS: [string, Rewrite, Action[]][] = [
  ['one statement that waits for a lock decides', UNLOCKED, ['approve', 'undo']],
  [
    'an approval that ended can end again',
    (text) =>
      UNLOCKED(text).replace(/(update "approvals".* and )"approvals"\."state" = (\$\d+)/, '$1$2 = $2::text'),
    ['reject', 'supersede'],
  ],
  [
    'the time is that at which the transaction began',
    (text) =>
      text
        .replace(
          /"expires_at" > clock_timestamp\(\) \+ interval '2 milliseconds'/,
          '"expires_at" > faults.began()',
        )
        .replace('"decided_at" = clock_timestamp()', '"decided_at" = faults.began()'),
    ['approve', 'reject'],
  ],
  [
    'two workers take one operation, and the lease is not looked at again',
    (text) =>
      text
        .replaceAll('"operations"."lease_until" <= clock_timestamp()', '1 = 1')
        .replace(/"operations"\."lease" = (\$\d+)/, '$1 = $1::text'),
    ['execute', 'execute'],
  ],
]

test.skipIf(missing).each(BUGS)('schedules find out when %s', async (_, bug, actions) => {
  world.bug = bug
  let tried = 0
  let found: unknown = null
  for (; tried < SENSITIVITY && !found; tried += 1) {
    found = await playOne(world, actions, SEED + tried).then(
      () => null,
      (error: unknown) => error,
    )
  }
  world.bug = (text) => text

  console.info(`found by schedule ${tried}: ${String(found).slice(0, 300)}`)
  expect(found).toBeInstanceOf(BrokenPromise)
})
