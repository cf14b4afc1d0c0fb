import { describe, expect, test } from 'vitest'
import { CrmChange } from '../../src/model/change.ts'
import type { KindName } from '../../src/model/review.ts'
import type { AccountFacts } from '../../src/pipeline/facts.ts'
import { KINDS } from '../../src/recommendations/kinds.ts'
import {
  ACCOUNT_ID,
  account,
  contact,
  DEAL_ID,
  dateIn,
  daysAgo,
  deal,
  facts,
  moved,
  reviewed,
  touch,
  touchesSince,
  WON_ID,
  won,
} from './sample-account.ts'

type Expected = [kind: KindName, action: 'update' | 'create', fields: string]

const TASK = 'Subject,Due_Date,Status,Priority,Owner,What_Id,$se_module,Who_Id,Description'
const NOTE = 'Note_Title,Note_Content,Parent_Id'
const EVENT = 'Event_Title,Start_DateTime,End_DateTime,Owner,What_Id,$se_module,Who_Id,Description'

const cases: [what: string, facts: Partial<AccountFacts>, expected: Expected[]][] = [
  ['a healthy customer', {}, []],
  ['a healthy customer with a moving deal', { deals: [won(), deal()] }, []],
  ['a silent prospect', { deals: [], activities: touchesSince(200) }, []],
  ['a new account', { account: account({ createdAt: daysAgo(2) }), deals: [], activities: [] }, []],
  [
    'a closed account with everything wrong',
    {
      account: account({ status: 'closed', paymentStatus: 'overdue', renewalDate: dateIn(3) }),
      deals: [won(), deal({ stageChangedAt: daysAgo(99) })],
      activities: [],
    },
    [],
  ],
  ['a wrong health score and nothing else', { account: account({ healthScore: 3 }) }, []],
  ['a deal without a next step and nothing else', { deals: [deal({ nextStep: null })] }, []],
  [
    'a customer to whom something was promised for last week',
    {
      activities: [
        ...touchesSince(4),
        touch(12, { module: 'Notes', type: 'note', subject: 'Call', body: "I'll send the quote by Friday." }),
      ],
    },
    [['create_task', 'create', TASK]],
  ],
  ['a customer silent for 14 days', { activities: touchesSince(14) }, [['follow_up_email', 'create', TASK]]],
  [
    'a customer silent for 30 days',
    { activities: touchesSince(30) },
    [
      ['re_engagement', 'create', TASK],
      ['update_account', 'update', 'Account_Status'],
    ],
  ],
  [
    'a prospect with an open deal, silent for 30 days',
    { deals: [deal()], activities: touchesSince(30) },
    [['re_engagement', 'create', TASK]],
  ],
  [
    'a large customer silent for 60 days',
    { deals: [won({ amount: 50_000 })], activities: touchesSince(60) },
    [
      ['escalation', 'create', TASK],
      ['update_account', 'update', 'Account_Status'],
      ['re_engagement', 'create', TASK],
    ],
  ],
  [
    'a silent customer whose score says all is well',
    { account: account({ healthScore: 95 }), activities: touchesSince(45) },
    [
      ['re_engagement', 'create', TASK],
      ['update_account', 'update', 'Account_Status,Health_Score'],
    ],
  ],
  [
    'a stalled deal',
    { deals: [deal({ stageChangedAt: daysAgo(30) })] },
    [['follow_up_email', 'create', TASK]],
  ],
  [
    'a stalled deal without a next step',
    { deals: [deal({ stageChangedAt: daysAgo(30), nextStep: null })] },
    [
      ['follow_up_email', 'create', TASK],
      ['update_account', 'update', 'Next_Step'],
    ],
  ],
  [
    'a stalled proposal',
    { deals: [deal({ stage: 'Proposal/Price Quote', stageChangedAt: daysAgo(30) })] },
    [['create_task', 'create', TASK]],
  ],
  [
    'a large stalled deal',
    { deals: [deal({ stageChangedAt: daysAgo(30), amount: 50_000 })] },
    [['executive_alignment', 'create', TASK]],
  ],
  [
    'a very large deal stuck for 45 days',
    { deals: [deal({ stageChangedAt: daysAgo(45), amount: 100_000 })] },
    [
      ['escalation', 'create', TASK],
      ['executive_alignment', 'create', TASK],
    ],
  ],
  [
    'a customer with a deal stuck for 45 days',
    { deals: [won(), deal({ stageChangedAt: daysAgo(45) })] },
    [
      ['follow_up_email', 'create', TASK],
      ['update_account', 'update', 'Account_Status'],
    ],
  ],
  [
    'a close date that passed',
    { deals: [deal({ closingDate: dateIn(-3) })] },
    [['update_account', 'update', 'Closing_Date']],
  ],
  [
    'a close date that passed a month ago',
    { deals: [deal({ closingDate: dateIn(-30) })] },
    [
      ['create_task', 'create', TASK],
      ['update_account', 'update', 'Closing_Date'],
    ],
  ],
  [
    'a stalled deal past its close date, no next step',
    { deals: [deal({ closingDate: dateIn(-3), stageChangedAt: daysAgo(31), nextStep: null })] },
    [
      ['follow_up_email', 'create', TASK],
      ['update_account', 'update', 'Closing_Date,Next_Step'],
    ],
  ],
  [
    'a renewal in 90 days',
    { account: account({ renewalDate: dateIn(90) }) },
    [['renewal_reminder', 'create', TASK]],
  ],
  [
    'a renewal in 30 days',
    { account: account({ renewalDate: dateIn(30) }) },
    [
      ['renewal_reminder', 'create', TASK],
      ['schedule_meeting', 'create', EVENT],
    ],
  ],
  [
    'a renewal that passed',
    { account: account({ renewalDate: dateIn(-8) }) },
    [['create_task', 'create', TASK]],
  ],
  [
    'a payment overdue',
    { account: account({ paymentStatus: 'overdue' }) },
    [['create_task', 'create', TASK]],
  ],
  [
    'a new owner',
    { changes: [moved({ module: 'Accounts', field: 'owner', old: 'A', new: 'B', at: daysAgo(1) })] },
    [['create_task', 'create', TASK]],
  ],
  [
    'marked at risk',
    { account: account({ status: 'at_risk', statusText: 'At Risk' }) },
    [['risk_mitigation', 'create', NOTE]],
  ],
  [
    'marked at risk, in contact again',
    {
      account: account({ status: 'at_risk', statusText: 'At Risk' }),
      activities: [touch(2), touch(9), touch(60)],
    },
    [['update_account', 'update', 'Account_Status']],
  ],
  [
    'strong growth',
    { deals: [won(), won({ id: '5000000000298', amount: 60_000, closingDate: dateIn(-60) })] },
    [['upsell_opportunity', 'create', TASK]],
  ],
  [
    'a status in words of their own',
    { account: account({ status: 'unknown', statusText: 'Gold' }), activities: touchesSince(30) },
    [['re_engagement', 'create', TASK]],
  ],
]

describe('what the facts justify', () => {
  test.each(cases)('%s', (_, change, expected) => {
    const { recommendations, refusals } = reviewed(facts(change))

    expect(refusals).toEqual([])
    const got = recommendations.map(({ kind, change: { action, ...write } }) =>
      [kind, action, 'fields' in write ? Object.keys(write.fields).join(',') : ''].join(' '),
    )
    expect(got.toSorted()).toEqual(expected.map((row) => row.join(' ')).toSorted())
  })

  test('every kind is justified by something', () => {
    const kinds = new Set(cases.flatMap(([, , expected]) => expected.map(([kind]) => kind)))

    expect([...kinds].toSorted()).toEqual(Object.keys(KINDS).toSorted())
  })

  test.each(cases.filter(([, , expected]) => expected.length > 0))('%s: well made', (_, change) => {
    for (const recommendation of reviewed(facts(change)).recommendations) {
      expect(CrmChange.safeParse(recommendation.change).error).toBeUndefined()
      expect(recommendation.title.length).toBeLessThanOrEqual(100)
      expect(recommendation.title).not.toContain('Acme')
      expect(recommendation.title).toMatch(/^[A-Z]/)
      expect(recommendation.confidence.level).not.toBe('low')
      expect(recommendation.evidence.length).toBeGreaterThan(0)
    }
  })
})

describe('the writes', () => {
  test('an e-mail is due within two working days', () => {
    for (const [, change] of cases) {
      for (const one of reviewed(facts(change)).recommendations.filter(({ draft }) => draft)) {
        expect(one.change).toHaveProperty('fields.Due_Date', expect.stringMatching(/^2026-11-2[34]$/))
      }
    }
  })

  test('a silent customer: the task carries the e-mail, for the contact, in words', () => {
    const { recommendations } = reviewed(facts({ activities: touchesSince(34) }))
    const letter = recommendations.find(({ kind }) => kind === 're_engagement')

    expect(letter?.change).toMatchObject({
      action: 'create',
      module: 'Tasks',
      parent: { module: 'Accounts', id: ACCOUNT_ID, name: 'Acme Corp' },
      fields: {
        Subject: 'Re-engage: Shall we catch up, Robin?',
        Due_Date: '2026-11-24',
        Status: 'Not Started',
        Priority: 'High',
        Owner: { id: '5000000000901' },
        What_Id: { id: ACCOUNT_ID, name: 'Acme Corp' },
        $se_module: 'Accounts',
        Who_Id: { id: '5000000000101' },
      },
    })
    expect(letter?.draft?.body).toMatch(/^Hi Robin,\n\nWe were last in touch on 17 Oct, [\s\S]+Dana Reyes$/)
    expect(letter?.title).toBe('Get back in touch after 34 days of silence')
    expect(letter?.change).toHaveProperty(
      'fields.Description',
      expect.stringContaining(letter?.draft?.body ?? '-'),
    )
  })

  test('a close date: before and after, and why', () => {
    const { recommendations } = reviewed(facts({ deals: [deal({ closingDate: '2026-11-02' })] }))

    expect(recommendations[0]).toMatchObject({
      title: 'Move close date to 4 Dec',
      subject: { module: 'Deals', recordId: DEAL_ID },
      actionClass: 'field',
      change: {
        action: 'update',
        module: 'Deals',
        recordId: DEAL_ID,
        recordName: 'Fleet rollout',
        fields: { Closing_Date: '2026-12-04' },
        before: { Closing_Date: '2026-11-02' },
      },
      rationale: [
        { text: '"Fleet rollout" was to close on 2 Nov, 18 days ago, and is still open.' },
        { text: 'The new date leaves 2 weeks from Negotiation to the close.' },
      ],
    })
  })

  test("a meeting stands in working hours of the owner's zone, with its offset", () => {
    const { recommendations } = reviewed(facts({ account: account({ renewalDate: dateIn(20) }) }))
    const meeting = recommendations.find(({ kind }) => kind === 'schedule_meeting')

    expect(meeting?.change).toMatchObject({
      module: 'Events',
      fields: {
        Event_Title: 'Renewal review: Acme Corp',
        Start_DateTime: '2026-11-30T10:00:00+01:00',
        End_DateTime: '2026-11-30T10:45:00+01:00',
      },
    })
  })

  test('a note names its parent record', () => {
    const { recommendations } = reviewed(
      facts({ account: account({ status: 'at_risk', statusText: 'At Risk' }) }),
    )

    expect(recommendations[0]?.change).toMatchObject({
      module: 'Notes',
      fields: { Note_Title: 'Rescue plan, 20 Nov', Parent_Id: { id: ACCOUNT_ID, name: 'Acme Corp' } },
    })
  })

  test("an escalation is the manager's task and says what is at stake, or who may leave", () => {
    const { recommendations } = reviewed(
      facts({ deals: [won({ amount: 80_000 })], activities: touchesSince(70) }),
    )
    const escalation = recommendations.find(({ kind }) => kind === 'escalation')

    expect(escalation).toMatchObject({
      title: 'Ask your manager to step in: a customer who bought for 80,000',
      change: { fields: { Owner: { id: '5000000000902' } } },
    })
    expect(escalation?.evidence).toContainEqual(
      expect.objectContaining({ recordId: WON_ID, field: 'amount' }),
    )
    const renewing = facts({
      account: account({ renewalDate: dateIn(80) }),
      deals: [won({ amount: 80_000 })],
      activities: touchesSince(70),
    })
    expect(titles(renewing)).toContain('Ask your manager to step in: 80,000 at stake')
  })

  test('with nobody known, nothing is made up', () => {
    const { recommendations } = reviewed(
      facts({ owner: null, account: account({ ownerId: null }), contacts: [], activities: touchesSince(20) }),
    )

    expect(recommendations[0]?.change).not.toHaveProperty('fields.Owner')
    expect(recommendations[0]?.change).not.toHaveProperty('fields.Who_Id')
    expect(recommendations[0]?.draft?.body).toMatch(/^Hello,[\s\S]+Best wishes$/)
  })

  test('an executive letter goes to an executive', () => {
    const people = [contact({ id: '5000000000102', name: 'Kim Low', title: 'Buyer' }), contact()]
    const { recommendations } = reviewed(
      facts({
        contacts: people,
        deals: [deal({ contactId: '5000000000102', amount: 60_000, stageChangedAt: daysAgo(33) })],
      }),
    )
    const to = (kind: KindName) =>
      recommendations.find((one) => one.kind === kind)?.draft?.body.split('\n')[0]

    expect(to('executive_alignment')).toBe('Hi Robin,')
    expect(to('follow_up_email')).toBeUndefined()
  })

  test('a plan that was agreed holds for a month', () => {
    const past = {
      id: 'r1',
      kind: 'risk_mitigation' as const,
      title: 'Agree a plan',
      state: 'accepted' as const,
      reason: null,
      proposedAt: daysAgo(21),
      decidedAt: daysAgo(20),
      subjectId: ACCOUNT_ID,
    }
    const atRisk = facts({ account: account({ status: 'at_risk', statusText: 'At Risk' }) })

    expect(reviewed(atRisk, { memory: { past: [past] } }).recommendations).toEqual([])
    expect(
      reviewed(atRisk, { memory: { past: [{ ...past, decidedAt: daysAgo(30) }] } }).recommendations,
    ).toHaveLength(1)
  })
})

function titles(of: AccountFacts): string[] {
  return reviewed(of).recommendations.map(({ title }) => title)
}

describe('the reasons', () => {
  const atRisk = account({ status: 'at_risk', statusText: 'At Risk', healthScore: 5 })

  test('of a rescue plan are the causes in its note, whatever they weigh', () => {
    const late = touch(3, { id: '5000000000777', module: 'Tasks', type: 'task', completed: false })
    const [plan] = reviewed(
      facts({ account: atRisk, activities: [...touchesSince(4), late] }),
    ).recommendations

    expect(plan?.title).toBe('Agree a rescue plan')
    expect(plan?.rationale[1]?.text).toContain('1 task overdue')
    expect(plan?.change).toHaveProperty('fields.Note_Content', expect.stringContaining('1 task overdue'))
  })

  test('of a rescue plan begin with what the customer complained about', () => {
    const outage = touch(6, { type: 'email', module: 'Tasks', subject: 'Third outage this month' })
    const [plan] = reviewed(
      facts({ account: atRisk, activities: [outage, ...touchesSince(9)] }),
    ).recommendations

    expect(plan?.rationale[1]).toMatchObject({
      text: 'A complaint is on record: "Third outage this month", 14 Nov.',
      evidence: [{ recordId: outage.id }],
    })
    expect(plan?.change).toHaveProperty('fields.Note_Content', expect.stringContaining('Third outage'))
  })

  test('a score is never raised beside a sign of risk', () => {
    expect(titles(facts({ account: atRisk }))).toEqual(['Agree a rescue plan'])
    expect(titles(facts({ account: account({ healthScore: 20, paymentStatus: 'overdue' }) }))).toEqual([
      'Call about the overdue payment',
    ])
    expect(titles(facts({ account: account({ healthScore: 3 }), activities: touchesSince(33) }))).toContain(
      'Set status to At Risk',
    )
  })
})
