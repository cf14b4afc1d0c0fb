import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Platform } from '../../src/platform/platform.ts'
import { accountIdsOf } from '../../src/store/account-ids.ts'
import { auditEvents, memoryEvents } from '../../src/store/schema.ts'
import { named } from '../../src/triggers/memory.ts'
import { openPlatform } from '../database.ts'
import { actionsIn, type Person, startWorld, type World, wordsOf } from '../flows/world.ts'

/** "Add to account memory": a message shortcut, a window, a note, and the way to take it back. */

let platform: Platform
let world: World
let dana: Person
let manager: Person
beforeAll(async () => {
  platform = await openPlatform()
  world = await startWorld({ platform })
  dana = (await world.owners())[0]!
  manager = await world.manager()
})
afterAll(() => world[Symbol.asyncDispose]())

const notes = async () =>
  (await platform.db.select().from(memoryEvents)).filter(({ kind }) => kind === 'told')
const audited = async () => {
  const rows = await platform.db.select().from(auditEvents)
  return rows
    .map(({ envelope }) => JSON.parse(envelope).action as string)
    .filter((one) => /^memory/.test(one))
}

async function say(person: Person, text: string): Promise<{ channel: string; ts: string }> {
  const { body } = await world.control('POST', '/slack/message', { user: person.id, text })
  return { channel: String(body.channel), ts: String(body.ts) }
}

async function choose(person: Person, message: { channel: string; ts: string }) {
  const reply = await world.control('POST', '/slack/shortcut', {
    user: person.id,
    ...message,
    callback_id: 'memory.add',
  })
  expect(reply.status).toBe(200)
  const { modal } = await world.views(person)
  if (!modal) throw new Error('No window opened')
  return modal
}

const submit = (person: Person, view: { id: string }, values: Record<string, unknown>) =>
  world.control('POST', '/slack/submit', { user: person.id, view_id: view.id, values })

const toldWith = (person: Person, words: RegExp) =>
  world.until(`${person.name} reads ${words}`, async () =>
    (await world.messages(world.dm(person))).findLast((message) => words.test(wordsOf(message))),
  )

test('a message is remembered with an account, once, and taken back by whoever added it', async () => {
  const message = await say(dana, 'Larkspur Logistics: their head of purchasing leaves in March')
  const view = await choose(dana, message)
  expect(view.callback_id).toBe('memory.add')
  // The account that the message names is chosen already.
  const chosen = JSON.stringify(view.blocks)
  expect(chosen).toMatch(/"initial_option":\{[^}]*"text":\{[^}]*Larkspur Logistics/)
  const accountId = /"initial_option":.*?"value":"(\d+)"/.exec(chosen)?.[1]

  await submit(dana, view, { account: accountId, text: 'Head of purchasing leaves in March' })

  const told = await toldWith(dana, /Remembered with .*Larkspur Logistics/)
  const [note, ...others] = await notes()
  expect(others).toEqual([])
  expect(note).toMatchObject({
    accountId,
    text: 'Head of purchasing leaves in March',
    title: `Said by ${dana.name}`,
  })
  expect(note?.url).toContain(message.ts.replace('.', ''))
  expect(await audited()).toEqual(['memory.added'])

  const again = await choose(dana, message)
  await submit(dana, again, { account: accountId, text: 'Other words for the same message' })
  await toldWith(dana, /remembered with .*Larkspur Logistics.* already/)
  expect(await notes()).toEqual([note])

  expect(actionsIn(told.blocks)).toContain('memory.remove')
  await world.control('POST', '/slack/press', {
    user: dana.id,
    channel: told.channel,
    ts: told.ts,
    action_id: 'memory.remove',
  })
  await toldWith(dana, /I no longer remember it/)
  expect(await notes()).toEqual([])
  expect(await audited()).toEqual(['memory.added', 'memory.removed'])
})

test('only accounts that the person may see are offered, and no other is accepted', async () => {
  const people = await world.owners()
  const other = people.find(({ id }) => id !== dana.id)!
  const offeredTo = async (person: Person) => {
    const view = await choose(person, await say(person, 'Something worth keeping'))
    return {
      view,
      ids: new Set([...JSON.stringify(view.blocks).matchAll(/"value":"(\d+)"/g)].map(([, id]) => id!)),
    }
  }
  const mine = await offeredTo(dana)
  const theirs = await offeredTo(other)
  const all = await offeredTo(manager)

  expect(mine.ids.size).toBeGreaterThan(0)
  expect([...mine.ids].filter((id) => theirs.ids.has(id))).toEqual([])
  for (const id of [...mine.ids, ...theirs.ids]) expect(all.ids).toContain(id)
  expect(all.ids.size).toBeLessThanOrEqual((await accountIdsOf(platform.db, null)).length)

  // As nobody's Slack would send it: an account that was not on offer.
  const [foreign] = theirs.ids
  const forged = await forge(dana, foreign!)
  expect(forged).toBe(200)
  await toldWith(dana, /I do not know that account/)
  expect(await notes()).toEqual([])
})

test('somebody without a role is offered nothing', async () => {
  const stranger = await world.stranger()
  const view = await choose(stranger, await say(stranger, 'Let me in'))

  expect(view.callback_id).toBe('memory.none')
})

test('a message without words is not remembered', async () => {
  const view = await choose(dana, await say(dana, 'Something'))
  const accountId = /"value":"(\d+)"/.exec(JSON.stringify(view.blocks))![1]

  const reply = await submit(dana, view, { account: accountId, text: '\u200b \u200b' })

  expect(JSON.stringify(reply.body)).toContain('There is nothing to remember')
  expect(await notes()).toEqual([])
})

test('the account that a message means is the longest name in it', () => {
  const accounts = [
    { id: '1', name: 'Acme' },
    { id: '2', name: 'Acme North' },
    { id: '3', name: 'Globex' },
    { id: '4', name: 'We' },
  ]

  expect(named('news from ACME NORTH today', accounts)).toBe('2')
  expect(named('we heard nothing', accounts)).toBeNull()
  expect(named('', accounts)).toBeNull()
})

async function forge(person: Person, accountId: string): Promise<number> {
  const team = await world.teamId()
  const payload = {
    type: 'view_submission',
    team: { id: team },
    user: { id: person.id, team_id: team },
    view: {
      id: 'V1',
      type: 'modal',
      callback_id: 'memory.add',
      private_metadata: JSON.stringify({ channel: 'C1', ts: '1700000000.000100', saidBy: null }),
      state: {
        values: {
          account: { account: { type: 'static_select', selected_option: { value: accountId } } },
          text: { text: { type: 'plain_text_input', value: 'forged' } },
        },
      },
    },
  }
  return (await world.fromSlack(`payload=${encodeURIComponent(JSON.stringify(payload))}`)).status
}
