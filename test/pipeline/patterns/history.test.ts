import { describe, expect, test } from 'vitest'
import {
  account,
  contact,
  daysAgo,
  deal,
  facts,
  historyOf,
  NOW,
  reviewed,
  touch,
  touchesSince,
  won,
} from '../sample-account.ts'
import { meeting, note, renewing, said } from './sample.ts'

const rival = 'We are evaluating another vendor at the moment.'
const growing = 'We need additional licenses for the new office.'
const kindsOf = (of: ReturnType<typeof facts>, more = {}) => reviewed(of, more).drafts.map(({ kind }) => kind)

describe('what is remembered besides', () => {
  test('an even rhythm has a next date, an uneven one has none, a short one is not measured', () => {
    const even = Array.from({ length: 12 }, (_, index) => touch(4 + index * 7))
    expect(historyOf(facts({ activities: even })).cycle).toMatchObject({
      state: 'regular',
      everyDays: 7,
      nextBy: '2026-11-23',
    })
    const uneven = [1, 2, 3, 4, 5, 6, 80, 81, 82, 170, 171].map((days) => touch(days))
    expect(historyOf(facts({ activities: uneven })).cycle).toMatchObject({ state: 'irregular', nextBy: null })
    expect(historyOf(facts({ activities: even.slice(0, 9) })).cycle.state).toBe('not measured')
  })

  test('the relation is strong where they talk back, and unknown rather than bad where nothing tells', () => {
    const people = ['VP Operations', 'CFO', 'Buyer'].map((title, index) =>
      contact({ id: `500000000010${index + 1}`, title }),
    )
    const activities = Array.from({ length: 30 }, (_, index) =>
      touch(1 + index * 6, { direction: 'inbound', contactId: people[index % 3]?.id ?? null }),
    )
    expect(historyOf(facts({ contacts: people, activities })).relationship).toMatchObject({
      level: 'strong',
      notMeasured: ['words whose tone can be read'],
    })
    expect(historyOf(facts({ activities: [] })).relationship).toMatchObject({ level: 'unknown', score: null })
    const buyer = [contact({ title: 'Buyer' })]
    expect(historyOf(facts({ contacts: buyer, activities: [touch(100)] })).relationship.level).toBe('at_risk')
  })

  test('executives are told by their titles, assistants are none', () => {
    const contacts = [
      contact({ title: 'Geschäftsführerin' }),
      contact({ id: '5000000000102', title: 'Assistant to the CEO' }),
    ]
    expect(historyOf(facts({ contacts })).executives).toMatchObject({ state: 'aligned', share: 1 })
    expect(historyOf(facts({ contacts: [contact({ title: 'Account Executive' })] })).executives.state).toBe(
      'none',
    )
    expect(historyOf(facts({ contacts: [contact({ title: null })] })).executives.state).toBe('not measured')
  })

  test('the tone has a direction once there are words enough', () => {
    const letters = [
      ...[3, 9].map((days) => said(days, 'We are delighted, excellent support.')),
      ...[90, 99].map((days) => said(days, 'The import failed again and we are frustrated.')),
    ]
    expect(historyOf(facts({ activities: letters })).sentiment).toMatchObject({
      trend: 'improving',
      dataPoints: 4,
    })
    expect(historyOf(facts()).sentiment).toEqual({ trend: 'unknown', dataPoints: 0 })
  })

  test('what we wrote into the CRM is not taken for their words', () => {
    const ours = [1, 5, 9, 20, 30, 40].map((days) =>
      note(days, `${rival} It is too expensive.\n\nRef sergas:0199-a`),
    )
    expect(historyOf(renewing({ activities: [...ours, ...touchesSince(4)] })).patterns).toContainEqual(
      expect.objectContaining({ pattern: 'competitor_mentions', state: 'not measured' }),
    )
  })
})

describe('the rules author', () => {
  const mention = [...touchesSince(4), said(6, rival)]

  test('makes a rescue plan of a competitor before a renewal, and adds it to the renewal letter', () => {
    const { drafts, recommendations } = reviewed(renewing({ activities: mention }))
    const plan = recommendations.find(({ kind }) => kind === 'risk_mitigation')
    const letter = drafts.find(({ kind }) => kind === 'renewal_reminder')

    expect(plan?.rationale[0]?.text).toContain('speaks of other offers')
    expect(JSON.stringify(plan?.change)).toContain('speaks of other offers')
    expect(letter?.rationale.some(({ text }) => text.includes('other offers'))).toBe(true)
  })

  test('makes no second plan where one was agreed, nor two for one account', () => {
    const past = [
      {
        id: 'r1',
        kind: 'risk_mitigation' as const,
        title: 'Agree a rescue plan',
        state: 'accepted' as const,
        reason: null,
        proposedAt: daysAgo(9),
        decidedAt: daysAgo(8),
        subjectId: account().id,
      },
    ]
    const marked = { ...account({ status: 'at_risk', renewalDate: '2026-12-24' }) }

    expect(kindsOf(renewing({ activities: mention }), { memory: { past } })).not.toContain('risk_mitigation')
    const kinds = kindsOf(facts({ account: marked, activities: mention }))
    expect(kinds.filter((kind) => kind === 'risk_mitigation')).toHaveLength(1)
  })

  test('asks a sound customer who grows for more, once, and nobody who also complains', () => {
    const wishes = [said(6, growing), said(40, growing)]
    const sound = facts({ activities: [...touchesSince(4), ...wishes] })
    expect(kindsOf(sound).filter((kind) => kind === 'upsell_opportunity')).toHaveLength(1)

    const missed = [meeting(2, { outcome: 'Cancelled' }), meeting(9, { outcome: 'No show' })]
    const kinds = kindsOf({ ...sound, activities: [...sound.activities, ...missed] })
    expect(kinds).not.toContain('upsell_opportunity')
    expect(kinds).toContain('risk_mitigation')
  })

  test('says growth once where a signal and a pattern both see it', () => {
    const wins = [
      won({ amount: 60_000, closingDate: '2026-09-01' }),
      won({ id: '5000000000298', amount: 30_000 }),
    ]
    const activities = [1, 5, 9, 13].map((days) => touch(days)).concat(said(6, growing), said(40, growing))
    const upsell = reviewed(facts({ deals: wins, activities })).drafts.filter(
      ({ kind }) => kind === 'upsell_opportunity',
    )

    expect(upsell).toHaveLength(1)
    expect(upsell[0]?.rationale.map(({ text }) => text).join(' ')).toMatch(
      /was worth 60,000.*speak of growth/,
    )
  })

  test('writes to whoever decides after changes at the top, where something is open', () => {
    const notes = [note(20, 'Their CFO left the company.'), note(9, 'A new CEO was appointed.')]
    const activities = [...touchesSince(4), ...notes]

    expect(kindsOf(facts({ activities, deals: [won(), deal()] }))).toContain('executive_alignment')
    expect(kindsOf(facts({ activities }))).toContain('create_task')
  })

  test('asks what an untouched deal waits for only where no signal asks already', () => {
    const untouched = deal({ modifiedAt: daysAgo(60), stageChangedAt: null })
    const drafts = reviewed(facts({ deals: [untouched] })).drafts.filter(({ kind }) => kind === 'create_task')

    expect(drafts.map(({ subject }) => subject)).toEqual([{ module: 'Deals', recordId: untouched.id }])
    expect(kindsOf(facts({ deals: [{ ...untouched, stageChangedAt: daysAgo(60) }] }))).not.toContain(
      'create_task',
    )
  })

  test('promises are measured where somebody wrote down what was said', () => {
    const wrote = (days: number, body: string) =>
      touch(days, { type: 'note', module: 'Notes', subject: 'Call', body, completed: null })
    const of = renewing()
    const promised = {
      ...of,
      activities: [
        ...of.activities,
        wrote(40, 'I will send you the quote by Friday.'),
        wrote(50, 'We will send the contract by Friday.'),
      ],
    }

    expect(historyOf(promised, {}, NOW).patterns).toContainEqual(
      expect.objectContaining({ pattern: 'commitment_gaps', state: 'found' }),
    )
    expect(historyOf(of, {}, NOW).patterns).toContainEqual(
      expect.objectContaining({ pattern: 'commitment_gaps', state: 'not measured' }),
    )
  })
})
