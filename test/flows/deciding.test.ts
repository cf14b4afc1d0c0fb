import { afterAll, beforeAll, expect, test } from 'vitest'
import { daysPast } from './busy-company.ts'
import { type Card, type Person, startWorld, type World, wordsOf } from './world.ts'

let world: World

beforeAll(async () => {
  // Presses meet an edit in Zoho before a notification can: that is tested where webhooks are.
  world = await startWorld({ env: { WEBHOOK_MERGE_WINDOW: '10m' } })
})
afterAll(() => world[Symbol.asyncDispose]())

const opened = (card: Card) => card.says.split('\n')[0] ?? ''

test('an approved change is in Zoho, exactly that and once, and the card offers to undo it', async () => {
  const card = await world.freshCard('update')
  const before = await world.record(card.module, card.recordId!)

  const answer = await world.press(card, 'approval.approve')
  const done = await world.becomes(card, 'done')

  expect(answer.status).toBe(200)
  const [write, ...others] = await world.writesTo(card.recordId!)
  expect(others).toEqual([])
  expect(write).toMatchObject({ method: 'PUT', status: 200 })
  expect(write!.headers['if-unmodified-since']).toBeDefined()
  const [sent] = write!.body!.data
  expect(Object.keys(sent!).sort()).toEqual(card.fields.toSorted())
  const after = await world.record(card.module, card.recordId!)
  for (const field of card.fields) {
    expect(after[field]).toEqual(sent![field])
    expect(after[field]).not.toEqual(before[field])
    expect(done.says).toContain(String(sent![field]).replace(/^\d{4}-.*/, '→'))
  }
  expect(done.buttons).toEqual(['approval.undo'])
  expect(done.says).toMatch(/Approved by .*written to Zoho/s)
})

test('an approved creation makes one record, tied to its account or deal', async () => {
  const card = await world.freshCard('create')
  const before = (await world.writes()).length

  await world.press(card, 'approval.approve')
  const done = await world.becomes(card, 'done')

  const made = (await world.writes()).slice(before)
  expect(made).toHaveLength(1)
  expect(made[0]).toMatchObject({ method: 'POST', path: expect.stringContaining(`/${card.module}`) })
  const record = await world.record(card.module, made[0]!.answer!.data[0]!.details.id)
  for (const field of card.fields) expect(record[field], field).not.toBeNull()
  expect(done.buttons).toEqual(['approval.undo'])
})

test('while Zoho is being written to, the card says so and offers nothing', async () => {
  const card = await world.freshCard('update')
  await world.breakIt({ service: 'zoho', kind: 'hang', path: card.recordId!, count: 1 })

  await world.press(card, 'approval.approve')

  const processing = await world.becomes(card, 'processing')
  expect(processing.buttons).toEqual([])
  expect(processing.says).toContain('writing to Zoho')
  await world.becomes(card, 'done')
})

test('two people approve at once, one of them ten times: one write', async () => {
  const card = await world.freshCard('update')
  const manager = await world.manager()

  const answers = await Promise.all([
    world.press(card, 'approval.approve', { as: manager }),
    ...Array.from({ length: 10 }, () => world.press(card, 'approval.approve')),
  ])
  await world.becomes(card, 'done')

  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  expect(await world.writesTo(card.recordId!)).toHaveLength(1)
})

test('approve and reject at once: one wins and the other is told', async () => {
  const card = await world.freshCard('update')
  const manager = await world.manager()
  await world.press(card, 'approval.reject', { as: manager })
  await world.until('the window is open', async () => (await world.views(manager)).modal)
  const heardBefore = await heardBy(manager, card)

  await Promise.all([
    world.press(card, 'approval.approve'),
    world.submit(manager, { reason: 'other', comment: 'Not this quarter' }),
  ])
  const settled = await world.until('the card is decided', async () => {
    const now = await world.card(card)
    return ['done', 'rejected'].includes(now.state) && now
  })

  const loser = settled.state === 'done' ? manager : card.owner
  const winner = settled.state === 'done' ? card.owner : manager
  expect(await world.writesTo(card.recordId!)).toHaveLength(settled.state === 'done' ? 1 : 0)
  const told = await world.until('the other is told', async () =>
    (await heardBy(loser, card))
      .slice(loser === manager ? heardBefore.length : 0)
      .find((text) => text.includes('already')),
  )
  expect(told).toContain(winner.name)
  expect(told).toContain('Your press changed nothing')
})

test('an edited proposal is written as edited, and the card tells', async () => {
  const card = await world.freshCard('update')
  await world.press(card, 'approval.edit')
  const { modal } = await world.until('the window is filled', async () => {
    const shown = await world.views(card.owner)
    return shown.modal?.submit && shown
  })
  const [input] = modal!.blocks.filter(({ type }) => type === 'input')
  const { field, value, written } = another(input!)

  const answer = await world.submit(card.owner, { [field]: value })

  expect(answer).toMatchObject({ status: 200, body: { errors: {} } })
  const done = await world.becomes(card, 'done')
  expect(done.version).toBe(2)
  expect(done.says).toContain('with edits')
  const writes = await world.writesTo(card.recordId!)
  expect(writes).toHaveLength(1)
  expect(writes[0]!.body!.data[0]![field]).toEqual(written)
})

test('the button of an older version does nothing but say so', async () => {
  const card = await world.freshCard('update')

  const answer = await world.pressUnseen(card, 'approval.approve', { version: 7 })

  expect(answer.status).toBe(200)
  await world.until('it is said', async () =>
    (await heardBy(card.owner, card)).some((text) => text.includes('edited meanwhile')),
  )
  expect((await world.card(card)).state).toBe('pending')
  expect(await world.writesTo(card.recordId!)).toEqual([])
})

test('a rejection keeps its reason, and nothing is written', async () => {
  const card = await world.freshCard('update')
  await world.press(card, 'approval.reject')

  await world.submit(card.owner, { reason: 'other', comment: 'They asked us to wait until spring' })

  const rejected = await world.becomes(card, 'rejected')
  expect(rejected.says).toContain('They asked us to wait until spring')
  expect(rejected.says).toContain('Nothing was written')
  expect(rejected.buttons).toEqual([])
  expect(await world.writesTo(card.recordId!)).toEqual([])
})

test('what a person changed in Zoho first is not overwritten, and a fresh card can be asked for', async () => {
  const card = await world.freshCard('update', { touching: 'Closing_Date' })
  const theirs = daysPast(new Date(), 2)
  await world.edit(card.module, card.recordId!, { Closing_Date: theirs })

  await world.press(card, 'approval.approve')

  const stale = await world.becomes(card, 'stale')
  expect(stale.says).toContain('changed since this was proposed')
  expect(stale.says).toContain('close date is now')
  expect(stale.buttons).toEqual(['approval.review_again'])
  expect(await world.record(card.module, card.recordId!)).toMatchObject({ Closing_Date: theirs })
  expect(await world.writesTo(card.recordId!)).toEqual([])

  await world.press(stale, 'approval.review_again')
  const again = await world.until('a fresh card is there', async () =>
    (await world.cards(card.owner)).find(
      ({ recordId, state, fields }) =>
        recordId === card.recordId && state === 'pending' && fields.includes('Closing_Date'),
    ),
  )
  expect(again.approvalId).not.toBe(card.approvalId)
  await world.until('the old card points at it', async () =>
    (await world.card(card)).says.includes('replaced it'),
  )
})

test('undoing an update puts the earlier values back, once', async () => {
  const card = await world.freshCard('update')
  const before = await world.record(card.module, card.recordId!)
  await world.press(card, 'approval.approve')
  const done = await world.becomes(card, 'done')

  await Promise.all([world.press(done, 'approval.undo'), world.press(done, 'approval.undo')])
  const undone = await world.becomes(card, 'undone')

  const after = await world.record(card.module, card.recordId!)
  for (const field of card.fields) expect(after[field] ?? null).toEqual(before[field] ?? null)
  expect(await world.writesTo(card.recordId!)).toHaveLength(2)
  expect(undone.says).toContain('Undone')
  expect(undone.buttons).toEqual([])
})

test('undoing a creation removes the record that was made', async () => {
  const card = await world.freshCard('create')
  const { id } = await approveCreation(card)

  await world.press(await world.card(card), 'approval.undo')
  await world.becomes(card, 'undone')

  expect(await world.exists(card.module, id)).toBe(false)
})

test('what somebody touched since is not undone', async () => {
  const card = await world.freshCard('create')
  const { id } = await approveCreation(card)
  const field = card.module === 'Notes' ? 'Note_Title' : card.module === 'Tasks' ? 'Subject' : 'Event_Title'
  await world.edit(card.module, id, { [field]: 'Mine now' })

  await world.press(await world.card(card), 'approval.undo')

  const kept = await world.until('the card says that it stays', async () => {
    const now = await world.card(card)
    return now.says.includes('not undone') && now
  })
  expect(kept.state).toBe('done')
  expect(kept.buttons).toEqual([])
  expect((await world.record(card.module, id))[field]).toBe('Mine now')
})

test('a snoozed card is taken back', async () => {
  const card = await world.freshCard('update')

  await world.press(card, 'approval.more', { value: 'snooze:4h' })

  const snoozed = await world.becomes(card, 'withdrawn')
  expect(snoozed.says).toContain('Snoozed')
  expect(snoozed.buttons).toEqual([])
  await pressedInVain(card)
})

test('a reassigned card goes to a colleague, who decides it', async () => {
  const card = await world.freshCard('update')
  const colleague = (await world.owners()).find(({ id }) => id !== card.owner.id)!
  await world.press(card, 'approval.more', { value: 'reassign' })
  await world.until('the window is open', async () => (await world.views(card.owner)).modal)
  const known = new Set((await world.cards(colleague)).map(({ approvalId }) => approvalId))

  await world.submit(card.owner, { assignee: colleague.id })

  const withdrawn = await world.becomes(card, 'withdrawn')
  expect(withdrawn.says).toContain('reassigned')
  const theirs = await world.until('the colleague has it', async () =>
    (await world.cards(colleague)).find(
      ({ approvalId, recordId }) => !known.has(approvalId) && recordId === card.recordId,
    ),
  )
  await world.press(theirs, 'approval.approve')
  await world.becomes(theirs, 'done')
  expect(await world.writesTo(card.recordId!)).toHaveLength(1)
})

test('what a person does not want suggested again is gone, and says so', async () => {
  const card = await world.freshCard('create')

  await world.press(card, 'approval.more', { value: 'suppress' })

  const gone = await world.becomes(card, 'withdrawn')
  expect(gone.says).toMatch(/not (to )?be suggested again/i)
  await pressedInVain(card)
})

test('who may not decide is refused, told whom to ask, and changes nothing', async () => {
  const card = await world.freshCard('update')
  const [manager, stranger, admin] = [await world.manager(), await world.stranger(), await world.admin()]
  const other = (await world.owners()).find(({ id }) => id !== card.owner.id)!

  for (const person of [stranger, other, admin]) {
    for (const [action, value] of [
      ['approval.approve'],
      ['approval.reject'],
      ['approval.more', 'snooze:4h'],
    ] as const) {
      await world.press(card, action, { as: person, ...(value ? { value } : {}) })
    }
    const told = await world.until(`${person.name} is told`, async () => {
      const heard = await heardBy(person, card)
      return heard.length >= 3 && heard
    })
    for (const text of told.slice(-3)) expect(text).toMatch(person === stranger ? /Ask an admin/ : /Ask /)
    if (person !== stranger) expect(told.at(-1)).toContain(card.owner.name)
  }
  expect((await world.card(card)).state).toBe('pending')

  await world.press(card, 'approval.approve', { as: manager })
  const done = await world.becomes(card, 'done')
  expect(done.says).toContain(manager.id)
  expect(await world.writesTo(card.recordId!)).toHaveLength(1)
})

test('the kill switch holds what is approved, and resuming releases it', async () => {
  const card = await world.freshCard('update')
  const admin = await world.admin()

  await world.command(card.owner, '/sergas', 'stop-writes')
  expect((await world.told(card.owner)).at(-1)).toContain('for admins')
  await world.command(admin, '/sergas', 'stop-writes')
  await world.press(card, 'approval.approve')
  await world.becomes(card, 'processing')
  await world.until('App Home tells that writing is stopped', async () =>
    (await world.home(card.owner)).includes('Writing to Zoho is stopped'),
  )
  expect(await world.writesTo(card.recordId!)).toEqual([])

  await world.command(admin, '/sergas', 'resume-writes')
  await world.becomes(card, 'done')
  expect(await world.writesTo(card.recordId!)).toHaveLength(1)
})

test('each card says what it is about in its first line', async () => {
  for (const owner of await world.owners()) {
    for (const card of await world.cards(owner)) expect(opened(card).length).toBeLessThanOrEqual(80)
  }
})

async function approveCreation(card: Card): Promise<{ id: string }> {
  const before = (await world.writes()).length
  await world.press(card, 'approval.approve')
  await world.becomes(card, 'done')
  const write = (await world.writes())
    .slice(before)
    .find(({ answer }) => answer?.data?.[0]?.code === 'SUCCESS')
  return { id: write!.answer!.data[0]!.details.id }
}

/** Pressing a card that was decided is answered with what happened, and writes nothing. */
async function pressedInVain(card: Card): Promise<void> {
  const writes = (await world.writes()).length
  const heard = (await heardBy(card.owner, card)).length
  await world.pressUnseen(card, 'approval.approve')
  await world.until('it is said', async () =>
    (await heardBy(card.owner, card))
      .slice(heard)
      .some((text) => text.includes('Your press changed nothing')),
  )
  expect(await world.writes()).toHaveLength(writes)
}

/** What somebody was told about a press: where they pressed, or in their own messages with the bot. */
async function heardBy(person: Person, card: Card): Promise<string[]> {
  const there = await world.told(person, card.channel)
  if (person.id === card.owner.id) {
    const thread = (await world.messages(card.channel)).filter(
      (message) => !message.ephemeral_for && message.metadata?.event_type === 'sergas_message',
    )
    return [...there, ...thread.map(wordsOf)]
  }
  const own = (await world.messages(world.dm(person))).filter(
    ({ metadata, ephemeral_for }) => !metadata && !ephemeral_for,
  )
  return [...there, ...own.map(wordsOf)]
}

/** Another value for the first input of an edit window, as typed and as written. */
function another(block: Record<string, unknown>): { field: string; value: unknown; written: unknown } {
  const element = block.element as {
    type: string
    action_id: string
    initial_value?: string
    options?: { value: string }[]
    initial_option?: { value: string }
  }
  const field = element.action_id
  switch (element.type) {
    case 'datepicker':
      return { field, value: '2031-03-14', written: '2031-03-14' }
    case 'static_select': {
      const option = element.options!.find(({ value }) => value !== element.initial_option?.value)!
      return { field, value: option.value, written: option.value }
    }
    case 'number_input':
      return { field, value: '17', written: 17 }
    default:
      return { field, value: 'As agreed on the phone', written: 'As agreed on the phone' }
  }
}
