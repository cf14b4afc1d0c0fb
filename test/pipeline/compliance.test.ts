import { describe, expect, test } from 'vitest'
import { resolveFields } from '../../src/model/field.ts'
import type { Draft, PastRecommendation, RecommendationState } from '../../src/model/review.ts'
import { type ComplianceContext, comply } from '../../src/pipeline/compliance.ts'
import { scout } from '../../src/pipeline/scout.ts'
import {
  ACCOUNT_ID,
  DEAL_ID,
  daysAgo,
  deal,
  facts,
  fields,
  historyOf,
  NOW,
  owner,
  reviewed,
  touchesSince,
} from './sample-account.ts'

const silent = facts({ activities: touchesSince(34) })
const snapshot = scout(silent, NOW)

function context(change: Partial<ComplianceContext> = {}): ComplianceContext {
  return {
    snapshot,
    history: historyOf(silent),
    fields,
    picklists: {},
    open: [],
    shown: new Map(),
    now: NOW,
    ...change,
  }
}

const aboutAccount = { module: 'Accounts', recordId: ACCOUNT_ID } as const
const [silence] = snapshot.signals

function draft(change: Partial<Draft> = {}): Draft {
  return {
    kind: 'create_task',
    form: {
      goal: 'Call the customer',
      subject: 'Call the customer',
      description: 'Ask how they are.',
      dueDate: '2026-11-24',
      priority: 'normal',
      contactId: '5000000000101',
    },
    subject: aboutAccount,
    priority: 'medium',
    rationale: [{ text: silence?.reason ?? '', evidence: silence?.evidence ?? [] }],
    pattern: { strength: 0.7, reason: 'measured' },
    author: 'rules',
    ...change,
  }
}

function withForm(change: object): Draft {
  return draft({ form: { ...Object(draft().form), ...change } })
}

function update(form: object, subject: Draft['subject'] = aboutAccount): Draft {
  return draft({ kind: 'update_account', form, subject })
}

function past(state: RecommendationState, days: number): PastRecommendation {
  return {
    id: 'r1',
    kind: 'create_task',
    title: 'Call the customer',
    state,
    reason: null,
    proposedAt: daysAgo(days + 1),
    decidedAt: daysAgo(days),
    subjectId: ACCOUNT_ID,
  }
}

function ruleOf(drafts: Draft[], change: Partial<ComplianceContext> = {}): string | undefined {
  return comply(drafts, context(change)).refusals[0]?.rule
}

describe('what is refused', () => {
  test('nothing, when nothing is wrong', () => {
    const { recommendations, refusals } = comply([draft()], context())

    expect(refusals).toEqual([])
    expect(recommendations).toHaveLength(1)
  })

  test.each<[string, Draft, Partial<ComplianceContext>]>([
    ['form', withForm({ subject: '' }), {}],
    ['form', withForm({ surprise: 'Stage' }), {}],
    ['form', update({ record: 'account' }), {}],
    ['subject', draft({ subject: { module: 'Deals', recordId: '5999999999999' } }), {}],
    ['subject', draft({ subject: { module: 'Accounts', recordId: '5999999999999' } }), {}],
    [
      'unmapped',
      update({ record: 'account', status: 'at_risk' }),
      { fields: resolveFields({ 'Accounts.status': null }).fields },
    ],
    ['no_change', update({ record: 'account', status: 'active' }), {}],
    [
      'choice',
      update({ record: 'account', status: 'at_risk' }),
      { picklists: { 'Accounts.Account_Status': ['Gold', 'Silver'] } },
    ],
    ['choice', draft(), { picklists: { 'Tasks.Priority': ['Urgent'] } }],
    ['known_records', withForm({ contactId: '5999999999999' }), {}],
    [
      'evidence',
      draft({
        rationale: [
          {
            text: 'Trust me',
            evidence: [{ module: 'Calls', recordId: '5999999999999', label: 'Call', at: null }],
          },
        ],
      }),
      {},
    ],
    ['already_open', draft(), { open: [`create_task:Accounts:${ACCOUNT_ID}`] }],
    ['suppressed', draft(), { history: historyOf(silent, { suppressed: ['create_task'] }) }],
    ['cool_down', draft(), { history: historyOf(silent, { past: [past('accepted', 6)] }) }],
    ['cool_down', draft(), { history: historyOf(silent, { past: [past('rejected', 29)] }) }],
    ['secret_numbers', withForm({ description: 'Their card is 4111 1111 1111 1111.' }), {}],
    ['secret_numbers', withForm({ description: 'SSN 219-09-9999' }), {}],
    ['account_muted', draft(), { snapshot: mine({ mutedAccountIds: [ACCOUNT_ID] }) }],
    ['owner_paused', draft(), { snapshot: mine({ pausedUntil: '2026-11-21T00:00:00Z' }) }],
    [
      'confidence',
      draft({ pattern: { strength: 0, reason: 'a guess' } }),
      { snapshot: { ...snapshot, asOf: daysAgo(60) } },
    ],
  ])('%s', (rule, refused, change) => {
    expect(ruleOf([refused], change)).toBe(rule)
  })

  test.each<[string, Partial<ComplianceContext>]>([
    ['accepted a week ago', { history: historyOf(silent, { past: [past('accepted', 7)] }) }],
    ['rejected a month ago', { history: historyOf(silent, { past: [past('rejected', 30)] }) }],
    ['expired yesterday, seen by nobody', { history: historyOf(silent, { past: [past('expired', 1)] }) }],
    [
      'decided for another record',
      { history: historyOf(silent, { past: [{ ...past('rejected', 1), subjectId: DEAL_ID }] }) },
    ],
    ['a pause that is over', { snapshot: mine({ pausedUntil: '2026-11-19T00:00:00Z' }) }],
    [
      'muted by an owner who left: it goes to the manager',
      { snapshot: mine({ mutedAccountIds: [ACCOUNT_ID] }, false) },
    ],
  ])('but not: %s', (_, change) => {
    expect(ruleOf([draft()], change)).toBeUndefined()
  })

  test('a sentence with one source that is not of this account is dropped', () => {
    const [sound] = draft().rationale
    const stranger = { module: 'Calls', recordId: '5999999999999', label: 'Call', at: null } as const
    const mixed = { text: 'Half true', evidence: [...(sound?.evidence ?? []), stranger] }
    const [one] = comply([draft({ rationale: [...draft().rationale, mixed] })], context()).recommendations

    expect(one?.rationale).toEqual([sound])
  })

  test('a sentence without a source is dropped, the others stay', () => {
    const [kept] = draft().rationale
    const [one] = comply(
      [draft({ rationale: [...draft().rationale, { text: 'I feel it', evidence: [] }] })],
      context(),
    ).recommendations

    expect(one?.rationale).toEqual([kept])
  })

  test('a model cannot put a deal value on an account', () => {
    expect(ruleOf([update({ record: 'deal', amount: 1 })])).toBe('unmapped')
    expect(ruleOf([update({ record: 'deal', amount: 1, Owner: '1' })])).toBe('form')
  })

  describe('beside a card that waits for the same record', () => {
    const key = `update_account:Accounts:${ACCOUNT_ID}`
    const status = update({ record: 'account', status: 'at_risk' })
    const health = (healthScore: number) => update({ record: 'account', healthScore })
    /** What the reviewer says of these while a card shows what came of `shown`. */
    function beside(shown: Draft, drafts: Draft[]) {
      const [asked] = comply([shown], context()).recommendations
      const waiting = { open: [key], shown: new Map(asked ? [[key, asked.change]] : []) }
      const { recommendations, refusals, overtaken } = comply(drafts, context(waiting))
      expect(asked).toBeDefined()
      // Two cards about the same never stand side by side.
      expect(recommendations).toEqual([])
      expect(new Set(refusals.map(({ rule }) => rule))).toEqual(new Set(['already_open']))
      return overtaken
    }

    test.each([
      ['the same', status, [status]],
      ['a figure that moved a little', health(40), [health(41)]],
      [
        'one field less',
        update({ record: 'account', status: 'at_risk', healthScore: 40 }),
        [update({ record: 'account', status: 'at_risk' })],
      ],
      [
        'one field more',
        update({ record: 'account', status: 'at_risk' }),
        [update({ record: 'account', status: 'at_risk', healthScore: 40 })],
      ],
      ['something else, while its own reason stands', status, [health(41), status]],
    ])('%s is already waiting', (_, shown, drafts) => {
      expect(beside(shown, drafts)).toEqual([])
    })

    test.each([
      ['other fields', status, health(41)],
      ['another choice', status, update({ record: 'account', status: 'pending' })],
    ])('%s overtake it, once its own reason is gone', (_, shown, newer) => {
      expect(beside(shown, [newer])).toEqual([key])
    })
  })

  test('the same twice in one review is one', () => {
    const { recommendations, refusals } = comply([draft(), draft()], context())

    expect(recommendations).toHaveLength(1)
    expect(refusals.map(({ rule }) => rule)).toEqual(['duplicate'])
  })

  test('an account has at most five open', () => {
    const of = facts({ deals: Array.from({ length: 9 }, (_, index) => deal({ id: `50000000004${index}0` })) })
    const calm = scout(of, NOW)
    const drafts = calm.deals.map(({ id }) =>
      draft({
        subject: { module: 'Deals', recordId: id },
        rationale: [
          { text: 'It is there', evidence: [{ module: 'Deals', recordId: id, label: 'Deal', at: null }] },
        ],
      }),
    )

    const all = comply(drafts, context({ snapshot: calm }))
    const withOpen = comply(drafts, context({ snapshot: calm, open: ['a', 'b', 'c'] }))

    expect(all.recommendations).toHaveLength(5)
    expect(all.refusals.map(({ rule }) => rule)).toEqual(Array(4).fill('account_limit'))
    expect(withOpen.recommendations).toHaveLength(2)
  })
})

describe('what comes out', () => {
  test("a choice is written in the CRM's own spelling", () => {
    const picklists = { 'Accounts.Account_Status': ['ACTIVE', 'At-Risk'] }
    const [one] = comply(
      [update({ record: 'account', status: 'at_risk' })],
      context({ picklists }),
    ).recommendations

    expect(one?.change).toMatchObject({
      fields: { Account_Status: 'At-Risk' },
      before: { Account_Status: 'Active' },
    })
  })

  test('personal data in the text is reported', () => {
    const [one] = comply(
      [withForm({ description: 'Write to robin@acme.example or call +33 1 42 68 53 00.' })],
      context(),
    ).recommendations

    expect(one?.piiKinds).toEqual(['email', 'phone'])
  })

  test.each([
    ['critical', 24],
    ['high', 72],
    ['medium', 168],
    ['low', 336],
  ] as const)('a %s one holds for %i hours', (priority, hours) => {
    const [one] = comply([draft({ priority })], context()).recommendations

    expect(((one?.expiresAt.getTime() ?? 0) - NOW.getTime()) / 3_600_000).toBe(hours)
  })

  test.each([
    [{ record: 'deal', stage: 'Closed Won' }, 'closing'],
    [{ record: 'deal', amount: 5 }, 'amount'],
    [{ record: 'deal', nextStep: 'Call them' }, 'field'],
  ])('%o needs the power for: %s', (form, actionClass) => {
    const of = facts({ deals: [deal()] })
    const subject = { module: 'Deals', recordId: DEAL_ID } as const
    const rationale = [{ text: 'It says so', evidence: [{ ...subject, label: 'Deal', at: null }] }]
    const [one] = comply(
      [{ ...update(form, subject), rationale }],
      context({ snapshot: scout(of, NOW) }),
    ).recommendations

    expect(one?.actionClass).toBe(actionClass)
  })

  test('the first two are an update and a creation, whichever is more urgent', () => {
    const drafts = [
      draft({ priority: 'critical' }),
      draft({
        kind: 'escalation',
        form: { ...Object(draft().form), reason: 'churn_risk' },
        priority: 'critical',
      }),
      { ...update({ record: 'account', status: 'at_risk' }), priority: 'low' as const },
    ]
    const { recommendations } = comply(drafts, context())

    expect(recommendations.map(({ kind }) => kind)).toEqual(['escalation', 'update_account', 'create_task'])
  })

  test('more urgent comes first', () => {
    const { recommendations } = reviewed(
      facts({ deals: [deal({ stageChangedAt: daysAgo(60), amount: 200_000 })] }),
    )
    const urgencies = recommendations.map(({ urgency }) => urgency)

    expect(urgencies).toEqual(urgencies.toSorted((a, b) => b - a))
    expect(recommendations[0]?.kind).toBe('escalation')
  })
})

function mine(preferences: Partial<typeof owner.preferences>, active = true) {
  return { ...snapshot, owner: { ...owner, active, preferences: { ...owner.preferences, ...preferences } } }
}
