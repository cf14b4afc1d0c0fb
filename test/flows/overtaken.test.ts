import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CrmData } from '../../src/sandbox/data/crm-data.ts'
import { generateCompany } from '../../src/sandbox/data/sample-company.ts'
import { daysPast } from './busy-company.ts'
import { startWorld, type World } from './world.ts'

let world: World

beforeAll(async () => {
  world = await startWorld({
    company: () => withoutNextSteps(generateCompany({ seed: 'overtaken', now: new Date() })),
  })
})
afterAll(() => world[Symbol.asyncDispose]())

function withoutNextSteps(company: CrmData): CrmData {
  for (const deal of company.records.Deals) {
    deal.Next_Step = null
    if (!String(deal.Stage).startsWith('Closed')) deal.Closing_Date = daysPast(new Date(), -60)
  }
  return company
}

test('a card gives way to a newer suggestion for the same record, and points at it', async () => {
  const card = await world.freshCard('update', { touching: 'Next_Step' })
  expect(card.fields).toEqual(['Next_Step'])
  // Whatever the hour and the day at which this runs.
  await world.pressHome(card.owner, 'settings.quiet_from', '00:00')
  await world.pressHome(card.owner, 'settings.quiet_until', '00:00')
  await world.pressHome(card.owner, 'settings.digest_days', ['1', '2', '3', '4', '5', '6', '7'])

  // The deal moves on, so a next step is no longer the question; that its date has passed is.
  const { Stage } = await world.record(card.module, card.recordId!)
  await world.edit(card.module, card.recordId!, {
    Stage: Stage === 'Proposal' ? 'Negotiation' : 'Proposal',
    Closing_Date: daysPast(new Date(), 20),
  })

  expect((await world.becomes(card, 'superseded')).buttons).not.toContain('approval.approve')
  const newer = await world.until('the newer one is asked', async () =>
    (await world.cards(card.owner)).find(
      ({ state, recordId: id, fields }) =>
        state === 'pending' && id === card.recordId && fields.includes('Closing_Date'),
    ),
  )
  await world.until('the older one points at it', async () =>
    /newer suggestion took this one's place.*See what replaced it/s.test((await world.card(card)).says),
  )
  await world.pressUnseen(card, 'approval.approve')
  await world.until('the press is answered', async () =>
    (await world.told(card.owner)).some((text) => text.includes('already replaced by a newer one')),
  )
  await world.press(newer, 'approval.approve')
  await world.becomes(newer, 'done')
  const [write, ...others] = await world.writesTo(card.recordId!)
  expect(Object.keys(write!.body!.data[0]!)).toEqual(['Closing_Date'])
  expect(others).toEqual([])
})
