import { DateTime } from 'luxon'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tomorrowAtNine } from '../../src/triggers/buttons.ts'
import { accountAsk, typed, unquoted } from '../../src/triggers/commands.ts'
import { actionsIn, type Person, startWorld, type World, wordsOf } from '../flows/world.ts'

describe('what is typed', () => {
  test('Slack’s escapes are taken back', () => {
    expect(typed('Smith &amp; Co &lt;west&gt;')).toBe('Smith & Co <west>')
  })

  test.each([
    ['"Cardamom House"', 'Cardamom House'],
    ['“Cardamom House”', 'Cardamom House'],
    ['`Cardamom House`', 'Cardamom House'],
    ['O’Neill', 'O’Neill'],
    ['"', '"'],
    ['""', '""'],
  ])('quotes around %s are not part of the name', (text, name) => {
    expect(unquoted(text)).toBe(name)
    expect(accountAsk(text)).toEqual({ text: name, mode: 'brief' })
    expect(accountAsk(`history ${text}`)).toEqual({ text: name, mode: 'history' })
  })
})

describe('tomorrow', () => {
  const friday = DateTime.fromISO('2026-11-20T16:00', { zone: 'Europe/Paris' })
  const at = (days?: number[]) =>
    DateTime.fromJSDate(tomorrowAtNine(friday, days), { zone: 'Europe/Paris' }).toFormat('ccc HH:mm')

  test('is the next day on which a digest comes', () => {
    expect(at()).toBe('Mon 09:00')
    expect(at([6, 7])).toBe('Sat 09:00')
    expect(at([5])).toBe('Fri 09:00')
    expect(tomorrowAtNine(friday, [5]) > friday.plus({ days: 6 }).toJSDate()).toBe(true)
  })

  test('is the next day for somebody who wants no digest', () => {
    expect(at([])).toBe('Sat 09:00')
  })
})

describe('in Slack', () => {
  let world: World
  let dana: Person
  let ingrid: Person
  let manager: Person
  beforeAll(async () => {
    world = await startWorld()
    const owners = await world.owners()
    dana = owners[0]!
    ingrid = owners.find(({ name }) => name.startsWith('Ingrid'))!
    manager = await world.manager()
  })
  afterAll(() => world[Symbol.asyncDispose]())

  async function ask(person: Person, command: string, text = ''): Promise<string> {
    await world.command(person, command, text)
    return (await world.told(person)).at(-1)!
  }

  test('a portfolio of somebody unknown is never answered with one’s own', async () => {
    expect(await ask(manager, '/portfolio', '@ingrid')).toContain('I know nobody called @ingrid')
    expect(await ask(manager, '/portfolio', 'everything')).toContain('I know nobody called everything')
    expect(await ask(manager, '/portfolio', `@${ingrid.name}`)).toContain(`${ingrid.name}’s portfolio`)
    expect(await ask(dana, '/portfolio', '@ingrid')).toContain('Only managers see others’ portfolios')
    expect(await ask(dana, '/portfolio')).toContain('Your portfolio')
  })

  test('words after /approvals are answered as making no difference', async () => {
    const plain = await ask(dana, '/approvals')

    const answer = await ask(dana, '/approvals', 'of last week')

    expect(answer).toContain('takes no further words')
    expect(answer).toContain('of last week')
    expect(answer).toContain(plain.split('\n')[1])
  })

  test('a name in quotes is the name', async () => {
    expect(await ask(dana, '/account', '"Larkspur Logistics"')).toContain('Working on Larkspur Logistics')
    expect(await ask(dana, '/account', 'history “Larkspur Logistics”')).toContain('What happened')
  })

  test('approving together a second time says that everything was decided', async () => {
    await ask(manager, '/approvals')
    const list = (await world.messages(world.dm(manager))).at(-1)!
    expect(actionsIn(list.blocks)).toContain('approvals.batch')
    const press = () =>
      world.control('POST', '/slack/press', {
        user: manager.id,
        channel: list.channel,
        ts: list.ts,
        action_id: 'approvals.batch',
      })
    const toldOf = (pattern: RegExp) =>
      world.until(`the manager reads ${pattern}`, async () =>
        (await world.messages(world.dm(manager)))
          .filter(({ ephemeral_for }) => ephemeral_for === manager.id)
          .map(wordsOf)
          .find((text) => pattern.test(text)),
      )

    await press()
    const first = await toldOf(/^Approved \d+\. Each/)
    const count = Number(/\d+/.exec(first)![0])
    expect(count).toBeGreaterThanOrEqual(2)

    await press()
    expect(await toldOf(/decided already/)).toContain(`All ${count} were decided already.`)
  })
})
