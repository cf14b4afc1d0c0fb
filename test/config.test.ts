import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Env, readConfig } from '../src/config.ts'
import { ConfigError } from '../src/errors.ts'

const ENOUGH = {
  ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
  SLACK_BOT_TOKEN: 'local-bot-token',
  SLACK_SIGNING_SECRET: 'local-signing-secret',
  ZOHO_READ_CLIENT_ID: 'read',
  ZOHO_READ_CLIENT_SECRET: 'local',
  ZOHO_READ_REFRESH_TOKEN: 'local',
  ZOHO_WRITE_CLIENT_ID: 'write',
  ZOHO_WRITE_CLIENT_SECRET: 'local',
  ZOHO_WRITE_REFRESH_TOKEN: 'local',
}

function problemsOf(env: Record<string, string | undefined>): string {
  try {
    readConfig(env)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as ConfigError).message
  }
  throw new Error('Nothing was wrong')
}

test('the least that is needed is enough, and the rest has the defaults that are promised', () => {
  expect(readConfig(ENOUGH)).toMatchObject({
    http: { port: 3000, publicUrl: null },
    platform: { databaseUrl: null, redisUrl: null },
    approval: { ttlMs: 72 * 3_600_000, undoMs: 24 * 3_600_000, secondApproverAbove: null },
    review: { mergeWindowMs: 300_000, localTime: '05:00' },
    digest: { localTime: '06:00', zone: 'UTC' },
  })
})

test('a setting that is given empty counts as not given', () => {
  expect(readConfig({ ...ENOUGH, DATABASE_URL: '', APPROVAL_TIMEOUT: '' }).approval.ttlMs).toBe(
    72 * 3_600_000,
  )
  expect(problemsOf({ ...ENOUGH, SLACK_BOT_TOKEN: '' })).toContain('SLACK_BOT_TOKEN is missing')
})

test('with nothing set, everything that is missing is named at once', () => {
  const told = problemsOf({})

  for (const name of Object.keys(ENOUGH)) expect(told).toContain(name)
})

test('whichever settings are missing, exactly those are named', () => {
  const names = Object.keys(ENOUGH) as (keyof typeof ENOUGH)[]
  fc.assert(
    fc.property(fc.subarray(names, { minLength: 1 }), (missing) => {
      const env = Object.fromEntries(
        Object.entries(ENOUGH).filter(([name]) => !missing.includes(name as never)),
      )
      const told = problemsOf(env)
      for (const name of names) expect(told.includes(`${name} is missing`)).toBe(missing.includes(name))
    }),
  )
})

test('durations are read in every unit and refused in any other form', () => {
  const ttl = (text: string) => readConfig({ ...ENOUGH, APPROVAL_TIMEOUT: text }).approval.ttlMs
  expect([ttl('250ms'), ttl('3s'), ttl('10m'), ttl('72h'), ttl('7d')]).toEqual([
    250, 3_000, 600_000, 259_200_000, 604_800_000,
  ])
  for (const wrong of ['3', '3 s', '1.5h', '-3s', 'soon', '3S'])
    expect(problemsOf({ ...ENOUGH, APPROVAL_TIMEOUT: wrong })).toContain('APPROVAL_TIMEOUT')
})

test.each([
  [undefined, null],
  ['/var/trail.txt', { to: 'file', path: '/var/trail.txt' }],
  ['slack:C0123', { to: 'slack', channel: 'C0123' }],
  ['s3://trail/prod/eu', { to: 's3', bucket: 'trail', prefix: 'prod/eu', region: 'us-east-1' }],
])('checkpoints are published where it says: %s', (AUDIT_PUBLISH_TO, publishTo) => {
  const keys = { AUDIT_SIGNING_KEY: ENOUGH.ENCRYPTION_KEY, AUDIT_S3_KEY_ID: 'key', AUDIT_S3_SECRET: 'local' }

  const { audit } = readConfig({ ...ENOUGH, ...keys, AUDIT_PUBLISH_TO })

  if (publishTo) expect(audit.publishTo).toMatchObject(publishTo)
  else expect(audit.publishTo).toBeNull()
})

describe('rules between settings', () => {
  test.each([
    ['Redis without Postgres', { REDIS_URL: 'redis://127.0.0.1:6379' }, 'REDIS_URL needs DATABASE_URL'],
    [
      'a public address without a secret',
      { PUBLIC_URL: 'https://x.example' },
      'ZOHO_WEBHOOK_SECRET is missing',
    ],
    ['HTTP without a signing secret', { SLACK_SIGNING_SECRET: undefined }, 'SLACK_SIGNING_SECRET is missing'],
    ['a socket without its token', { SLACK_MODE: 'socket' }, 'SLACK_APP_TOKEN is missing'],
    [
      'a place to publish without a key to sign',
      { AUDIT_PUBLISH_TO: 'trail.txt' },
      'AUDIT_SIGNING_KEY is missing',
    ],
    ['a store without its keys', { AUDIT_PUBLISH_TO: 's3://trail' }, 'AUDIT_S3_SECRET is missing'],
  ])('%s', (_, env, problem) => {
    expect(problemsOf({ ...ENOUGH, ...env })).toContain(problem)
  })
})

test.each([
  ['ENCRYPTION_KEY', 'c2hvcnQ='],
  ['PORT', '70000'],
  ['PORT', 'web'],
  ['PUBLIC_URL', 'ftp://x.example'],
  ['DATABASE_URL', 'mysql://x/y'],
  ['ZOHO_WEBHOOK_SECRET', 'short'],
  ['ZOHO_FIELDS', '{"Accounts.status":1}'],
  ['ZOHO_FIELDS', '{'],
  ['ZOHO_FIELDS', '{"Accounts.shoeSize":"Shoes"}'],
  ['TIME_ZONE', 'Mars/Olympus'],
  ['REVIEW_TIME', '24:00'],
  ['DIGEST_TIME', '6:00'],
  ['SECOND_APPROVER_ABOVE', '0'],
  ['LOG_LEVEL', 'loud'],
  ['AUDIT_SIGNING_KEY', 'c2hvcnQ='],
  ['AUDIT_ORIGIN', 'two words'],
  ['AUDIT_PUBLISH_TO', 'slack:general'],
  ['AUDIT_PUBLISH_TO', 's3://'],
])('%s=%s is refused by its name', (name, value) => {
  expect(problemsOf({ ...ENOUGH, [name]: value })).toContain(name === 'ZOHO_FIELDS' ? 'Accounts' : name)
})

test('no message about settings repeats a value: it may be a secret', () => {
  const secret = 'c2VjcmV0LXRoYXQtaXMtdG9vLXNob3J0'

  expect(problemsOf({ ...ENOUGH, ENCRYPTION_KEY: secret, ZOHO_WEBHOOK_SECRET: 'tell no one' })).not.toMatch(
    new RegExp(`${secret}|tell no one`),
  )
})

test('each setting is described for whoever reads the table', () => {
  for (const [name, schema] of Object.entries(Env.shape)) expect(schema.description ?? '', name).not.toBe('')
})
