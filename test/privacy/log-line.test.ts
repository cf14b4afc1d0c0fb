import { expect, test } from 'vitest'
import { reasonOf } from '../../src/jobs/reason.ts'
import { createLog } from '../../src/log.ts'
import { lineRedaction } from '../../src/privacy/log-line.ts'

const SECRETS = ['a-signing-secret-0001', 'quo"ted\\secret', 'hunter2!correct horse']

/** A value no line may show, made anew each time, with the part of it that would give it away. */
const CANARIES: readonly ((n: number) => string)[] = [
  (n) => `canary${n}@acme.example`,
  () => '4111 1111 1111 1111',
  () => 'DE89370400440532013000',
  (n) => `+49 30 90${String(n).padStart(5, '0')}`,
  (n) => `xoxb-${n}-CANARYcanary${n}`,
  (n) => `postgres://bot:pw${n}canary@db.example/crm`,
  () => '219-09-9999',
  (n) => `password: Canary${n}!`,
  (n) => SECRETS[n % SECRETS.length] ?? '',
]
const leaked = (canary: string) => canary.replace(/^password: |^postgres:\/\/|@db\.example\/crm$/g, '')

function logged() {
  const lines: string[] = []
  return {
    lines,
    log: createLog('trace', { destination: { write: (line) => void lines.push(line) }, secrets: SECRETS }),
  }
}

test('of ten thousand canaries not one gets into a line or a kept error, whichever way it is logged', () => {
  const leaks: string[] = []
  for (let n = 0; n < 10_000; n++) {
    const canary = CANARIES[n % CANARIES.length]?.(n) ?? ''
    const { lines, log } = logged()
    const error = new Error(`Refused "${canary}"\nfor good`, {
      cause: new Error('inner', { cause: { said: [`${canary}, again`] } }),
    })

    log.info(`saw\n${canary}`)
    log.error({ err: error, deep: { er: [{ text: `see ${canary}.` }] } }, 'failed')
    log.child({ who: canary }).warn({ [canary]: 1 }, 'child')
    const kept = reasonOf(SECRETS.includes(canary) ? new Error('refused') : error)

    const escaped = JSON.stringify(leaked(canary)).slice(1, -1)
    const all = [...lines, kept].join('')
    if (all.includes(leaked(canary)) || all.includes(escaped)) leaks.push(`${canary}: ${all}`)
    expect(lines).toHaveLength(3)
    for (const line of lines) expect(JSON.parse(line)).toHaveProperty('time')
  }
  expect(leaks.slice(0, 3)).toEqual([])
}, 120_000)

test('a value named as a secret is none to read at any depth, whatever it looks like', () => {
  const { lines, log } = logged()

  log.info({
    a: { b: [{ refreshToken: 'abc', Authorization: 'plain' }] },
    phone: '5417141388',
    inputTokens: 12,
  })

  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    a: { b: [{ refreshToken: '[secret]', Authorization: '[secret]' }] },
    phone: '[phone]',
    inputTokens: 12,
  })
})

test('an ordinary line stays as it is', () => {
  const { lines, log } = logged()
  const said = {
    approvalId: '0197a3c2-5b1e-7cc0-9a55-0c3f4be1d9aa',
    recordId: '4876876000000624001',
    ts: '1763737719.123456',
    until: '2026-11-21T06:00:00.000Z',
    waitedMs: 1_234_567,
    reason: 'connect ECONNREFUSED 127.0.0.1:5432',
  }

  log.info(said, 'approval decided')

  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ ...said, msg: 'approval decided' })
})

test('a line without anything to hide costs microseconds', () => {
  const redact = lineRedaction(SECRETS)
  const line =
    '{"level":30,"time":"2026-11-21T15:10:46.123Z","approvalId":"0197a3c2-5b1e-7cc0-9a55-0c3f4be1d9aa","kind":"follow_up_email","decidedBy":"U012ABC","waitedMs":8123,"msg":"approval decided"}\n'
  for (let n = 0; n < 2_000; n++) redact(line)
  const before = process.cpuUsage()
  for (let n = 0; n < 10_000; n++) redact(line)
  const { user, system } = process.cpuUsage(before)

  expect((user + system) / 10_000).toBeLessThan(50)
})
