import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, expect, test } from 'vitest'
import { judge } from '../campaign/auditor/verdict.ts'
import { evidenceOf } from '../campaign/campaign.ts'
import { type CardsSeen, watchCards } from '../campaign/cards-seen.ts'
import { type Clicker, createClicker } from '../campaign/clicks.ts'
import { OWNERS } from '../campaign/company.ts'
import { ACTS } from '../campaign/load.ts'
import { type Plan, plansOf, type Story } from '../campaign/plan.ts'
import { type Asked, type Stage, setStage } from '../campaign/stage.ts'
import { until } from '../processes.ts'
import { serversMissing } from '../servers.ts'
import { type CrashPoints, createCrashPoints, type Side } from './crash-points.ts'

/**
 * The bot is killed before and after every commit and every call that lies between a press and its end, and again when
 * it comes by the second time; then it is let go on, and the auditor looks.
 */

type Script = { story: Story; action: Plan['action'] }
const SCRIPTS: Script[] = [
  { story: 'approve', action: 'update' },
  { story: 'approve', action: 'create' },
  { story: 'undo', action: 'update' },
  { story: 'undo', action: 'create' },
  { story: 'edit', action: 'update' },
  { story: 'reject', action: 'update' },
  { story: 'snooze', action: 'update' },
  { story: 'human_before', action: 'update' },
]
/** What is passed each time lies on the way; what is passed once was chance. */
const SCOUTED = 2
const SIDES: Side[] = ['before', 'after']
/** A world mostly waits: for a process to start, for a lease to run out. */
const WORLDS = 8
const TIMES = 2
const SETTLES_WITHIN_MS = 90_000

type World = { stage: Stage; points: CrashPoints; clicker: Clicker; cards: CardsSeen; sql: postgres.Sql }
const worlds: World[] = []

afterAll(async () => {
  for (const { stage, points, cards, sql } of worlds) {
    cards.close()
    await sql.end()
    points.close()
    await stage.close()
  }
})

async function build(plans: readonly Plan[]): Promise<World> {
  const killer: { kill: () => void } = { kill: () => {} }
  const points = createCrashPoints(() => killer.kill())
  const stage = await setStage({
    size: 'redis',
    plans,
    perSecond: 1,
    skewMs: 0,
    roles: [{ name: 'all', role: 'start' }],
    watch: points.calls,
    guardDatabase: points.guardDatabase,
    env: { ZOHO_TIMEOUT: '1s' },
  })
  const [member] = stage.crew.members
  if (member) killer.kill = () => stage.crew.kill(member)
  const secret = stage.env.SLACK_SIGNING_SECRET ?? ''
  const world = {
    stage,
    points,
    clicker: createClicker({ crew: stage.crew, secret, team: 'T0SANDBOX' }),
    cards: watchCards(join(stage.dir, 'company'), SETTLES_WITHIN_MS),
    sql: postgres(stage.postgres?.url ?? '', { max: 1, onnotice: () => {} }),
  }
  worlds.push(world)
  await settled(world)
  return world
}

const OPEN = `select (select count(*) from operations where state not in ('applied', 'conflict', 'failed'))
  + (select count(*) from outbox where state = 'pending') as n`

const settled = ({ sql }: World) =>
  until(async () => Number((await sql.unsafe(OPEN))[0]?.n) === 0, SETTLES_WITHIN_MS)

/** Plays one story through; what it passes on the way is in `points.taken()` afterwards. */
async function play(world: World, asked: Asked): Promise<void> {
  const { stage, clicker, cards } = world
  const later = await ACTS[asked.plan.story]({ asked, clicker, cards, zoho: stage.sandbox.url })
  await later?.()
  await settled(world)
}

/** What only the clock, a start or a bucket of a rate limit brings does not lie between a press and its end. */
const BACKGROUND = /schedule_runs|several|limits|crm_tokens|oauth|auth\.test|coql|sync_state|settings|users\./

type Run = Script & { name: string; side: Side }

/** One plan for each of these, in their order. */
function plansFor(world: number, scripts: readonly Script[]): Plan[] {
  return scripts.flatMap(({ story, action }, index) => {
    const mix = { stories: { [story]: 1 }, creates: action === 'create' ? 1 : 0 }
    return plansOf(`crash-points:${world}:${index}`, 1, { owners: OWNERS, mix }).map((plan) => ({
      ...plan,
      index,
    }))
  })
}

/** Every point on the way of some script, and the first script that passes it. */
async function scout(): Promise<Map<string, Script>> {
  const world = await build(
    plansFor(
      0,
      SCRIPTS.flatMap((script) => Array<Script>(SCOUTED).fill(script)),
    ),
  )
  const found = new Map<string, Script>()
  const seen = new Map<string, number>()
  for (const asked of world.stage.asked) {
    world.points.taken()
    await play(world, asked)
    const { story, action } = asked.plan
    for (const name of new Set(world.points.taken())) {
      const times = (seen.get(`${story} ${action} ${name}`) ?? 0) + 1
      seen.set(`${story} ${action} ${name}`, times)
      if (times === SCOUTED && !found.has(name) && !BACKGROUND.test(name)) found.set(name, { story, action })
    }
  }
  return found
}

test.skipIf(serversMissing())(
  'killed at every commit and every call, twice, each decision is carried out once',
  { timeout: 600_000 },
  async () => {
    const found = await scout()
    const runs: Run[] = [...found].flatMap(([name, script]) =>
      SIDES.map((side) => ({ ...script, name, side })),
    )
    const missed: Run[] = []

    await Promise.all(
      Array.from({ length: WORLDS }, async (_, index) => {
        const mine = runs.filter((_run, at) => at % WORLDS === index)
        const world = await build(plansFor(index + 1, mine))
        for (const [at, run] of mine.entries()) {
          world.points.arm({ ...run, times: TIMES })
          await play(world, world.stage.asked[at]!)
          if (world.points.cuts() === 0) missed.push(run)
          world.points.arm(null)
        }
      }),
    )
    for (const { stage } of worlds) await stage.crew.stop()
    const verdicts = await Promise.all(
      worlds.map(async ({ stage, clicker }) => judge(await evidenceOf(stage, clicker.clicks))),
    )

    console.log(`${found.size} points, ${runs.length} runs, each killed up to ${TIMES} times`)
    expect(verdicts.flatMap(({ violations }) => violations)).toEqual([])
    expect(missed).toEqual([])
    expect(found.size).toBeGreaterThan(20)
  },
)
