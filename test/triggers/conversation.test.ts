import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CrmData } from '../../src/sandbox/data/crm-data.ts'
import { generateCompany } from '../../src/sandbox/data/sample-company.ts'
import { type Person, startWorld, type World, wordsOf } from '../flows/world.ts'

let world: World
let dana: Person
let manager: Person
let stranger: Person
let channel: string

beforeAll(async () => {
  world = await startWorld({ company: () => withHiTech(generateCompany({ seed: 'words', now: new Date() })) })
  dana = (await world.owners())[0]!
  manager = await world.manager()
  stranger = await world.stranger()
  channel = world.env.SLACK_TEAM_CHANNEL!
})
afterAll(() => world[Symbol.asyncDispose]())

function withHiTech(company: CrmData): CrmData {
  const account = company.records.Accounts.find(({ Account_Name }) => Account_Name === 'Clearbrook Water')!
  account.Account_Name = 'Hi-Tech Supplies'
  return company
}

/** What the bot posts into the person's own messages after they said something, once it is as expected. */
async function hear(person: Person, speak: () => Promise<unknown>, expected = /./): Promise<string> {
  const mine = async () =>
    (await world.messages(world.dm(person))).filter(
      ({ user, thread_ts }) => user !== person.id && thread_ts === undefined,
    )
  const before = new Set((await mine()).map(({ ts }) => ts))
  await speak()
  let heard = 'nothing'
  return world
    .until('there is an answer', async () => {
      const fresh = (await mine()).filter(({ ts }) => !before.has(ts)).map(wordsOf)
      heard = fresh.join('\n') || heard
      return fresh.find((text) => expected.test(text))
    })
    .catch(() => {
      throw new Error(`${expected} was expected, but the bot said: ${heard}`)
    })
}

const say = (person: Person, text: string, expected?: RegExp) =>
  hear(person, () => world.say(person, text), expected)

test.each([
  ['what needs me today?', /waiting for you|Nothing is waiting/],
  ['Which accounts need my attention?', /waiting for you|Nothing is waiting/],
  ['my approvals', /waiting for you|Nothing is waiting/],
  ['show my portfolio', /Your portfolio/],
  ['Portfolio please', /Your portfolio/],
  ['thanks!', /You are welcome/],
  ['pause until monday', /Nothing is paused yet/],
  ['hello', /you decide/],
  ['sergas status', /Zoho/],
  ['team portfolio', /for managers/],
])('“%s” is understood', async (text, answer) => {
  await say(dana, text, answer)
})

test.each([
  ['How is Larkspur Logistics doing?', 'Larkspur Logistics'],
  ['account "Osprey Ridge Energy"', 'Osprey Ridge Energy'],
  ['is there any risk at larkspur logistics these weeks?', 'Larkspur Logistics'],
  ['Hi-Tech', 'Hi-Tech Supplies'],
  ['hi-tech supplies', 'Hi-Tech Supplies'],
])('“%s” is about an account', async (text, name) => {
  await say(dana, text, new RegExp(`Working on ${name}`))
})

test('a question about what changed is answered with the history', async () => {
  await say(dana, 'what changed at Larkspur Logistics since May?', /What happened/)
})

test.each(['write me a poem', 'account Nonesuch Holdings', 'how is Brannock Foundry doing?'])(
  '“%s” is answered with what is understood, and tells nothing of accounts of others',
  async (text) => {
    // A brief that an earlier question asked for may still be on its way.
    expect(await say(dana, text, /I understand:/)).not.toContain('Working on')
    const said = (await world.messages(world.dm(dana))).map(wordsOf).join()
    expect(said).not.toMatch(/Working on (Nonesuch|Brannock)/)
  },
)

test('somebody without a role is told so, whatever they say', async () => {
  expect(await say(stranger, 'how is Larkspur Logistics doing?')).toContain('have access')
})

const mention = (person: Person, text: string, expected?: RegExp) =>
  hear(person, () => world.control('POST', '/slack/message', { user: person.id, channel, text }), expected)

test('a bare mention gets help, in the person’s own messages, and the channel is told where', async () => {
  await mention(dana, '@Sergas', /you decide/)

  const told = await world.until('they are told where', async () =>
    (await world.told(dana, channel)).find((text) => text.includes('in your messages with me')),
  )
  expect(told).toContain('everyone reads along')
})

test('a mention of the bot keeps the mention of a person in it', async () => {
  expect(await mention(manager, `@Sergas portfolio <@${dana.id}>`)).toContain(`${dana.name}’s portfolio`)
})
