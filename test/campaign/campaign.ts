import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import postgres from 'postgres'
import { type Evidence, gather, type Sql } from './auditor/evidence.ts'
import { judge, type Verdict } from './auditor/verdict.ts'
import { watchCards } from './cards-seen.ts'
import { type Click, createClicker } from './clicks.ts'
import { dealOf, manager, OWNERS, ownerOf, textOf } from './company.ts'
import { beginFaults, type FaultCounts, WEATHER, type Weather } from './faults.ts'
import { carryOut } from './load.ts'
import { type Mix, plansOf } from './plan.ts'
import { untilQuiet } from './quiet.ts'
import { type Asked, type Roles, type Size, type Stage, setStage } from './stage.ts'

/** One campaign: people press while everything fails, then nothing fails any more, then the auditor looks. */
export type CampaignOptions = {
  seed: string
  count: number
  size: Size
  /** Where the build to try is. */
  build?: string
  weather?: Weather
  mix?: Mix
  /** Other processes than the size has. */
  roles?: Roles
  /** How long anybody waits for a card. */
  patienceMs?: number
  /** Everything is over by then, or it is a finding. */
  quietWithinMs?: number
}

export type Outcome = Verdict & {
  faults: FaultCounts
  /** Milliseconds until all was over, after the last fault; null: it never was. */
  quietMs: number | null
  clicks: { sent: number; answered: number; p50: number; p99: number }
  tookMs: { stage: number; load: number; audit: number }
}

/** How fast plans are carried out, about. */
const PER_SECOND: Record<Size, number> = { redis: 60, postgres: 50, embedded: 15 }
/** Longer than any outage of a run, and what was queued behind it. */
const PATIENCE_MS = 180_000
const QUARTER_HOUR = 900_000
const QUIET_WITHIN_MS = 60_000

export async function campaign(options: CampaignOptions): Promise<Outcome> {
  const { seed, count, size, weather = WEATHER[size] } = options
  const began = performance.now()
  const stage = await setStage({
    size,
    plans: plansOf(seed, count, { owners: OWNERS, ...(options.mix ? { mix: options.mix } : {}) }),
    perSecond: PER_SECOND[size],
    skewMs: Number.parseInt(seed, 10) % 2 === 0 ? QUARTER_HOUR : -QUARTER_HOUR,
    ...(options.build ? { build: options.build } : {}),
    ...(options.roles ? { roles: options.roles } : {}),
  })
  try {
    const staged = performance.now()
    const played = await play(stage, { seed, weather, patienceMs: options.patienceMs ?? PATIENCE_MS })
    const loaded = performance.now()
    const quietMs = await untilQuiet(stage, options.quietWithinMs ?? QUIET_WITHIN_MS)
    await stage.crew.stop()
    const verdict = judge(await evidenceOf(stage, played.clicks))
    return {
      ...verdict,
      faults: played.faults,
      quietMs,
      clicks: answersOf(played.clicks),
      tookMs: { stage: staged - began, load: loaded - staged, audit: performance.now() - loaded },
    }
  } finally {
    await stage.close()
  }
}

async function play(
  stage: Stage,
  { seed, weather, patienceMs }: { seed: string; weather: Weather; patienceMs: number },
) {
  const cards = watchCards(join(stage.dir, 'company'), patienceMs)
  const secret = stage.env.SLACK_SIGNING_SECRET ?? ''
  const clicker = createClicker({ crew: stage.crew, secret, team: 'T0SANDBOX' })
  const storm = await beginFaults(stage, seed, weather)
  await carryOut(stage, { clicker, cards })
  await storm.end()
  cards.close()
  return { clicks: clicker.clicks, faults: storm.counts }
}

/** Everything the auditor looks at; the bot must have stopped. */
export async function evidenceOf(stage: Stage, clicks: readonly Click[]): Promise<Evidence> {
  const asked = new Map(stage.asked.map((each) => [each.approvalId, askedOf(each)]))
  const companyDir = join(stage.dir, 'company')
  const database = stage.postgres ? overPostgres(stage.postgres.url) : await overDirectory(stage.dir)
  try {
    return await gather({ companyDir, sql: database.sql, asked, clicks })
  } finally {
    await database.close()
  }
}

function askedOf({ plan }: Asked) {
  const { index, story, action } = plan
  const deciders = [ownerOf(plan).crmId ?? '', manager.crmId ?? '']
  return { index, story, action, recordId: dealOf(plan), text: textOf.proposed(plan), deciders }
}

function overPostgres(url: string): { sql: Sql; close: () => Promise<void> } {
  const client = postgres(url, { max: 1, onnotice: () => {} })
  return { sql: async (text) => [...(await client.unsafe(text))], close: () => client.end() }
}

async function overDirectory(dir: string): Promise<{ sql: Sql; close: () => Promise<void> }> {
  const client = await PGlite.create(join(dir, 'bot', 'db'))
  return {
    sql: async (text) => (await client.query<Record<string, unknown>>(text)).rows,
    close: () => client.close(),
  }
}

function answersOf(clicks: readonly Click[]): Outcome['clicks'] {
  const took = clicks.flatMap(({ status, tookMs }) => (status === 200 ? [tookMs] : [])).sort((a, b) => a - b)
  const at = (share: number) => took[Math.floor((took.length - 1) * share)] ?? 0
  return { sent: clicks.length, answered: took.length, p50: at(0.5), p99: at(0.99) }
}
