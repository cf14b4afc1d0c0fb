import { describe, expect, test } from 'vitest'
import type { Severity, SignalKind } from '../../src/model/signal.ts'
import type { AccountFacts } from '../../src/pipeline/facts.ts'
import { scout } from '../../src/pipeline/scout.ts'
import {
  account,
  contact,
  DEAL_ID,
  dateIn,
  daysAgo,
  deal,
  facts,
  moved,
  NOW,
  touch,
  touchesSince,
  won,
} from './sample-account.ts'

type Row = [what: string, kind: SignalKind, facts: Partial<AccountFacts>, expected: Severity | null]

const onDeal = (change: Parameters<typeof deal>[0]) => ({ deals: [deal(change)] })
const dealMoved = (field: string, old: string | null, value: string | null) => ({
  deals: [deal()],
  changes: [moved({ module: 'Deals', recordId: DEAL_ID, field, old, new: value })],
})

const saying = (body: string, days: number) =>
  touch(days, { id: '5000000000777', module: 'Notes', type: 'note', subject: 'After the call', body })
/** Today is Friday the 20th: said on Sunday the 15th, or on the 8th where it names a Friday. */
const promised = (body: string) => ({
  activities: [...touchesSince(4), saying(body, body.includes('Friday') ? 12 : 5)],
})

const rows: Row[] = [
  ['13 days without contact', 'inactivity', { activities: touchesSince(13) }, null],
  ['14 days without contact', 'inactivity', { activities: touchesSince(14) }, 'medium'],
  ['30 days without contact', 'inactivity', { activities: touchesSince(30) }, 'high'],
  ['60 days without contact', 'inactivity', { activities: touchesSince(60) }, 'critical'],
  ['a silent prospect', 'inactivity', { deals: [], activities: touchesSince(90) }, null],
  [
    'a silent account with an open deal',
    'inactivity',
    { deals: [deal()], activities: touchesSince(31) },
    'high',
  ],
  ['a silent closed account', 'inactivity', { account: account({ status: 'closed' }), activities: [] }, null],
  [
    'a customer who churned',
    'inactivity',
    {
      deals: [
        won(),
        won({ id: '5000000000298', outcome: 'lost', pipeline: 'Renewal', closingDate: dateIn(-100) }),
      ],
      activities: [],
    },
    null,
  ],
  ['no contact on record, created long ago', 'inactivity', { deals: [deal()], activities: [] }, 'critical'],
  [
    'no contact on record, created last week',
    'inactivity',
    { account: account({ createdAt: daysAgo(7) }), deals: [deal()], activities: [] },
    null,
  ],
  [
    'no contact and no date at all',
    'inactivity',
    { account: account({ createdAt: null }), deals: [deal()], activities: [] },
    null,
  ],
  [
    'only undated activities',
    'inactivity',
    { account: account({ createdAt: null }), deals: [deal()], activities: [touch(1, { at: null })] },
    null,
  ],
  ['a planned call is no contact', 'inactivity', { activities: [touch(-2), ...touchesSince(20)] }, 'medium'],
  [
    'a task is no contact',
    'inactivity',
    { activities: [touch(1, { module: 'Tasks', type: 'task' }), ...touchesSince(20)] },
    'medium',
  ],

  ['29 days in stage', 'stalled_deal', onDeal({ stageChangedAt: daysAgo(29) }), null],
  ['30 days in stage', 'stalled_deal', onDeal({ stageChangedAt: daysAgo(30) }), 'medium'],
  ['45 days in stage', 'stalled_deal', onDeal({ stageChangedAt: daysAgo(45) }), 'high'],
  ['a lost deal, long ago', 'stalled_deal', onDeal({ outcome: 'lost', stageChangedAt: daysAgo(99) }), null],
  [
    'a deal whose outcome is not known',
    'stalled_deal',
    onDeal({ outcome: 'unknown', stageChangedAt: daysAgo(99) }),
    null,
  ],
  ['a deal without a stage date', 'stalled_deal', onDeal({ stageChangedAt: null }), null],

  ['closing today', 'overdue_close', onDeal({ closingDate: dateIn(0) }), null],
  ['closing date yesterday', 'overdue_close', onDeal({ closingDate: dateIn(-1) }), 'medium'],
  ['closing date a month ago', 'overdue_close', onDeal({ closingDate: dateIn(-30) }), 'high'],
  ['no closing date', 'overdue_close', onDeal({ closingDate: null }), null],
  ['a date no calendar has', 'overdue_close', onDeal({ closingDate: '2026-02-30' }), null],

  ['91 days to the renewal', 'renewal_due', { account: account({ renewalDate: dateIn(91) }) }, null],
  ['90 days to the renewal', 'renewal_due', { account: account({ renewalDate: dateIn(90) }) }, 'medium'],
  ['30 days to the renewal', 'renewal_due', { account: account({ renewalDate: dateIn(30) }) }, 'high'],
  ['renewal today', 'renewal_due', { account: account({ renewalDate: dateIn(0) }) }, 'high'],
  ['renewal yesterday', 'renewal_due', { account: account({ renewalDate: dateIn(-1) }) }, null],
  [
    'already renewed early',
    'renewal_due',
    {
      account: account({ renewalDate: dateIn(20) }),
      deals: [won(), won({ id: '5000000000298', pipeline: 'Renewal', closingDate: dateIn(-5) })],
    },
    null,
  ],
  ['renewal passed', 'renewal_overdue', { account: account({ renewalDate: dateIn(-1) }) }, 'high'],
  [
    'renewal passed and won since',
    'renewal_overdue',
    {
      account: account({ renewalDate: dateIn(-20) }),
      deals: [won(), won({ id: '5000000000298', closingDate: dateIn(-5) })],
    },
    null,
  ],
  [
    'renewal of a closed account',
    'renewal_overdue',
    { account: account({ status: 'closed', renewalDate: dateIn(-20) }) },
    null,
  ],

  ['contact as usual', 'engagement_drop', {}, null],
  ['contact fallen to a third', 'engagement_drop', { activities: touchesSince(28) }, 'medium'],
  [
    'too few contacts for a rhythm',
    'engagement_drop',
    { activities: [touch(40), touch(80), touch(120)] },
    null,
  ],

  [
    'a new owner, no contact since',
    'owner_change',
    { changes: [moved({ module: 'Accounts', field: 'owner', old: 'A', new: 'B', at: daysAgo(2) })] },
    'high',
  ],
  [
    'a new owner who called',
    'owner_change',
    { changes: [moved({ module: 'Accounts', field: 'owner', old: 'A', new: 'B', at: daysAgo(6) })] },
    'info',
  ],
  [
    'a first owner',
    'owner_change',
    { changes: [moved({ module: 'Accounts', field: 'owner', old: null, new: 'B', at: daysAgo(2) })] },
    null,
  ],
  [
    'an owner change long ago',
    'owner_change',
    { changes: [moved({ module: 'Accounts', field: 'owner', old: 'A', new: 'B', at: daysAgo(31) })] },
    null,
  ],

  [
    'status moved',
    'status_change',
    { changes: [moved({ module: 'Accounts', field: 'status', old: 'Pending', new: 'Active' })] },
    'info',
  ],
  [
    'status moved for the worse',
    'status_change',
    {
      account: account({ status: 'at_risk', statusText: 'At Risk' }),
      changes: [moved({ module: 'Accounts', field: 'status', old: 'Active', new: 'At Risk' })],
    },
    'medium',
  ],
  [
    'marked at risk',
    'at_risk_status',
    { account: account({ status: 'at_risk', statusText: 'At Risk' }) },
    'high',
  ],
  [
    'marked in words we do not know',
    'at_risk_status',
    { account: account({ status: 'unknown', statusText: 'Wobbly' }) },
    null,
  ],
  ['payment overdue', 'payment_overdue', { account: account({ paymentStatus: 'overdue' }) }, 'high'],
  ['payment not known', 'payment_overdue', { account: account({ paymentStatus: 'unknown' }) }, null],

  ['stage forward', 'deal_stage_change', dealMoved('stage', 'Proposal', 'Negotiation'), 'info'],
  ['stage forward is no step back', 'stage_regression', dealMoved('stage', 'Proposal', 'Negotiation'), null],
  ['stage back', 'stage_regression', dealMoved('stage', 'Negotiation/Review', 'Qualification'), 'medium'],
  [
    'stage back is not also a move',
    'deal_stage_change',
    dealMoved('stage', 'Negotiation', 'Qualified'),
    null,
  ],
  ['between stages of their own', 'stage_regression', dealMoved('stage', 'Phase 9', 'Phase 2'), null],

  ['amount down by 19 %', 'amount_change', dealMoved('amount', '10000', '8100'), null],
  ['amount down by 20 %', 'amount_change', dealMoved('amount', '10000', '8000'), 'medium'],
  ['amount down by half', 'amount_change', dealMoved('amount', '10000', '5000'), 'high'],
  ['amount up', 'amount_change', dealMoved('amount', '10000', '15000'), 'info'],
  ['amount first filled in', 'amount_change', dealMoved('amount', null, '15000'), null],
  ['amount in words', 'amount_change', dealMoved('amount', 'ten', 'twelve'), null],

  [
    'a demo last week',
    'high_value_activity',
    { activities: [touch(6, { subject: 'On-site demo' })] },
    'info',
  ],
  ['a demo long ago', 'high_value_activity', { activities: [touch(31, { subject: 'On-site demo' })] }, null],
  [
    'a demo that is planned',
    'high_value_activity',
    { activities: [touch(-3, { subject: 'On-site demo' })] },
    null,
  ],
  [
    'a contract review',
    'high_value_activity',
    { activities: [touch(6, { subject: 'Contract review' })] },
    'info',
  ],

  ['a contact added', 'contact_added', { contacts: [contact({ createdAt: daysAgo(3) })] }, 'info'],
  [
    'contacts of a new account',
    'contact_added',
    { account: account({ createdAt: daysAgo(3) }), contacts: [contact({ createdAt: daysAgo(3) })] },
    null,
  ],
  ['a new account', 'new_account', { account: account({ createdAt: daysAgo(13) }) }, 'info'],
  ['a fortnight old', 'new_account', { account: account({ createdAt: daysAgo(14) }) }, null],
  ['of unknown age', 'new_account', { account: account({ createdAt: null }) }, null],

  [
    'a task overdue',
    'overdue_task',
    { activities: [touch(2, { module: 'Tasks', type: 'task', completed: false })] },
    'low',
  ],
  [
    'a task overdue for long',
    'overdue_task',
    { activities: [touch(20, { module: 'Tasks', type: 'task', completed: false })] },
    'medium',
  ],
  ['a task done', 'overdue_task', { activities: [touch(20, { module: 'Tasks', type: 'task' })] }, null],

  ['a promise overdue', 'overdue_promise', promised("I'll send the quote by Thursday."), 'low'],
  ['a promise overdue for days', 'overdue_promise', promised("I'll send the quote by Friday."), 'medium'],
  ['a promise for a day to come', 'overdue_promise', promised("I'll send the quote in three weeks."), null],
  ['a promise without a day', 'overdue_promise', promised("I'll send the quote."), null],
  ['a promise of theirs', 'overdue_promise', promised('Robin will send the order by Friday.'), null],
  [
    'a promise that a task was made of',
    'overdue_promise',
    {
      activities: [
        ...promised("I'll send the quote by Friday.").activities,
        touch(1, { module: 'Tasks', type: 'task', subject: 'Write quote', completed: false }),
      ],
    },
    null,
  ],
  [
    'a promise kept',
    'overdue_promise',
    {
      activities: [
        ...promised("I'll send the quote by Friday.").activities,
        touch(2, { module: 'Tasks', type: 'email', subject: 'Quote', body: 'Direction: Outbound' }),
      ],
    },
    null,
  ],
  [
    'a promise of last year',
    'overdue_promise',
    { activities: [...touchesSince(4), saying("I'll send the quote by Friday.", 200)] },
    null,
  ],

  ['no next step', 'no_next_step', onDeal({ nextStep: ' ' }), 'low'],
  ['a next step', 'no_next_step', onDeal({}), null],
  [
    'no next step, but a meeting planned',
    'no_next_step',
    { ...onDeal({ nextStep: null }), activities: [touch(-4, { dealId: DEAL_ID })] },
    null,
  ],

  [
    'growing wins',
    'growth',
    { deals: [won(), won({ id: '5000000000298', amount: 36_000, closingDate: dateIn(-60) })] },
    'low',
  ],
  [
    'wins that do not grow',
    'growth',
    { deals: [won(), won({ id: '5000000000298', amount: 35_999, closingDate: dateIn(-60) })] },
    null,
  ],
  [
    'growing revenue',
    'growth',
    { changes: [moved({ module: 'Accounts', field: 'annualRevenue', old: '100', new: '120' })] },
    'low',
  ],
  [
    'growing while something is open',
    'growth',
    { deals: [won(), deal(), won({ id: '5000000000298', amount: 90_000, closingDate: dateIn(-60) })] },
    null,
  ],
  [
    'growing but silent',
    'growth',
    {
      activities: touchesSince(20),
      deals: [won(), won({ id: '5000000000298', amount: 90_000, closingDate: dateIn(-60) })],
    },
    null,
  ],
]

describe('signals', () => {
  test.each(rows)('%s: %s', (_, kind, change, expected) => {
    const found = scout(facts(change), NOW).signals.filter((signal) => signal.kind === kind)

    expect(found.map(({ severity }) => severity)).toEqual(expected === null ? [] : [expected])
  })

  test('a change dated in the future has not happened', () => {
    const changes = [moved({ module: 'Accounts', field: 'owner', old: 'A', new: 'B', at: daysAgo(-2) })]

    expect(scout(facts({ changes }), NOW).signals).toEqual([])
  })

  test('a healthy customer gives none that weighs', () => {
    expect(scout(facts(), NOW).signals).toEqual([])
  })

  test('silence with no contact on record says from when it is counted', () => {
    const created = scout(facts({ deals: [deal()], activities: [] }), NOW)
    const sold = scout(facts({ activities: [] }), NOW)

    expect(created.signals[0]?.reason).toContain('since the account was created on 20 Dec 2024')
    expect(sold.signals[0]?.reason).toContain('since the last deal was won on 16 Oct 2025, 400 days ago')
    expect(sold.signals[0]?.evidence[0]?.recordId).toBe(won().id)
  })

  test('what cannot be measured is said, not guessed', () => {
    const snapshot = scout(
      facts({
        account: account({ createdAt: null }),
        deals: [deal({ stageChangedAt: null })],
        activities: [],
      }),
      NOW,
    )

    expect(snapshot.missing).toEqual([
      'Silence was not measured: no contact and no creation date on record',
      'Days in stage were not measured for "Fleet rollout": the CRM does not say when it changed',
    ])
    expect(snapshot.lastTouch).toBeNull()
  })

  test("a date turns at midnight in the owner's zone", () => {
    const late = new Date('2026-11-20T23:30:00Z')
    const closing = facts({ deals: [deal({ closingDate: '2026-11-20' })] })

    const kinds = scout(closing, late).signals.map(({ kind }) => kind)

    expect(kinds).toContain('overdue_close')
    expect(scout({ ...closing, owner: null }, late).signals.map(({ kind }) => kind)).not.toContain(
      'overdue_close',
    )
  })
})

describe('health', () => {
  const score = (change: Partial<AccountFacts>) => scout(facts(change), NOW).health.score

  test('much contact does not hide trouble', () => {
    expect(score({})).toBeGreaterThan(80)
    expect(score({ account: account({ status: 'at_risk', statusText: 'At Risk' }) })).toBeLessThanOrEqual(40)
    expect(score({ account: account({ paymentStatus: 'overdue' }) })).toBeLessThanOrEqual(40)
    expect(
      score({ activities: [touch(1, { subject: 'Third outage this month' }), ...touchesSince(4)] }),
    ).toBe(40)
    // A date to come is no trouble.
    expect(score({ account: account({ renewalDate: dateIn(20) }) })).toBeGreaterThan(80)
    expect(score({ activities: touchesSince(61) })).toBeLessThanOrEqual(30)
    const late = touch(2, { id: '5000000000777', module: 'Tasks', type: 'task', completed: false })
    expect(score({ activities: [late, ...touchesSince(4)] })).toBe(60)
  })

  test('says what holds it down', () => {
    const { reasons } = scout(facts({ account: account({ paymentStatus: 'overdue' }) }), NOW).health

    expect(reasons.at(-1)).toBe('The CRM says that a payment is overdue.')
  })
})

test('silence rests on the one record from which it is counted', () => {
  for (const activities of [touchesSince(40), []]) {
    const [silence] = scout(facts({ deals: [won(), deal()], activities }), NOW).signals

    expect(silence?.kind).toBe('inactivity')
    expect(silence?.evidence).toHaveLength(1)
  }
})

test("days are the owner's calendar days, however few hours they have", () => {
  const evening = touch(0, { at: new Date('2026-11-05T22:30:00Z') })
  const morning = new Date('2026-11-19T05:00:00Z')
  const silent = facts({ activities: [evening] })

  expect(scout(silent, morning).signals[0]?.reason).toBe('No contact for 14 days; the last was on 5 Nov.')
  expect(scout({ ...silent, owner: null }, morning).lastTouch?.daysAgo).toBe(14)
})
