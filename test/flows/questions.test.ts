import type { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generateCompany } from '../../src/sandbox/data/sample-company.ts'
import { mockClaude } from '../llm/mock-claude.ts'
import { type Person, startWorld, type World } from './world.ts'

/** With a model beside it, the bot writes briefs and answers in words; and when the model fails, it does its job. */

let mock: LLMock
let world: World
let dana: Person

beforeAll(async () => {
  ;({ mock } = await mockClaude())
  world = await startWorld({
    company: () => generateCompany({ seed: 'flows', now: new Date() }),
    env: { ANTHROPIC_API_KEY: 'any', ANTHROPIC_BASE_URL: mock.url, CLAUDE_TIMEOUT: '5s' },
  })
  dana = (await world.owners())[0]!
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
  await mock.stop()
})

async function asked(question: string): Promise<string> {
  const channel = world.dm(dana)
  const before = new Set((await world.messages(channel)).map(({ ts }) => ts))
  await world.say(dana, question)
  let said = ''
  await world.until('it is answered', async () => {
    const fresh = (await world.messages(channel)).filter(
      ({ ts, user, thread_ts }) => !before.has(ts) && user !== dana.id && !thread_ts,
    )
    said = JSON.stringify(fresh.at(-1) ?? '')
    return said !== '""' && !said.includes('looking into it') && !said.includes(' …"')
  })
  return said
}

test('while the model answers nothing that can be used, everybody has suggestions, and their cards say who wrote them', async () => {
  const cards = await world.cards(dana)
  expect(cards.length).toBeGreaterThan(0)
  expect(cards.every(({ says }) => says.includes('Written by rules, because'))).toBe(true)
  expect(mock.getRequests().length).toBeGreaterThan(0)
})

test('a question is answered in words, with the records it rests on, and without what leads elsewhere', async () => {
  mock.clearFixtures()
  mock.on({ turnIndex: 0 }, { toolCalls: [{ name: 'portfolio', arguments: {} }] })
  mock.on({ turnIndex: 1 }, { toolCalls: [{ name: 'account', arguments: { account: 'K1' } }] })
  mock.on(
    { turnIndex: 2 },
    { content: 'It is at risk [R1]. <!channel> see https://evil.example/x for [A1, Z9] more.' },
  )

  const said = await asked('Which of my accounts should worry me most, and why?')

  expect(said).toContain('It is at risk')
  expect(said).toContain('From ')
  expect(said).toContain('/crm/tab/Accounts/')
  expect(said).not.toContain('evil')
  expect(said).not.toContain('<!channel>')
  expect(said).not.toContain('[R1]')
})

test('a brief says in a few words how the account stands', async () => {
  mock.clearFixtures()
  mock.on(
    { systemMessage: /before they call/ },
    { content: 'Contact stopped in spring [A1]. Nothing is open.' },
  )
  const channel = world.dm(dana)
  await world.command(dana, '/account', 'Larkspur Logistics')
  let brief = ''
  await world.until('the brief is there', async () => {
    const all = (await world.messages(channel)).map((one) => JSON.stringify(one))
    brief = all.findLast((one) => one.includes('brief.draft')) ?? ''
    return brief !== ''
  })

  expect(brief).toContain('In short')
  expect(brief).toContain('Contact stopped in spring')
  expect(brief).toContain('Written by Claude from')
  expect(brief).not.toContain('[A1]')
})

test('an address in a question does not leave, and is looked for all the same', async () => {
  mock.clearFixtures()
  mock.clearRequests()
  mock.on(
    { turnIndex: 0 },
    { toolCalls: [{ name: 'find_accounts', arguments: { name: 'Larkspur [e-mail 1]' } }] },
  )
  mock.on({ turnIndex: 1 }, { content: 'Nothing is known of that address.' })

  await asked('Did somebody at jo.doe@larkspur.example write to us this month?')

  const sent = JSON.stringify(mock.getRequests().map(({ body }) => body))
  expect(sent).toContain('[e-mail 1]')
  expect(sent).not.toContain('jo.doe')
})

test('nobody is answered about an account that is not theirs', async () => {
  mock.clearFixtures()
  mock.clearRequests()
  mock.on(
    { turnIndex: 0 },
    { toolCalls: [{ name: 'find_accounts', arguments: { name: 'Brannock Foundry' } }] },
  )
  mock.on({ turnIndex: 1 }, { content: 'I know nothing about it.' })

  expect(await asked('What do you know about Brannock Foundry and its people?')).toContain(
    'I know nothing about it',
  )
  expect(JSON.stringify(mock.getRequests().at(-1)?.body)).toContain('None of that name')
})

test('what Claude cost is told with the status', async () => {
  await world.command(dana, '/sergas', 'status')
  expect((await world.told(dana)).at(-1)).toMatch(/Claude: \$\d+\.\d\d of \$20\.00 today; .* calls/)
})

test('without an answer the person is told why, and what works all the same', async () => {
  mock.clearFixtures()
  mock.on({}, { error: { message: 'overloaded', type: 'overloaded_error' }, status: 529 })

  const said = await asked('Who of my customers has not been called for long?')

  expect(said).toContain('Claude was overloaded')
  expect(said).toContain('help')
})
