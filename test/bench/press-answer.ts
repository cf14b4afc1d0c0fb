import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import postgres from 'postgres'
import { migrateProduction } from '../../src/platform/production.ts'
import { largeCompany } from '../../src/sandbox/data/large-company.ts'
import { type Measurement, percentile, spread } from './figure.ts'
import { approvePresses, pressAll } from './presses.ts'
import { withRig } from './rig.ts'

const SECONDS = 20
/** Well below what one copy of the company gives, which varies with the day. */
const CARDS_PER_COPY = 22

export const pressAnswerEmbedded: Measurement = {
  name: 'press Approve → HTTP 200, p99 of 20 s at 20 presses/s, embedded',
  unit: 'ms',
  target: 100,
  measure: () => answersAt(20),
}

export const pressAnswerScaled: Measurement = {
  name: 'press Approve → HTTP 200, p99 of 20 s at 50 presses/s, Postgres and Redis',
  unit: 'ms',
  target: 100,
  measure: () => withServices((services) => answersAt(50, services)),
}

async function answersAt(perSecond: number, services: Record<string, string> = {}) {
  const cards = perSecond * SECONDS
  const company = largeCompany(Math.ceil(cards / CARDS_PER_COPY))
  return withRig({ company, cards, services }, async (rig) => {
    const pressed = await pressAll(await approvePresses(rig), { rig, perSecond })
    const took = pressed.map(({ tookMs }) => tookMs)
    const refused = pressed.filter(({ status }) => status !== 200).length
    const trouble = refused > 0 ? `${refused} WERE NOT ANSWERED WITH 200; ` : ''
    return {
      value: refused > 0 ? Number.POSITIVE_INFINITY : percentile(took, 0.99),
      note: `${trouble}${spread(took)}`,
    }
  })
}

type Skipped = { skipped: string }

/** A database and an empty numbered Redis database of our own, gone afterwards. */
async function withServices<T>(work: (services: Record<string, string>) => Promise<T>): Promise<T | Skipped> {
  const serverUrl = process.env.TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres'
  const redisUrl = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379'
  const server = postgres(serverUrl, { max: 1, connect_timeout: 2, onnotice: () => {} })
  const redis = new Redis(redisUrl, { lazyConnect: true, retryStrategy: () => null })
  redis.on('error', () => {})
  try {
    const index = await emptyIndex(redis)
    if (index === null) return { skipped: `needs an empty numbered database at ${redisUrl}` }
    const name = `sergas_bench_${randomBytes(6).toString('hex')}`
    await server.unsafe(`create database ${name}`)
    try {
      const databaseUrl = Object.assign(new URL(serverUrl), { pathname: name }).href
      await migrateProduction(databaseUrl)
      const ourRedis = Object.assign(new URL(redisUrl), { pathname: `/${index}` }).href
      return await work({ DATABASE_URL: databaseUrl, REDIS_URL: ourRedis })
    } finally {
      await redis.flushdb()
      await server.unsafe(`drop database ${name} with (force)`)
    }
  } catch (error) {
    if (isUnreachable(error)) return { skipped: `needs Postgres at ${serverUrl} and Redis at ${redisUrl}` }
    throw error
  } finally {
    redis.disconnect()
    await server.end()
  }
}

/** Leaves the connection at the first empty database from the end; null when all hold something. */
async function emptyIndex(redis: Redis): Promise<number | null> {
  for (let index = 15; index >= 0; index -= 1) {
    await redis.select(index)
    if ((await redis.dbsize()) === 0) return index
  }
  return null
}

function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return (
    ['ECONNREFUSED', 'CONNECT_TIMEOUT', 'ENOTFOUND'].includes(code) ||
    /Connection is closed/.test(error.message)
  )
}
