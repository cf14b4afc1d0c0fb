import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../../src/sandbox/data/seeded.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import type { Member } from './crew.ts'
import type { Size, Stage } from './stage.ts'

/** What goes wrong, and when. The order and the intervals follow from the seed. */

export type FaultCounts = {
  kills: number
  pauses: number
  flushes: number
  crashes: number
  slackOutages: number
  tokenStorms: number
}

/** Milliseconds between two of a kind, from one to the other. */
type Every = readonly [number, number]
export type Weather = {
  /** In force all the time, per call. */
  standing: readonly Fault[]
  kill: Every | null
  pause: Every | null
  flush: Every | null
  crash: Every | null
  slackOutage: Every | null
  tokenStorm: Every | null
}

/** Slack gone, and back. */
const OUTAGE_MS = 8_000
/** Longer than an operation's lease of 4 s. */
const PAUSE_MS: Every = [2_000, 7_000]

/** `error`, `rate_limit`: nothing happened; `lost_answer`: it did. */
const STANDING: Fault[] = [
  { service: 'zoho', kind: 'error', rate: 0.05 },
  { service: 'zoho', kind: 'lost_answer', rate: 0.08 },
  { service: 'zoho', kind: 'rate_limit', rate: 0.01 },
  { service: 'zoho', kind: 'hang', rate: 0.005 },
  { service: 'zoho', kind: 'reset', rate: 0.01 },
  { service: 'zoho', kind: 'html', rate: 0.005 },
  { service: 'slack', kind: 'rate_limit', rate: 0.005 },
  { service: 'slack', kind: 'lost_answer', rate: 0.02 },
  { service: 'slack', kind: 'error', rate: 0.01 },
]

export const WEATHER: Record<Size, Weather> = {
  redis: {
    standing: STANDING,
    kill: [1_200, 2_000],
    pause: [8_000, 14_000],
    flush: [4_000, 6_000],
    crash: [17_000, 22_000],
    slackOutage: [50_000, 80_000],
    tokenStorm: [15_000, 25_000],
  },
  postgres: {
    standing: STANDING,
    kill: [1_200, 2_000],
    pause: [8_000, 14_000],
    flush: null,
    crash: [17_000, 22_000],
    slackOutage: [50_000, 80_000],
    tokenStorm: [15_000, 25_000],
  },
  embedded: {
    standing: STANDING,
    kill: [4_000, 8_000],
    pause: null,
    flush: null,
    crash: null,
    slackOutage: [50_000, 80_000],
    tokenStorm: [15_000, 25_000],
  },
}

export type Storm = { counts: FaultCounts /** Mends everything. */; end(): Promise<void> }

export async function beginFaults(stage: Stage, seed: string, weather: Weather): Promise<Storm> {
  const counts: FaultCounts = { kills: 0, pauses: 0, flushes: 0, crashes: 0, slackOutages: 0, tokenStorms: 0 }
  const ending = new AbortController()
  const underWay = new Set<Promise<void>>()
  const { crew, postgres, redis, sandbox } = stage

  function repeat(
    name: string,
    every: Every | null,
    strike: (pick: ReturnType<typeof createRandom>) => Promise<void>,
  ) {
    if (!every) return
    const random = createRandom(`faults:${seed}:${name}`)
    const repeating = async () => {
      while (!ending.signal.aborted) {
        await sleep(random.between(...every), undefined, { signal: ending.signal }).catch(() => {})
        if (!ending.signal.aborted) await strike(random)
      }
    }
    underWay.add(repeating())
  }

  const alive = (roles: readonly Member['role'][]) =>
    crew.members.filter(({ role, running }) => running && roles.includes(role))

  for (const fault of weather.standing) await inflict(sandbox.url, fault)
  repeat('kill', weather.kill, async (random) => {
    const members = alive(['start', 'web', 'worker'])
    if (members.length === 0) return
    crew.kill(random.pick(members))
    counts.kills += 1
  })
  repeat('pause', weather.pause, async (random) => {
    const { running } = random.pick(alive(['worker', 'web'])) ?? {}
    running?.signal('SIGSTOP')
    await sleep(random.between(...PAUSE_MS))
    running?.signal('SIGCONT')
    counts.pauses += 1
  })
  repeat('flush', weather.flush, async () => {
    await redis?.flush()
    counts.flushes += 1
  })
  repeat('crash', weather.crash, async () => {
    await postgres?.crash()
    counts.crashes += 1
  })
  repeat('slack outage', weather.slackOutage, async () => {
    await inflict(sandbox.url, { service: 'slack', kind: 'reset', rate: 1 })
    await sleep(OUTAGE_MS, undefined, { signal: ending.signal }).catch(() => {})
    await clear(sandbox.url)
    for (const fault of weather.standing) await inflict(sandbox.url, fault)
    counts.slackOutages += 1
  })
  repeat('token storm', weather.tokenStorm, async () => {
    await inflict(sandbox.url, { service: 'zoho', kind: 'expired_token', rate: 0.5, count: 40 })
    counts.tokenStorms += 1
  })

  return {
    counts,
    async end() {
      ending.abort()
      await Promise.all(underWay)
      // Last, the power goes: what was answered a moment ago and is nowhere but in memory is gone for certain.
      if (weather.kill) {
        const members = alive(['start', 'web', 'worker'])
        for (const member of members) crew.kill(member)
        counts.kills += members.length
      }
      await clear(sandbox.url)
    },
  }
}

async function inflict(url: string, fault: Fault): Promise<void> {
  const answer = await fetch(`${url}/control/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fault),
  })
  if (!answer.ok) throw new Error(`No fault: ${await answer.text()}`)
}

async function clear(url: string): Promise<void> {
  await fetch(`${url}/control/faults`, { method: 'DELETE' })
}
