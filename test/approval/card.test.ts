import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CardFacts, renderCard } from '../../src/approval/card.ts'
import { decodeRef, decodeRefs, encodeRef, refOfBlock } from '../../src/approval/card-ref.ts'
import { evidenceView } from '../../src/approval/evidence-view.ts'
import { type CardState, cardState } from '../../src/model/approval.ts'
import type { CrmChange } from '../../src/model/change.ts'
import { blockProblems } from '../../src/sandbox/slack/block-kit.ts'
import { actionIds, aloud, choicesOf } from '../slack/aloud.ts'
import { hostileText, liveMarkup } from '../slack/hostile-text.ts'
import { ACME, approved, cardFacts, createTask, moveCloseDate, operation, PROPOSED } from './sample-card.ts'

const DANA = { name: 'Dana Fox', slackUserId: 'U0DANA' }
const AT = new Date('2026-11-20T09:14:00Z')
const UNDO_UNTIL = new Date('2026-11-21T09:14:00Z')
const ended = (state: CardFacts['approval']['state'], reason: string | null = null) => ({
  state,
  reason,
  decidedAt: AT,
})

/** One card of every state, as product.md's table has them. */
const CARDS: Record<CardState, CardFacts> = {
  pending: cardFacts(),
  processing: approved({ operation: operation('writing') }),
  done: approved({ operation: operation('applied'), undoUntil: UNDO_UNTIL }),
  failed: approved({
    operation: operation('failed', { error: 'Zoho refused: Stage is locked (RECORD_LOCKED)' }),
  }),
  unknown: approved({ operation: operation('unknown') }),
  rejected: cardFacts({ decidedBy: DANA, approval: ended('rejected', 'Not now: budget freeze') }),
  stale: approved({ operation: operation('conflict'), found: { Closing_Date: '2026-12-15' } }),
  expired: cardFacts({ approval: ended('expired') }),
  superseded: cardFacts({
    replacedBy: 'https://team.example.test/archives/D1/p1',
    approval: ended('superseded'),
  }),
  withdrawn: cardFacts({ decidedBy: DANA, approval: ended('withdrawn', 'paused') }),
  undone: approved({ operation: operation('applied'), undoOperation: operation('applied'), undoneBy: DANA }),
}

describe('every state of a card', () => {
  test.each([
    [
      'pending',
      ['Nothing is written to Zoho until you approve', 'medium confidence: two sources', 'owner <@U0DANA>'],
    ],
    ['processing', ['<@U0DANA> approved · writing to Zoho…']],
    [
      'done',
      [
        'Approved by <@U0DANA> Fri 20 Nov at 10:14',
        'written to Zoho Fri 20 Nov at 10:14',
        'undo this until Sat 21 Nov',
      ],
    ],
    ['failed', ['but Zoho refused: Stage is locked (RECORD_LOCKED). Nothing changed.']],
    ['unknown', ['Zoho did not answer; checking', "don't repeat it by hand"]],
    ['rejected', ['Rejected by <@U0DANA>', 'Not now: budget freeze. Nothing was written.']],
    ['stale', ['The CRM changed since this was proposed: close date is now *15 Dec*', 'Nothing was written']],
    ['expired', ['Expired after 72 h. Nothing was written.']],
    [
      'superseded',
      ['Nothing was written', '<https://team.example.test/archives/D1/p1|See what replaced it>'],
    ],
    [
      'withdrawn',
      ['Taken back', '<@U0DANA> paused suggestions', 'comes back with fresh facts. Nothing was written.'],
    ],
    ['undone', ['Undone by <@U0DANA>', 'Zoho holds the earlier values again']],
  ] as [CardState, string[]][])('%s says what happened and what did not', (state, sentences) => {
    const words = aloud(renderCard(CARDS[state]))

    for (const sentence of sentences) expect(words).toContain(sentence)
    expect(words).toContain('*Close date*\n30 Nov → 15 Jan')
    expect(words).toContain('Acme Corp – move close date to 15 Jan')
  })

  test.each([
    ['pending', ['approval.more', 'approval.approve', 'approval.edit', 'approval.reject', 'approval.more']],
    ['processing', []],
    ['done', ['approval.undo']],
    ['failed', ['approval.retry']],
    ['unknown', []],
    ['rejected', []],
    ['stale', ['approval.review_again']],
    ['expired', ['approval.analyse_again']],
    ['superseded', []],
    ['withdrawn', []],
    ['undone', []],
  ] as [CardState, string[]][])('%s offers only what still works', (state, buttons) => {
    expect(actionIds(renderCard(CARDS[state]))).toEqual(buttons)
  })

  test.each(Object.entries(CARDS))(
    '%s names approval, version, state and touched fields to machines',
    (state, facts) => {
      expect(renderCard(facts).metadata).toEqual({
        event_type: 'sergas_card',
        event_payload: {
          approval_id: facts.approval.id,
          version: 1,
          state,
          module: 'Deals',
          record_id: '4876876000000444001',
          fields: ['Closing_Date'],
        },
      })
    },
  )

  test.each(Object.entries(CARDS))(
    '%s is one whole sentence of at most 80 characters when read aloud',
    (_, facts) => {
      const { text } = renderCard(facts)

      expect(text).toMatch(/^Acme Corp: move close date to 15 Jan – .+\.$/)
      expect(text.length).toBeLessThanOrEqual(80)
    },
  )
})

describe('deciding', () => {
  test('the menu holds every choice once', () => {
    expect(choicesOf(renderCard(CARDS.pending), 'approval.more').sort()).toEqual(
      ['evidence', 'reassign', 'snooze:4h', 'snooze:tomorrow', 'snooze:week', 'suppress'].sort(),
    )
  })

  test('buttons and blocks carry the approval and the version shown, and nothing else', () => {
    const facts = cardFacts({ approval: { version: 3 } })
    const ref = { approvalId: facts.approval.id, version: 3 }

    const { blocks } = renderCard(facts)
    const values = JSON.stringify(blocks).match(/"value":"[^"]*:3"/g)

    expect(values).toEqual(Array.from({ length: 3 }, () => `"value":"${encodeRef(ref)}"`))
    expect(blocks.map(({ block_id }) => refOfBlock(block_id))).toEqual(blocks.map(() => ref))
  })

  test.each(['amount', 'ownership', 'closing'] as const)('a change of %s asks once more', (actionClass) => {
    const asks = (facts: CardFacts) => JSON.stringify(renderCard(facts)).includes('"confirm"')

    expect(asks(cardFacts({ approval: { actionClass } }))).toBe(true)
    expect(asks(cardFacts())).toBe(false)
  })

  test('a confidence under 0.6 is marked, and so are second approvers and personal data', () => {
    const facts = cardFacts({
      deciders: [{ name: 'Bo', slackUserId: null }],
      approval: { requiredDeciders: 2 },
      recommendation: {
        piiKinds: ['email'],
        confidence: {
          ...cardFacts().recommendation.confidence,
          score: 0.55,
          level: 'low',
          reason: 'one source',
        },
      },
    })

    const words = aloud(renderCard(facts))

    expect(words).toContain('Needs a second look')
    expect(words).toContain('low confidence: one source')
    expect(words).toContain('2 people must approve; Bo already did')
    expect(words).toContain('Contains personal data: email')
    expect(aloud(renderCard(cardFacts()))).not.toContain('second look')
  })

  test('each reason names its source and age', () => {
    expect(aloud(renderCard(cardFacts()))).toContain(
      '• The customer asked to decide after the holidays – <https://crm.example.test/Calls/4876876000000555001|Call “Quarterly review”>, 18 Nov (2 days ago) and 1 more record',
    )
  })

  test('at most five fields and three reasons are shown, the rest is said', () => {
    const names = ['Stage', 'Amount', 'Closing_Date', 'Next_Step', 'Probability', 'Pipeline', 'Description']
    const change: CrmChange = {
      ...(moveCloseDate as Extract<CrmChange, { action: 'update' }>),
      fields: Object.fromEntries(names.map((name) => [name, 'new'])),
      before: Object.fromEntries(names.map((name) => [name, 'old'])),
    }
    const [reason] = cardFacts().recommendation.rationale
    const facts = cardFacts({
      change,
      recommendation: { rationale: Array.from({ length: 5 }, () => reason!) },
    })

    const words = aloud(renderCard(facts))

    expect(words.match(/old → new/g)).toHaveLength(5)
    expect(words).toContain('2 more in Edit…')
    expect(words.match(/• The customer/g)).toHaveLength(3)
  })
})

describe('a creation', () => {
  const facts = cardFacts({ change: createTask, recommendation: { title: 'Ask about the renewal' } })

  test('shows what will be created and for whom, without the plumbing', () => {
    const words = aloud(renderCard(facts))

    expect(words).toContain(
      `*New task*, not started, for the account <https://crm.example.test/Accounts/${ACME}|Acme Corp>`,
    )
    expect(words).toContain('*Subject*\nE-mail: Shall we talk about the renewal?')
    expect(words).toContain('*Due date*\n23 Nov')
    expect(words).toContain('*Owner*\nDana Fox')
    expect(words).not.toContain('$se')
    expect(words).not.toContain('→')
  })

  test('begins with the text to be written, and Show evidence has all of it', () => {
    const whole = (createTask as Extract<CrmChange, { action: 'create' }>).fields.Description as string

    const card = aloud(renderCard(facts))
    const evidence = aloud(evidenceView(facts))

    expect(card).toContain('Hello Jane,')
    expect(card).not.toContain(whole.slice(0, 400))
    expect(evidence).toContain(whole.slice(-20))
    expect(evidence).toContain('• Note “Budget”, 17 Nov (3 days ago)')
    expect(evidence).toContain('*Medium confidence*: two sources, 2 days old.')
    expect(evidence).not.toContain('4876876000000555002')
  })

  test('says what pressing makes, what stays unsent, and fits on the card', () => {
    const withDraft = cardFacts({
      change: createTask,
      recommendation: { draft: { subject: 'Shall we talk?', body: 'Hello Jane, shall we talk?' } },
    })
    const words = aloud(renderCard(withDraft))

    expect(words).toContain('[Create task]')
    expect(words).toContain('Approving creates a task in Zoho with this draft. No e-mail is sent.')
    expect(words).not.toContain('more in Edit…')
    expect(words).not.toContain('*Status*')
    expect(aloud(renderCard(cardFacts()))).toContain('[Approve change]')
  })

  test('whoever decides in the place of the owner is not called the owner', () => {
    const passedOn = cardFacts({ approval: { askedOwnerId: '99' }, owner: { ...DANA, zone: 'UTC' } })

    expect(aloud(renderCard(passedOn))).toContain('to decide: <@U0DANA>')
  })

  test('has no record yet', () => {
    expect(renderCard(facts).metadata?.event_payload).toMatchObject({
      module: 'Tasks',
      record_id: null,
      fields: expect.arrayContaining(['Subject', 'Due_Date', 'Description']),
    })
  })
})

describe('afterwards', () => {
  test('an edit is said in from and to', () => {
    const change: CrmChange = { ...moveCloseDate, fields: { Closing_Date: '2027-01-31' } } as CrmChange
    const facts = approved({ operation: operation('applied'), change, firstChange: moveCloseDate })

    const message = renderCard(facts)

    expect(aloud(message)).toContain('(with edits: 15 Jan 2027 → 31 Jan 2027)')
    expect(aloud(message)).toContain('30 Nov → 31 Jan')
    expect(message.text).toContain('with edits')
  })

  test('Undo goes when its time is over, cannot be promised, or was used', () => {
    const buttons = (rest: Parameters<typeof approved>[0]) =>
      actionIds(renderCard(approved({ operation: operation('applied'), ...rest })))

    expect(buttons({ undoUntil: UNDO_UNTIL, now: new Date(UNDO_UNTIL.getTime() - 1) })).toEqual([
      'approval.undo',
    ])
    expect(buttons({ undoUntil: UNDO_UNTIL, now: UNDO_UNTIL })).toEqual([])
    expect(buttons({ undoUntil: null })).toEqual([])
    expect(buttons({ undoUntil: UNDO_UNTIL, undoOperation: operation('conflict') })).toEqual([])
  })

  test('an undo on its way, or that did not work, is told', () => {
    const words = (state: Parameters<typeof operation>[0]) =>
      aloud(
        renderCard(
          approved({ operation: operation('applied'), undoOperation: operation(state), undoneBy: DANA }),
        ),
      )

    expect(words('writing')).toContain('Undo asked for by <@U0DANA> · restoring in Zoho…')
    expect(words('conflict')).toContain('not undone: somebody changed the record since')
    expect(words('failed')).toContain('not undone: Zoho refused it')
  })

  test('an undo that failed may be asked for again in its time', () => {
    const undoOperation = operation('failed', { error: 'Zoho could not be reached for 24 hours' })
    const done = { operation: operation('applied'), undoOperation }
    const card = (undoUntil: Date | null) => renderCard(approved({ ...done, undoUntil }))

    expect(actionIds(card(UNDO_UNTIL))).toEqual(['approval.undo'])
    expect(aloud(card(UNDO_UNTIL))).toContain(
      'not undone: Zoho could not be reached for 24 hours · you can undo this until',
    )
    expect(actionIds(card(null))).toEqual([])
  })

  test('what was created is one press away, with the draft it carries', () => {
    const written = operation('applied', { receipt: { recordId: '777', modifiedAt: null, by: 'write' } })
    const words = aloud(renderCard(approved({ operation: written, change: createTask })))

    expect(words).toContain('<https://crm.example.test/Tasks/777|Open the task in Zoho>')
    expect(words).toContain('the beginning; the task in Zoho has all of it')
    expect(words).toContain('Hello Jane,')
  })

  test('a reassignment says to whom and by whom, whatever became of the suggestion since', () => {
    const facts = cardFacts({
      decidedBy: DANA,
      reassignedTo: { name: 'Bo', slackUserId: 'U0BO' },
      snoozedUntil: new Date('2026-11-21T08:00:00Z'),
      approval: ended('withdrawn', 'reassigned'),
    })

    expect(aloud(renderCard(facts))).toContain('Reassigned to <@U0BO> by <@U0DANA>')
    expect(renderCard(facts).text).toMatch(/ – reassigned\.$/)
  })

  test('a write held back for its age or because the record is gone says so, and nothing about a change', () => {
    const error = 'it was approved more than 72 hours ago and could not be written until now'
    const words = aloud(renderCard(approved({ operation: operation('conflict', { found: {}, error }) })))

    expect(words).toContain(`Not written: ${error}.`)
    expect(words).not.toContain('changed since')
  })

  test.each([
    [20_000, '20 s'],
    [45 * 60_000, '45 min'],
    [72 * 3_600_000, '72 h'],
  ])('time that ran out after %i ms is told as %s', (ms, told) => {
    const expiresAt = new Date(PROPOSED.getTime() + ms)

    expect(aloud(renderCard(cardFacts({ approval: { ...ended('expired'), expiresAt } })))).toContain(
      `Expired after ${told}. Nothing was written.`,
    )
  })

  test('a snooze says until when, a suppression says what it means', () => {
    const snoozed = cardFacts({
      decidedBy: DANA,
      snoozedUntil: new Date('2026-11-21T08:00:00Z'),
      approval: ended('withdrawn'),
    })
    const suppressed = cardFacts({
      decidedBy: DANA,
      approval: ended('withdrawn'),
      recommendation: { state: 'suppressed' },
    })

    expect(aloud(renderCard(snoozed))).toContain('until Sat 21 Nov at 09:00. It comes back with fresh facts.')
    expect(aloud(renderCard(suppressed))).toContain('Not to be suggested again for Acme Corp')
  })

  test('what moved is named even when only that is known, and a vanished record too', () => {
    const stale = (rest: Partial<CardFacts>) =>
      aloud(renderCard({ ...cardFacts({ approval: ended('stale') }), ...rest }))

    expect(stale({ found: { Stage: 'Negotiation' } })).toContain('stage is now *Negotiation*')
    expect(stale({ approval: { ...cardFacts().approval, state: 'stale', reason: 'gone' } })).toContain(
      'no longer there',
    )
    expect(stale({ found: null })).toContain('the record is not as it was')
  })

  test('Analyse again goes once something took its place', () => {
    const facts = cardFacts({
      approval: ended('expired'),
      replacedBy: 'https://team.example.test/archives/D1/p2',
    })

    expect(actionIds(renderCard(facts))).toEqual([])
    expect(aloud(renderCard(facts))).toContain('See what replaced it')
  })
})

test('whatever stands in the CRM, the card is taken by Slack and nothing in it comes alive', () => {
  const facts = fc
    .record({
      state: fc.constantFrom(...(Object.keys(CARDS) as CardState[])),
      text: hostileText,
      value: hostileText,
      creates: fc.boolean(),
      zone: fc.constantFrom('Europe/Berlin', 'Asia/Kolkata', 'nowhere'),
    })
    .map(({ state, text, value, creates, zone }): CardFacts => {
      const facts = CARDS[state]
      const change: CrmChange = creates
        ? {
            action: 'create',
            module: 'Tasks',
            parent: { module: 'Accounts', id: ACME, name: text },
            fields: { Subject: value, Description: value, Due_Date: text, Owner: { id: '1', name: text } },
          }
        : {
            action: 'update',
            module: 'Deals',
            recordId: ACME,
            recordName: text,
            fields: { Stage: value, Next_Step: text },
            before: { Stage: text, Next_Step: value },
          }
      const evidence = { module: 'Calls' as const, recordId: '12345', label: text, at: value }
      return {
        ...facts,
        change,
        firstChange: change,
        found: facts.found && { Stage: text },
        account: { id: ACME, name: value },
        owner: { name: text, slackUserId: value, zone },
        deciders: facts.deciders.map(() => ({ name: text, slackUserId: null })),
        decidedBy: facts.decidedBy && { name: value, slackUserId: text },
        operation: facts.operation && { ...facts.operation, error: text },
        approval: { ...facts.approval, reason: facts.approval.reason && value },
        recommendation: {
          ...facts.recommendation,
          title: text,
          piiKinds: [text],
          draft: { subject: text, body: value },
          rationale: [{ text, evidence: [evidence, evidence] }],
          confidence: { ...facts.recommendation.confidence, reason: value },
        },
      }
    })

  fc.assert(
    fc.property(facts, (each) => {
      const message = renderCard(each)
      const evidence = evidenceView(each)

      expect(blockProblems(message.blocks, 'message')).toEqual([])
      expect(blockProblems(evidence.blocks, 'modal')).toEqual([])
      expect(liveMarkup(message)).toEqual([])
      expect(liveMarkup({ ...evidence, text: '' })).toEqual([])
      expect(message.text.length).toBeLessThanOrEqual(80)
    }),
    { numRuns: 150 },
  )
})

test('the sample cards cover every state there is', () => {
  for (const [state, { approval, operation, undoOperation }] of Object.entries(CARDS)) {
    expect(cardState(approval.state, operation?.state ?? null, undoOperation?.state ?? null)).toBe(state)
  }
})

describe('what a button carries', () => {
  test('comes back as it went', () => {
    const refs = [
      { approvalId: 'a-1', version: 1 },
      { approvalId: 'b_2', version: 12 },
    ]

    expect(decodeRef(encodeRef(refs[0]!))).toEqual(refs[0])
    expect(decodeRefs(refs.map(encodeRef).join(','))).toEqual(refs)
  })

  test.each(['', 'a', 'a:', 'a:0', ':1', 'a:1:2', 'a:1e3', 'a b:1', null, undefined])(
    '%s is none of ours',
    (value) => {
      expect(decodeRef(value)).toBeNull()
      expect(decodeRefs(value)).toBeNull()
      expect(refOfBlock(value)).toBeNull()
    },
  )
})
