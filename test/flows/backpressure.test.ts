import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Platform } from '../../src/platform/platform.ts'
import { accounts, owners, recommendations } from '../../src/store/schema.ts'
import { openPlatform } from '../database.ts'
import { type Person, startWorld, type World, wordsOf } from './world.ts'

/** More than a person or the bot can take: what comes unasked waits, what a person decided never does. */

let world: World
let platform: Platform
let owner: Person
beforeAll(async () => {
  platform = await openPlatform()
  world = await startWorld({ platform, env: { ZOHO_TIMEOUT: '10s' } })
  owner = (await world.owners())[0]!
})
afterAll(() => world[Symbol.asyncDispose]())

/** The owner's pending cards, brought to this many by copies of one that no test presses. */
async function withWaiting(total: number): Promise<void> {
  const missing = total - (await waiting())
  const copies = sql`generate_series(1, ${missing}::int) as n`
  const model = sql`select id from approvals where state = 'pending' and asked_owner_id =
    (select id from owners where slack_user_id = ${owner.id}) order by opened_at limit 1`
  const [recommendation, approval] = [
    sql`'copy-' || n || '-' || ${total}::text`,
    sql`'copy-' || n || '-' || ${total}::text`,
  ]
  await platform.db.execute(sql`insert into recommendations
    select (jsonb_populate_record(r, jsonb_build_object('id', ${recommendation}, 'dedupe_key', ${recommendation}))).*
    from recommendations r, ${copies} where r.id = (select recommendation_id from approvals where id = (${model}))`)
  await platform.db.execute(sql`insert into approvals
    select (jsonb_populate_record(a, jsonb_build_object('id', ${approval}, 'recommendation_id', ${recommendation}))).*
    from approvals a, ${copies} where a.id = (${model})`)
}

async function waiting(): Promise<number> {
  const rows =
    await platform.db.execute(sql`select 1 from approvals where state = 'pending' and asked_owner_id =
    (select id from owners where slack_user_id = ${owner.id})`)
  return [...(rows as unknown as Iterable<unknown>)].length
}

/** As if today's had not come yet. */
async function digestNow(): Promise<string> {
  await platform.db.execute(sql`delete from digests`)
  const before = (await digests()).length
  await world.command(owner, '/sergas', 'digest now')
  return world.until('the digest is there', async () => {
    const all = await digests()
    return all.length > before && all.at(-1)!
  })
}

async function digests(): Promise<string[]> {
  return (await world.messages(world.dm(owner)))
    .filter(({ metadata }) => metadata?.event_type === 'sergas_digest')
    .map(wordsOf)
}

test('twenty cards wait for a person at most: a digest opens what there is room for, then none, and says how many wait in App Home', async () => {
  await withWaiting(19)
  const cards = (await world.cards(owner)).length

  const nearlyFull = await digestNow()
  expect(await waiting()).toBe(20)
  await world.until('its card is there', async () => (await world.cards(owner)).length === cards + 1)
  expect(nearlyFull).toContain('1 suggestion for you today')
  const full = await digestNow()

  expect(await waiting()).toBe(20)
  expect(full).toMatch(
    /So many cards wait for you that I add none today: \d+ more suggestions? waits?, ranked, in App Home/,
  )
  expect((await world.cards(owner)).length).toBe(cards + 1)
  expect(await world.home(owner)).toContain('More suggestions')
})

test('a brief opens no card beyond that either, and whoever presses Review still gets theirs', async () => {
  const rows = await platform.db
    .select({ name: accounts.name })
    .from(recommendations)
    .innerJoin(accounts, eq(accounts.id, recommendations.accountId))
    .innerJoin(owners, eq(owners.id, accounts.ownerId))
    .where(and(eq(recommendations.state, 'open'), eq(owners.slackUserId, owner.id)))
  const { name } = rows[0]!
  await world.command(owner, '/account', name)

  const brief = await world.until('the brief is there', async () =>
    (await world.messages(world.dm(owner)))
      .map(wordsOf)
      .find((text) => text.includes('Next step') && text.includes(name)),
  )

  expect(brief).toMatch(/So many cards wait for you that I add none/)
  expect(await waiting()).toBe(20)
  await world.freshCard('update', { from: owner })
})

test('while every place for background work is taken, an approved change is written at once', async () => {
  const card = await world.freshCard('update', { from: (await world.owners())[1]! })
  await world.breakIt({ service: 'zoho', kind: 'hang', path: '/coql' })
  const accounts = [...new Set((await world.recommendations()).map(({ account_id }) => account_id))].slice(
    0,
    8,
  )
  for (const id of accounts) {
    const name = String((await world.record('Accounts', id)).Account_Name)
    await world.command(await world.manager(), '/account', name)
  }

  await world.press(card, 'approval.approve')

  await world.becomes(card, 'done', 8_000)
  await world.mend()
})
