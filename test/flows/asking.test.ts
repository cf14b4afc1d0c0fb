import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordId } from '../../src/sandbox/data/crm-data.ts'
import { SAMPLE_ACCOUNTS } from '../../src/sandbox/data/sample-accounts.ts'
import { generateCompany } from '../../src/sandbox/data/sample-company.ts'
import { actionsIn, type Card, type Forgery, type Person, startWorld, type World, wordsOf } from './world.ts'

let world: World
let dana: Person
let luis: Person
let manager: Person
let stranger: Person

beforeAll(async () => {
  world = await startWorld({ company: () => generateCompany({ seed: 'flows', now: new Date() }) })
  const owners = await world.owners()
  dana = owners[0]!
  luis = owners[1]!
  manager = await world.manager()
  stranger = await world.stranger()
})
afterAll(() => world[Symbol.asyncDispose]())

const idOf = (name: string) =>
  recordId('Accounts', SAMPLE_ACCOUNTS.findIndex((account) => account.name === name) + 1)

/** What a command answers, to this person alone. */
async function ask(person: Person, command: string, text = ''): Promise<string> {
  const before = (await world.told(person)).length
  const reply = await world.command(person, command, text)
  expect(reply.status).toBe(200)
  const told = await world.told(person)
  expect(told).toHaveLength(before + 1)
  return told.at(-1)!
}

describe('/account', () => {
  test('an unknown account and a forbidden one get the same answer', async () => {
    const unknown = await ask(dana, '/account', 'Nonesuch Holdings')
    const forbidden = await ask(dana, '/account', 'Brannock Foundry')

    expect(unknown).toContain('can’t find'.replace('’', "'"))
    expect(forbidden).toBe(unknown.replaceAll('Nonesuch Holdings', 'Brannock Foundry'))
  })

  test('an ambiguous name is answered with a button for each', async () => {
    const answer = await ask(luis, '/account', 'halcyon')

    expect(answer).toContain('Which account do you mean')
    const message = (await world.messages(world.dm(luis))).findLast(({ ephemeral_for }) => ephemeral_for)!
    expect(actionsIn(message.blocks)).toEqual(['account.open', 'account.open'])
    await world.control('POST', '/slack/press', {
      user: luis.id,
      channel: message.channel,
      ts: message.ts,
      action_id: 'account.open',
      block_id: message.blocks!.find((block) => actionsIn([block]).length > 0)!.block_id,
    })
    await briefOf(luis, 'Halcyon Freight')
  })

  test('a brief tells how the account stands, and its cards follow in its thread', async () => {
    expect(await ask(dana, '/account', 'Larkspur')).toContain('Working on Larkspur Logistics')

    const brief = await briefOf(dana, 'Larkspur Logistics')
    expect(actionsIn(brief.blocks)).toEqual(expect.arrayContaining(['brief.draft', 'brief.propose']))
    const cards = await world.until('its cards are there', async () => {
      const found = await cardsUnder(dana, brief.ts)
      return found.length > 0 && found
    })
    for (const card of cards) expect(card.says).toContain('Larkspur Logistics')
    const replies = (await world.messages(brief.channel)).filter(({ thread_ts }) => thread_ts === brief.ts)
    expect(replies.some((reply) => wordsOf(reply).includes('What this rests on'))).toBe(true)
  })

  test('a manager gets the brief of a report’s account, in their own messages', async () => {
    await ask(manager, '/account', 'Granitt Bygg')

    await briefOf(manager, 'Granitt Bygg')
  })

  test('what happened and what was decided is told on request', async () => {
    expect(await ask(dana, '/account', 'history Larkspur Logistics')).toMatch(
      /What happened.*Suggested before/s,
    )
  })

  test('the same in plain words, in a direct message', async () => {
    await world.say(dana, 'how is Osprey Ridge Energy?')

    await briefOf(dana, 'Osprey Ridge Energy')
  })
})

describe('/sergas habits', () => {
  test('people see how they work, managers also of their reports, and nobody of others', async () => {
    const own = await ask(dana, '/sergas', 'habits')
    const asManager = await ask(manager, '/sergas', `habits <@${dana.id}>`)
    const others = await ask(dana, '/sergas', `habits <@${luis.id}>`)

    expect(own).toMatch(/How you work[\s\S]*For example|too little on record/)
    expect(asManager).toMatch(/How .* works[\s\S]*For example|too little on record/)
    expect(others).toContain('You can see how you work')
  })
})

describe('/portfolio and /approvals', () => {
  test('owners see their own, managers their reports’, others nothing', async () => {
    expect(await ask(dana, '/portfolio')).toContain('Your portfolio')
    expect(await ask(manager, '/portfolio', 'team')).toContain('Team portfolio')
    expect(await ask(manager, '/portfolio', `<@${dana.id}>`)).toContain(`${dana.name}’s portfolio`)
    expect(await ask(dana, '/portfolio', 'team')).toContain('for managers')
    expect(await ask(dana, '/portfolio', `<@${luis.id}>`)).toContain('who report to you')
    for (const command of ['/portfolio', '/approvals', '/account']) {
      expect(await ask(stranger, command, command === '/account' ? 'Larkspur' : '')).toContain('have access')
    }
  })

  test('what waits is listed, and low-impact items can be approved together', async () => {
    const waiting = (await world.cards(luis)).filter(({ state }) => state === 'pending')
    const answer = await ask(luis, '/approvals')
    expect(answer).toContain(`${waiting.length} decisions waiting for you`)

    const message = (await world.messages(world.dm(manager))).length
    await ask(manager, '/approvals')
    const list = (await world.messages(world.dm(manager))).slice(message).at(-1)!
    expect(actionsIn(list.blocks)).toContain('approvals.batch')
    const before = (await world.writes()).length
    await world.control('POST', '/slack/press', {
      user: manager.id,
      channel: list.channel,
      ts: list.ts,
      action_id: 'approvals.batch',
    })
    const told = await world.until('the manager is told', async () =>
      (await world.messages(world.dm(manager)))
        .filter(({ ts, ephemeral_for }) => ephemeral_for === manager.id && ts > list.ts)
        .map(wordsOf)
        .at(0),
    )
    expect(told).toMatch(/^Approved \d+\. Each/)
    const count = Number(/Approved (\d+)/.exec(told)![1])
    expect(count).toBeGreaterThanOrEqual(2)
    await world.until('each is written', async () => (await world.writes()).length >= before + count)
    const writes = (await world.writes()).slice(before)
    expect(writes).toHaveLength(count)
    for (const { method } of writes) expect(method).toBe('POST')
  })
})

describe('/sergas', () => {
  test('each word is answered', async () => {
    expect(await ask(dana, '/sergas')).toContain('you decide')
    expect(await ask(dana, '/sergas', 'help')).toContain('/account')
    expect(await ask(dana, '/sergas', 'status')).toMatch(/Zoho read/)
    expect(await ask(dana, '/sergas', 'digest now')).toContain('came already')
    expect(await ask(dana, '/sergas', 'settings')).toContain('App Home')
    expect(await ask(dana, '/sergas', 'dance')).toContain('do not know')
    expect(await ask(dana, '/sergas', 'sync')).toContain('for admins')
    expect(await ask(await world.admin(), '/sergas', 'sync')).toContain('Zoho')
    expect(await ask(stranger, '/sergas', 'status')).toContain('have access')
  })

  test('pausing takes back what waits, resuming brings it back with fresh facts', async () => {
    const card = await world.freshCard('update', { from: dana })
    await ask(dana, '/sergas', 'pause')
    await world.until('it is paused', async () => (await world.home(dana)).includes('*Paused* until'))
    const paused = await world.becomes(card, 'withdrawn')
    expect(paused.says).toContain('paused suggestions until')
    expect(paused.buttons).not.toContain('approval.approve')

    await ask(dana, '/sergas', 'resume')
    await world.until('it goes on', async () => !(await world.home(dana)).includes('*Paused* until'))
    await world.until('the same is asked again', async () =>
      (await world.cards(dana)).some(
        (again) =>
          again.state === 'pending' &&
          again.recordId === card.recordId &&
          again.approvalId !== card.approvalId,
      ),
    )
  })
})

describe('App Home', () => {
  test('tells what waits, what was decided, how the portfolio stands', async () => {
    const card = await world.freshCard('update', { from: dana })
    await world.press(card, 'approval.approve')

    const home = await world.until('the decision is in App Home', async () => {
      const text = await world.home(dana)
      return text.includes('Recently decided') && text.includes('written to Zoho') && text
    })
    expect(home).toContain('Your portfolio by health')
    const { home: view } = await world.views(dana)
    expect(view!.blocks.length).toBeLessThan(100)
  })

  test('settings are kept and shown', async () => {
    await world.pressHome(dana, 'settings.digest_time', '07:45')
    await world.pressHome(dana, 'settings.quiet_from', '20:15')
    await world.pressHome(dana, 'settings.digest_days', ['1', '3'])

    await world.until('they are shown', async () => {
      const shown = JSON.stringify((await world.views(dana)).home)
      return (
        shown.includes('"initial_time":"07:45"') &&
        shown.includes('"initial_time":"20:15"') &&
        !/"initial_options":\[[^\]]*Tuesday/.test(shown)
      )
    })
  })

  test('an account can be muted from the digest and unmuted again', async () => {
    const digest = (await world.messages(world.dm(luis))).find(
      ({ metadata }) => metadata?.event_type === 'sergas_digest',
    )!
    const [accountId] = digest.metadata!.event_payload.account_ids as string[]
    await world.control('POST', '/slack/press', {
      user: luis.id,
      channel: digest.channel,
      ts: digest.ts,
      action_id: 'digest.more',
      value: `mute:${accountId}`,
    })
    await world.until('it is muted', async () => (await world.home(luis)).includes('Muted accounts'))

    await world.pressHome(luis, 'settings.unmute', accountId)
    await world.until('it is heard again', async () => !(await world.home(luis)).includes('Muted accounts'))
  })
})

describe('what changes in Zoho', () => {
  test('a recommendation appears in App Home when its fact does, and goes with it', async () => {
    const name = 'Clearbrook Water'
    const about = async () =>
      (await world.recommendations()).filter(
        ({ account_id, state }) => account_id === idOf(name) && state === 'open',
      )
    expect(await about()).toEqual([])

    await world.edit('Accounts', idOf(name), { Payment_Status: 'Overdue' })
    await world.until('it is in App Home', async () => (await world.home(dana)).includes(name))
    expect((await about()).flatMap(({ evidence }) => evidence)).toContain(idOf(name))

    await world.edit('Accounts', idOf(name), { Payment_Status: 'Paid' })
    await world.until('it is gone', async () => !(await world.home(dana)).includes(name))
    expect(await about()).toEqual([])
  })

  test('a card whose record moved becomes stale by itself', async () => {
    const card = await world.freshCard('update', { touching: 'Closing_Date' })

    await world.edit(card.module, card.recordId!, { Closing_Date: '2031-02-03' })

    const stale = await world.becomes(card, 'stale')
    expect(stale.says).toMatch(/close date is now \*3 Feb 2031\*/)
    expect(await world.writesTo(card.recordId!)).toEqual([])
  })

  test('a notification that does not know the secret path or the channel’s token is refused', async () => {
    const send = (secret: string, body: unknown) =>
      fetch(`${world.botUrl}/webhooks/zoho/${secret}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }).then(({ status }) => status)
    const secret = world.env.ZOHO_WEBHOOK_SECRET!
    const notification = {
      channel_id: '1',
      token: 'guessed',
      module: 'Accounts',
      operation: 'update',
      ids: [idOf('Larkspur Logistics')],
      server_time: Date.now(),
    }

    expect(await send('a-guess', notification)).toBe(404)
    expect(await send(secret, notification)).toBe(401)
    expect(await send(secret, { ...notification, ids: 'all' })).toBe(400)
    expect(await send(secret, '{"half":')).toBe(400)
    expect(await send(secret, JSON.stringify({ ...notification, pad: 'x'.repeat(70_000) }))).toBe(413)
  })
})

describe('requests that are not from Slack, or not from now', () => {
  const forged: [string, Forgery][] = [
    ['with another secret', { secret: 'a-guess' }],
    ['without a signature', { signature: null }],
    ['with a signature of another form', { signature: 'v0=zz' }],
    ['six minutes old', { secondsFromNow: -360 }],
    ['six minutes ahead', { secondsFromNow: 360 }],
    ['without a time', { stamp: 'yesterday' }],
  ]

  test.each(forged)('a request %s is answered 401 and does nothing', async (_, forgery) => {
    const before = (await world.told(dana)).length
    const body = new URLSearchParams({
      command: '/sergas',
      text: 'pause',
      user_id: dana.id,
      team_id: await world.teamId(),
      channel_id: world.dm(dana),
    })

    const { status } = await world.fromSlack(body.toString(), forgery)

    expect(status).toBe(401)
    expect(await world.told(dana)).toHaveLength(before)
    expect(await world.home(dana)).not.toContain('*Paused* until')
  })

  test('a request that comes a second time is not acted on again', async () => {
    const press = (user: Person) => ({
      command: '/sergas',
      text: 'pause',
      user_id: user.id,
      channel_id: world.dm(user),
    })
    const stamp = String(Math.floor(Date.now() / 1000))
    const body = new URLSearchParams({ ...press(luis), team_id: await world.teamId() }).toString()
    const once = await world.fromSlack(body, { stamp })
    expect(once.status).toBe(200)
    expect(await once.text()).toContain('Paused')
    await world.until('it is paused', async () => (await world.home(luis)).includes('*Paused* until'))
    await ask(luis, '/sergas', 'resume')
    await world.until('it goes on', async () => !(await world.home(luis)).includes('*Paused* until'))

    const again = await world.fromSlack(body, { stamp })

    expect(await again.text()).toBe('')
    expect(await ask(luis, '/sergas', 'status')).not.toContain('aused')
    expect(await world.home(luis)).not.toContain('*Paused* until')
  })
})

async function briefOf(person: Person, name: string) {
  return world.until(`the brief of ${name} is there`, async () =>
    (await world.messages(world.dm(person))).find(
      (message) =>
        !message.ephemeral_for &&
        actionsIn(message.blocks).includes('brief.draft') &&
        wordsOf(message).includes(name),
    ),
  )
}

async function cardsUnder(person: Person, ts: string): Promise<Card[]> {
  const replies = (await world.messages(world.dm(person))).filter(({ thread_ts }) => thread_ts === ts)
  return (await world.cards(person)).filter((card) => replies.some((reply) => reply.ts === card.ts))
}
