import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { companyBeside, platformSettings, sergas } from './bot-process.ts'
import type { Visitor } from './world.ts'

/** The bot in a process of its own, Slack and Zoho in this one: neither can know the other but over HTTP. */

let sandbox: Sandbox
let world: Visitor
let platform: Awaited<ReturnType<typeof platformSettings>>
let bot: ReturnType<typeof sergas>
let port: number

beforeAll(async () => {
  ;({ port, sandbox, world } = await companyBeside())
  platform = await platformSettings()
  bot = startBot()
  await answers()
  for (const owner of await world.owners()) {
    await world.until(
      'the portfolio is reviewed',
      async () => (await world.home(owner)).includes('Review'),
      60_000,
    )
    await world.command(owner, '/sergas', 'digest now')
  }
})
afterAll(async () => {
  await bot.end('SIGTERM')
  await sandbox.close()
  await platform.drop()
})

function startBot() {
  return sergas(['start'], {
    ...sandbox.env,
    ...platform.env,
    HOST: '127.0.0.1',
    PORT: String(port),
    WEBHOOK_MERGE_WINDOW: '10m',
  })
}

const answers = () =>
  world.until(
    `the bot answers:\n${bot.output()}`,
    async () => (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null))?.ok,
    60_000,
  )

test('digest, press and write, with the bot and the company in two processes', async () => {
  const card = await world.until('a card is there', async () => world.freshCard('update').catch(() => null))

  await world.press(card, 'approval.approve')
  await world.becomes(card, 'done')

  expect(await world.writesTo(card.recordId!)).toHaveLength(1)
})

test.each(['update', 'create'] as const)(
  'killed between press and write of an %s, and started again, it is written once',
  { timeout: 150_000 },
  async (action) => {
    const card = await world.freshCard(action)
    const before = (await world.writes()).length
    const path = action === 'update' ? card.recordId! : `/${card.module}`
    const method = action === 'update' ? 'PUT' : 'POST'
    await world.breakIt({ service: 'zoho', kind: 'hang', path, method, count: 1 })

    const answer = await world.press(card, 'approval.approve')
    await world.until('the write is under way', async () => (await world.writes()).length > before)
    await bot.end('SIGKILL')
    bot = startBot()
    await answers()
    await world.becomes(card, 'done', 120_000)

    expect(answer.status).toBe(200)
    const carriedOut = (await world.writes())
      .slice(before)
      .filter(({ answer }) => answer?.data?.[0]?.code === 'SUCCESS')
    expect(carriedOut).toHaveLength(1)
  },
)
