import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packageRoot } from '../../src/platform/migrations.ts'
import type { CrmData } from '../../src/sandbox/data/crm-data.ts'
import { loadCompany } from '../../src/sandbox/data/csv-company.ts'
import { startWorld, type World } from './world.ts'

const folder = join(process.env.SERGAS_SHARED ?? resolve(packageRoot(), '..', 'shared'), 'data', 'crm-demo')
if (!existsSync(folder)) console.warn(`Skipped: no company of CSV files in ${folder}`)

describe.skipIf(!existsSync(folder))('a company of 150 accounts from CSV files', () => {
  let company: CrmData
  let world: World

  beforeAll(async () => {
    company = loadCompany(folder, new Date())
    world = await startWorld({ company })
  }, 60_000)
  afterAll(() => world[Symbol.asyncDispose]())

  test('every account is reviewed; some need something, most do not', async () => {
    const recommendations = await world.recommendations()
    const needy = new Set(recommendations.map(({ account_id }) => account_id))

    expect(company.records.Accounts).toHaveLength(150)
    expect(needy.size).toBeGreaterThanOrEqual(20)
    expect(150 - needy.size).toBeGreaterThanOrEqual(75)
    const analysed = await Promise.all(
      (await world.owners()).map(
        async (owner) => /Analysed (\d+) account/.exec(await world.home(owner))?.[1],
      ),
    )
    const owned = company.records.Accounts.filter(({ Owner }) => Owner).length
    expect(analysed.reduce((sum, count) => sum + Number(count ?? 0), 0)).toBe(owned)
  })

  test('everyone with accounts that need something got one digest, and nobody else did', async () => {
    const ownerOf = new Map(
      company.records.Accounts.map(({ id, Owner }) => [
        id,
        typeof Owner === 'object' && Owner && 'id' in Owner ? Owner.id : null,
      ]),
    )
    const needed = new Set((await world.recommendations()).map(({ account_id }) => ownerOf.get(account_id)))

    for (const person of company.people) {
      const messages = await world.messages(`D${person.slackId.slice(1)}`)
      const digests = messages.filter(({ metadata }) => metadata?.event_type === 'sergas_digest')
      expect(digests.length, person.name).toBe(person.crmId && needed.has(person.crmId) ? 1 : 0)
    }
  })

  test('an owner’s first cards hold an update and a creation wherever both are justified', async () => {
    const recommendations = await world.recommendations()
    const updates = new Set(
      recommendations.filter(({ kind }) => kind === 'update_account').map(({ account_id }) => account_id),
    )
    const creations = new Set(
      recommendations.filter(({ kind }) => kind !== 'update_account').map(({ account_id }) => account_id),
    )
    for (const owner of await world.owners()) {
      const cards = await world.cards(owner)
      expect(cards.length).toBeLessThanOrEqual(3)
      if (cards.length === 0) continue
      const crmId = company.people.find(({ slackId }) => slackId === owner.id)!.crmId
      const own = company.records.Accounts.flatMap(({ id, Owner }) =>
        typeof Owner === 'object' && Owner && 'id' in Owner && Owner.id === crmId ? [id] : [],
      )
      const both = own.some((id) => updates.has(id)) && own.some((id) => creations.has(id))
      if (!both) continue
      expect(
        cards.some(({ recordId }) => recordId !== null),
        owner.name,
      ).toBe(true)
      expect(
        cards.some(({ recordId }) => recordId === null),
        owner.name,
      ).toBe(true)
    }
  })

  test('everything a recommendation rests on is a record of Zoho', async () => {
    const known = new Set(Object.values(company.records).flatMap((records) => records.map(({ id }) => id)))
    for (const { evidence, kind, account_id } of await world.recommendations()) {
      expect(evidence.length, `${kind} of ${account_id}`).toBeGreaterThan(0)
      for (const id of evidence) expect(known.has(id), `${id} of ${kind}`).toBe(true)
    }
  })

  test('the portfolio took fewer than 0.2 calls per account', async () => {
    const { total } = (await world.control('GET', '/zoho/calls')).body as unknown as { total: number }
    expect(total / 150).toBeLessThan(0.2)
  })
})
