import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorld, type World, wordsOf } from './world.ts'

let world: World

beforeAll(async () => {
  world = await startWorld({ env: { APPROVAL_TIMEOUT: '3s', WEBHOOK_MERGE_WINDOW: '10m' } })
})
afterAll(() => world[Symbol.asyncDispose]())

test('a card that nobody decided in time says that it expired, and pressing it writes nothing', async () => {
  const [owner] = await world.owners()
  const [card] = await world.cards(owner!)

  const expired = await world.becomes(card!, 'expired')
  const answer = await world.pressUnseen(card!, 'approval.approve')

  expect(expired.says).toContain('Expired after 3 s')
  expect(expired.says).toContain('Nothing was written')
  expect(expired.buttons).toEqual(['approval.analyse_again'])
  expect(answer.status).toBe(200)
  await world.until('the person is told', async () =>
    (await world.told(owner!)).some((text) => text.includes('already expired')),
  )
  expect(await world.writes()).toEqual([])
})

test('a press that comes after the deadline, before anyone noticed it, writes nothing and is told', async () => {
  const card = await world.freshCard('update')
  await new Promise((resolve) => setTimeout(resolve, 3_050))

  // Whether the sweeper or the press finds it first, the answer is that it expired.
  await world.pressUnseen(card, 'approval.approve')

  await world.until('the person is told', async () =>
    (await world.told(card.owner)).some((text) =>
      /expired (before your press|[A-Z<])|already expired/.test(text),
    ),
  )
  await world.becomes(card, 'expired')
  expect(await world.writesTo(card.recordId!)).toEqual([])
})

test('what expired can be analysed again: a new card with new time, which the old one points at', async () => {
  const [owner] = await world.owners()
  const expired = await world.until('a card expired', async () =>
    (await world.cards(owner!)).find(({ buttons }) => buttons.includes('approval.analyse_again')),
  )
  const known = new Set((await world.cards(owner!)).map(({ approvalId }) => approvalId))

  await world.press(expired, 'approval.analyse_again')

  const again = await world.until('the new card is there', async () =>
    (await world.cards(owner!)).find(
      ({ approvalId, recordId, fields }) =>
        !known.has(approvalId) && recordId === expired.recordId && fields.join() === expired.fields.join(),
    ),
  )
  await world.press(again, 'approval.approve')
  await world.becomes(again, 'done')
  await world.until('the old card points at it', async () => {
    const old = await world.card(expired)
    return old.says.includes('replaced it') && old.buttons.length === 0
  })
  expect(wordsOf((await world.messages(world.dm(owner!))).at(-1)!)).not.toBe('')
})
