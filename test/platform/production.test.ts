import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import postgres from 'postgres'
import { describe, expect, inject, test } from 'vitest'
import { createLog } from '../../src/log.ts'
import { production } from '../../src/platform/production.ts'
import { createDatabase } from '../database.ts'
import { databaseUrl } from '../database-setup.ts'

const server = process.env.TEST_DATABASE_URL
const redis = process.env.TEST_REDIS_URL
if (!server) console.warn('Skipped: TEST_DATABASE_URL is not set')

const open = (url: string, redisUrl: string | null = null) => production(url, redisUrl, createLog('silent'))

test('a database that does not answer is a setting that is wrong', async () => {
  await expect(open('postgres://nobody@127.0.0.1:1/none')).rejects.toThrow('DATABASE_URL cannot be used')
})

describe.skipIf(!server)('a Postgres', () => {
  test('that was not migrated is refused, with what to do', async () => {
    const name = `sergas_test_${randomBytes(6).toString('hex')}`
    const admin = postgres(server!, { max: 1, onnotice: () => {} })
    await admin.unsafe(`create database ${name}`)
    try {
      await expect(open(databaseUrl(server!, name))).rejects.toThrow('run `sergas migrate` first')
    } finally {
      await admin.unsafe(`drop database ${name} with (force)`)
      await admin.end()
    }
  })

  test('that a newer build migrated is refused, unless it said that this build may go on', async () => {
    const database = await createDatabase()
    const client = postgres(database.url, { max: 1 })
    await client`insert into drizzle.__drizzle_migrations (hash, created_at) values ('newer', 9999999999999)`
    const platform = await open(database.url)
    await platform.close()
    await client`update settings set value = '9999999999999' where key = 'schema_works_from'`
    try {
      await expect(open(database.url)).rejects.toThrow('migrated by a newer build')
      await client`delete from settings where key = 'schema_works_from'`
      await expect(open(database.url)).rejects.toThrow('migrated by a newer build')
    } finally {
      await client.end()
      await database.drop()
    }
  })

  test('that fits is opened, and closing leaves no connection behind', async () => {
    expect('template' in inject('database')).toBe(true)
    const database = await createDatabase()
    const platform = await open(database.url)
    await platform.ping()

    await platform.close()

    const admin = postgres(server!, { max: 1 })
    const name = new URL(database.url).pathname.slice(1)
    const [row] = await admin`select count(*)::int as open from pg_stat_activity where datname = ${name}`
    await admin.end()
    await database.drop()
    expect(row?.open).toBe(0)
  })
})

describe.skipIf(!server || !redis)('a Redis', () => {
  test('that does not answer is a setting that is wrong', async () => {
    const database = await createDatabase()
    try {
      await expect(open(database.url, 'redis://127.0.0.1:1')).rejects.toThrow('REDIS_URL cannot be used')
    } finally {
      await database.drop()
    }
  })

  test('that keeps its jobs is opened', async () => {
    const client = new Redis(redis!)
    const policy = await client.config('GET', 'maxmemory-policy')
    client.disconnect()
    const database = await createDatabase()
    try {
      if (Array.isArray(policy) && policy[1] === 'noeviction')
        await (await open(database.url, redis!)).close()
      else await expect(open(database.url, redis!)).rejects.toThrow('noeviction')
    } finally {
      await database.drop()
    }
  })
})
