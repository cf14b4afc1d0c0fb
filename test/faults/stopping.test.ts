import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLog } from '../../src/log.ts'
import { migrateProduction } from '../../src/platform/production.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { sergas } from '../flows/bot-process.ts'
import { type Card, companyOf, RATE_FACTOR, type Visitor, visit } from '../flows/world.ts'
import { freePort } from '../free-port.ts'
import { type OwnPostgres, type OwnRedis, serversMissing, startPostgres, startRedis } from '../servers.ts'

/** Bots in processes of their own on a Postgres and a Redis of the test's own, which are stopped, emptied and broken. */

const missing = serversMissing()
if (missing) process.stderr.write(`Left out: ${missing}\n`)
const STOP_WITHIN_MS = 20_000

describe.skipIf(missing !== null)('on servers of its own', () => {
  let sandbox: Sandbox
  let world: Visitor
  let database: OwnPostgres
  let redis: OwnRedis
  let bot: ReturnType<typeof sergas>
  let port: number

  beforeAll(async () => {
    ;[database, redis, port] = await Promise.all([startPostgres(), startRedis(), freePort()])
    await migrateProduction(database.url)
    const botUrl = `http://127.0.0.1:${port}`
    sandbox = await startSandbox({
      port: 0,
      dir: null,
      company: companyOf({}),
      log: createLog('silent'),
      rateFactor: RATE_FACTOR,
      botUrl,
    })
    world = visit(sandbox.url, sandbox.env, botUrl)
    bot = await started()
    for (const owner of await world.owners()) {
      await world.until(
        'the portfolio is reviewed',
        async () => (await world.home(owner)).includes('Review'),
        90_000,
      )
      await world.command(owner, '/sergas', 'digest now')
    }
    await world.until(
      'a card is there',
      async () => (await world.cards((await world.owners())[0]!)).length > 0,
    )
  }, 180_000)
  afterAll(async () => {
    await bot?.end('SIGKILL')
    await sandbox?.close()
    await Promise.all([database?.stop(), redis?.stop()])
  })

  function start() {
    return sergas(['start'], {
      ...sandbox.env,
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      HOST: '127.0.0.1',
      PORT: String(port),
      WEBHOOK_MERGE_WINDOW: '10m',
    })
  }

  const answer = async (path: string) =>
    (
      await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(15_000) }).catch(
        () => null,
      )
    )?.status ?? null

  async function started() {
    const process = start()
    await world.until(`the bot answers`, async () => (await answer('/readyz')) === 200, 60_000)
    return process
  }

  async function rows<Row>(statement: string): Promise<Row[]> {
    const client = postgres(database.url, { max: 1, onnotice: () => {} })
    try {
      return (await client.unsafe(statement)) as unknown as Row[]
    } finally {
      await client.end()
    }
  }
  const held = () =>
    rows<{ what: string }>(
      `select 'operation ' || id as what from operations where lease is not null
       union all select 'message ' || id from outbox where lease is not null and state = 'pending'`,
    )

  async function endsGracefully(): Promise<number> {
    const before = performance.now()
    const code = await bot.end('SIGTERM')
    const tookMs = performance.now() - before
    expect({ code, output: bot.output() }).toMatchObject({ code: 0 })
    expect(tookMs).toBeLessThan(STOP_WITHIN_MS)
    return tookMs
  }

  const carriedOut = async (card: Card) =>
    (await world.writesTo(card.recordId!)).filter(({ answer }) => answer?.data?.[0]?.code === 'SUCCESS')

  test('a stop lets presses, writes and deliveries under way finish, and loses none', async () => {
    const cards: Card[] = []
    for (let n = 0; n < 4; n += 1) cards.push(await world.freshCard('update'))
    const presses = cards.map((card) => world.press(card, 'approval.approve'))
    await presses[0]

    await endsGracefully()
    const answers = await Promise.all(presses)

    expect(await held()).toEqual([])
    bot = await started()
    for (const [index, card] of cards.entries()) {
      // A press that was not taken was not acknowledged either: Slack showed the person that it failed.
      if (answers[index]?.status !== 200) await world.press(card, 'approval.approve')
      await world.becomes(card, 'done', 60_000)
      expect(await carriedOut(card)).toHaveLength(1)
    }
  }, 180_000)

  test.each(['GET', 'PUT'])(
    'while Zoho hangs in a %s, a stop takes less than 20 s, and another process goes on at once',
    async (method) => {
      const card = await world.freshCard('update')
      await world.breakIt({ service: 'zoho', kind: 'hang', path: card.recordId!, method })
      await world.press(card, 'approval.approve')
      await world.until('the write is under way', async () => (await held()).length > 0)

      await endsGracefully()

      expect(await held()).toEqual([])
      await world.mend()
      bot = await started()
      // Its lease would have lasted a minute.
      await world.becomes(card, 'done', 30_000)
      expect(await carriedOut(card)).toHaveLength(1)
    },
    180_000,
  )

  test('while Slack hangs, a stop takes less than 20 s, and the card says it once', async () => {
    const card = await world.freshCard('create')
    await world.breakIt({ service: 'slack', kind: 'hang', path: 'chat.update' })
    await world.press(card, 'approval.approve')
    await world.until('the update is under way', async () =>
      (await held()).some(({ what }) => what.startsWith('message')),
    )

    await endsGracefully()

    expect(await held()).toEqual([])
    await world.mend()
    bot = await started()
    await world.becomes(card, 'done', 60_000)
  }, 180_000)

  test('without Redis the bot is ready, takes a press, and carries it out when Redis is back, empty', async () => {
    const card = await world.freshCard('update')
    await redis.down()
    expect(await answer('/readyz')).toBe(200)
    expect(await answer('/livez')).toBe(200)

    const press = await world.press(card, 'approval.approve')

    expect(press.status).toBe(200)
    expect(await answer('/readyz')).toBe(200)
    await redis.up()
    await world.becomes(card, 'done', 60_000)
    expect(await carriedOut(card)).toHaveLength(1)
    expect(bot.child.exitCode).toBeNull()
  }, 180_000)

  test('without Slack and without Zoho the bot is ready', async () => {
    await world.breakIt({ service: 'slack', kind: 'reset' })
    await world.breakIt({ service: 'zoho', kind: 'reset' })

    expect(await answer('/readyz')).toBe(200)

    await world.mend()
  })

  test('when Postgres is restarted the bot says that it is not ready, lives on, and is ready again', async () => {
    const card = await world.freshCard('update')
    await database.down()
    expect(await answer('/readyz')).toBe(503)
    expect(await answer('/livez')).toBe(200)
    expect((await world.press(card, 'approval.approve')).status).not.toBe(200)

    await database.up()
    await world.until('it is ready', async () => (await answer('/readyz')) === 200, 30_000)
    await database.crash()
    await world.until('it is ready again', async () => (await answer('/readyz')) === 200, 30_000)

    expect(bot.child.exitCode).toBeNull()
    await world.press(card, 'approval.approve')
    await world.becomes(card, 'done', 60_000)
    expect(await carriedOut(card)).toHaveLength(1)
  }, 180_000)
})
