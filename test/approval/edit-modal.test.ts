import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseEdit } from '../../src/approval/edit-form.ts'
import { type EditFacts, editModal, loadingModal } from '../../src/approval/edit-modal.ts'
import type { FormValues } from '../../src/approval/form-values.ts'
import type { CrmChange, Fields } from '../../src/model/change.ts'
import { DEFAULT_FIELDS } from '../../src/model/field.ts'
import { blockProblems } from '../../src/sandbox/slack/block-kit.ts'
import { type Choice, stateValues, withIds } from '../../src/sandbox/slack/elements.ts'
import { actionIds, aloud } from '../slack/aloud.ts'
import { hostileText, liveMarkup } from '../slack/hostile-text.ts'
import { ACME, cardFacts, createTask, moveCloseDate } from './sample-card.ts'

const PICKLISTS = {
  Stage: ['Proposal', 'Negotiation', 'Closed Won'],
  Priority: ['High', 'Normal'],
  Status: ['Not Started'],
}

const TIME = { now: cardFacts().now, zone: 'Europe/Berlin' }

const deal: CrmChange = {
  action: 'update',
  module: 'Deals',
  recordId: ACME,
  recordName: 'Acme expansion',
  fields: { Closing_Date: '2027-01-15', Amount: 48000, Stage: 'Negotiation', Next_Step: 'Send the offer' },
  before: { Closing_Date: '2026-11-30', Amount: 40000, Stage: 'Proposal', Next_Step: null },
}

const meeting: CrmChange = {
  action: 'create',
  module: 'Events',
  parent: { module: 'Accounts', id: ACME, name: 'Acme Corp' },
  fields: {
    Event_Title: 'Renewal',
    Start_DateTime: '2026-12-01T10:00:00+01:00',
    End_DateTime: '2026-12-01T10:30:00+01:00',
  },
}

function facts(change: CrmChange, more: Partial<EditFacts> = {}): EditFacts {
  const { approval, recommendation, account, names, now } = cardFacts()
  return {
    approvalId: approval.id,
    version: 2,
    account,
    title: recommendation.title,
    change,
    inCrm: null,
    fields: DEFAULT_FIELDS,
    names,
    picklists: PICKLISTS,
    expiresAt: approval.expiresAt,
    zone: 'Europe/Berlin',
    now,
    refreshed: false,
    ...more,
  }
}

/** What Slack sends when these are typed into the modal and everything else is left alone. */
function typed(change: CrmChange, choices: Record<string, Choice>): FormValues {
  return stateValues(withIds(editModal(facts(change)).blocks), choices) as FormValues
}

function edited(change: CrmChange, choices: Record<string, Choice>) {
  return parseEdit(typed(change, choices), change, DEFAULT_FIELDS, PICKLISTS, TIME)
}

const start = Date.parse('2026-12-01T10:00:00+01:00') / 1000

describe('the edit modal', () => {
  test('has one typed input per field, named by its API name and filled with the proposal', () => {
    const view = editModal(facts(deal))

    expect(actionIds(view)).toEqual(['Closing_Date', 'Amount', 'Stage', 'Next_Step'])
    expect(JSON.stringify(view)).toContain('"initial_date":"2027-01-15"')
    expect(JSON.stringify(view)).toContain('"initial_value":"48000"')
    expect(blockProblems(view.blocks, 'modal')).toEqual([])
    expect(view).toMatchObject({
      callback_id: 'approval.edit',
      private_metadata: `${cardFacts().approval.id}:2`,
      title: { text: 'Edit suggestion' },
      submit: { text: 'Approve edit' },
    })
  })

  test('says what Zoho holds now, and that closing writes nothing', () => {
    const words = aloud(editModal(facts(deal, { inCrm: { ...deal.fields, Amount: 41000, Next_Step: null } })))

    expect(words).toContain('In Zoho now: 41,000')
    expect(words).toContain('In Zoho now: empty')
    expect(words).toContain('Nothing is written if you close this')
    expect(aloud(editModal(facts(moveCloseDate)))).toContain('In Zoho now: 30 Nov')
  })

  test('asks anew under new block ids once the version moved, and says why', () => {
    const first = editModal(facts(deal, { version: 1 }))
    const second = editModal(facts(deal, { version: 2, refreshed: true }))
    const ids = (view: typeof first) => view.blocks.flatMap(({ block_id }) => block_id ?? [])

    expect(ids(first).filter((id) => ids(second).includes(id))).toEqual([])
    expect(aloud(second)).toContain('changed in Zoho while you were editing')
  })

  test('lets the text of a creation be edited, shows people as they are, and hides the plumbing', () => {
    const view = editModal(facts(createTask))

    expect(actionIds(view)).toEqual(['Subject', 'Due_Date', 'Status', 'Priority', 'Description'])
    expect(aloud(view)).toContain('Dana Fox _(change it in the CRM)_')
    expect(aloud(view)).not.toContain('What')
  })

  test('shows a text that Slack cannot hold instead of cutting it', () => {
    const long = { ...createTask, fields: { Description: 'x'.repeat(3001) } } as CrmChange

    expect(actionIds(editModal(facts(long)))).toEqual([])
    expect(aloud(editModal(facts(long)))).toContain('too long to edit in Slack')
    expect(edited(long, {})).toEqual({ change: long })
  })

  test('shows a choice whose list is unknown instead of offering a guess', () => {
    expect(aloud(editModal(facts(deal, { picklists: {} })))).toContain(
      "the CRM's list of choices could not be read",
    )
  })

  test('can be opened at once with nothing in it', () => {
    expect(blockProblems(loadingModal({ approvalId: 'a', version: 1 }).blocks, 'modal')).toEqual([])
  })
})

describe('what was typed', () => {
  test.each([deal, createTask, meeting])('and left alone is exactly the proposal', (change) => {
    expect(edited(change, {})).toEqual({ change })
  })

  test('becomes a change of the same shape', () => {
    const result = edited(deal, {
      Closing_Date: '2027-01-31',
      Amount: '52500.5',
      Stage: 'Proposal',
      Next_Step: ' Call  Jane ',
    })

    expect(result).toEqual({
      change: {
        ...deal,
        fields: { Closing_Date: '2027-01-31', Amount: 52500.5, Stage: 'Proposal', Next_Step: 'Call Jane' },
      },
    })
  })

  test('moves a meeting without moving its zone', () => {
    expect(edited(meeting, { Start_DateTime: start + 300, End_DateTime: start + 3600 })).toMatchObject({
      change: {
        fields: { Start_DateTime: '2026-12-01T10:05:00+01:00', End_DateTime: '2026-12-01T11:00:00+01:00' },
      },
    })
  })

  test.each<[string, CrmChange, Record<string, Choice>, string, RegExp]>([
    ['an empty date', deal, { Closing_Date: null }, 'Closing_Date', /cannot be empty/],
    ['a date that does not exist', deal, { Closing_Date: '2027-02-30' }, 'Closing_Date', /exists/],
    ['words for a number', deal, { Amount: 'much' }, 'Amount', /Enter a number/],
    ['a negative amount', deal, { Amount: '-1' }, 'Amount', /negative/],
    ['an infinite amount', deal, { Amount: '1e400' }, 'Amount', /Enter a number/],
    ['an end before the start', meeting, { End_DateTime: start - 60 }, 'End_DateTime', /before the start/],
    ['a due date in the past', createTask, { Due_Date: '2026-11-19' }, 'Due_Date', /has passed/],
    ['a start in the past', meeting, { Start_DateTime: start - 30 * 86_400 }, 'Start_DateTime', /has passed/],
    ['a text longer than the field', deal, { Next_Step: 'x'.repeat(3001) }, 'Next_Step', /At most/],
  ])('as %s is refused at its field', (_, change, choices, field, message) => {
    expect(edited(change, choices)).toEqual({ errors: { [`${field}:v2`]: expect.stringMatching(message) } })
  })

  test('may be due today, and may tell of the past where nothing is to be done', () => {
    expect(edited(createTask, { Due_Date: '2026-11-20' })).toHaveProperty('change')
    expect(edited(deal, { Closing_Date: '2026-11-01' })).toHaveProperty('change')
  })

  test('must be one of the CRM choices, whatever the request says', () => {
    const values = { 'Stage:v2': { Stage: { type: 'static_select', selected_option: { value: 'Made up' } } } }

    expect(parseEdit(values, deal, DEFAULT_FIELDS, PICKLISTS, TIME)).toEqual({
      errors: { 'Stage:v2': expect.stringContaining('no such choice') },
    })
  })

  test('cannot bring in a field the proposal does not touch', () => {
    const values = {
      x: {
        Probability: { value: '100' },
        Owner: { value: '9' },
        Closing_Date: { selected_date: '2027-02-01' },
      },
    }

    expect(parseEdit(values, moveCloseDate, DEFAULT_FIELDS, PICKLISTS, TIME)).toEqual({
      change: { ...moveCloseDate, fields: { Closing_Date: '2027-02-01' } },
    })
  })

  test.each(['-1', '101', '50.5'])('as health score %s is refused', (score) => {
    const change = {
      ...deal,
      module: 'Accounts',
      fields: { Health_Score: 40 },
      before: { Health_Score: 80 },
    } as CrmChange

    expect(edited(change, { Health_Score: score })).toEqual({
      errors: { 'Health_Score:v2': 'Enter a whole number from 0 to 100.' },
    })
  })

  test('several wrong fields are told at once', () => {
    expect(edited(deal, { Closing_Date: null, Amount: '-5' })).toEqual({
      errors: { 'Closing_Date:v2': expect.any(String), 'Amount:v2': expect.any(String) },
    })
  })
})

test('whatever the CRM holds, the modal is taken by Slack and leaving it alone changes nothing', () => {
  fc.assert(
    fc.property(
      hostileText,
      hostileText,
      fc.array(hostileText, { maxLength: 150 }),
      (one, other, choices) => {
        const fields: Fields = { Next_Step: one, Stage: other, Closing_Date: one, Amount: 1 }
        const change: CrmChange = {
          ...(deal as Extract<CrmChange, { action: 'update' }>),
          recordName: other,
          fields,
          before: { ...fields, Next_Step: other },
        }
        const view = editModal(
          facts(change, {
            account: { name: one },
            title: other,
            picklists: { Stage: [...new Set(choices)] },
          }),
        )

        expect(blockProblems(view.blocks, 'modal')).toEqual([])
        expect(
          liveMarkup({ blocks: view.blocks.map((block) => ({ ...block, element: undefined })) } as {
            text?: unknown
          }),
        ).toEqual([])
        expect((view.private_metadata ?? '').length).toBeLessThanOrEqual(3000)
      },
    ),
    { numRuns: 60 },
  )
})
