import { describe, expect, test } from 'vitest'
import { type Answer, type Llm, NOTHING_SPENT, type Question } from '../../src/llm/llm.ts'
import { readForm } from '../../src/llm/read-form.ts'
import { NO_ANSWERS } from '../../src/model/answer.ts'
import type { Draft } from '../../src/model/review.ts'
import { type AuthorTools, author } from '../../src/pipeline/author.ts'
import { authorByRules } from '../../src/pipeline/author-rules.ts'
import { scout } from '../../src/pipeline/scout.ts'
import {
  contact,
  dateIn,
  daysAgo,
  deal,
  facts,
  historyOf,
  NOW,
  touch,
  touchesSince,
  won,
} from './sample-account.ts'

/** What a model says is used, as far as it fits; whatever it does, the owner gets suggestions. */

const silent = facts({
  deals: [won(), deal({ stageChangedAt: daysAgo(60), amount: 90_000 })],
  activities: [
    touch(41, { type: 'email', module: 'Tasks', subject: 'Price list', body: 'Please send it.' }),
    ...touchesSince(50),
  ],
})
const snapshot = scout(silent, NOW)
const history = historyOf(silent)
const rules = authorByRules(snapshot, history, NOW)

const letter = {
  kind: 'follow_up_email',
  about: 'R1',
  priority: 'high',
  reasons: [{ text: 'The customer asked for the price list 41 days ago.', sources: ['A1'] }],
  form: {
    goal: 'Send the price list that was asked for',
    contactId: 'C1',
    subject: 'Your price list',
    body: 'Hello [person 1],\nhere is the price list you asked for. Shall we talk on Monday?\nBest regards',
    dueDate: dateIn(3),
    priority: 'high',
  },
}

/** A model that always says this, read as a real one is. */
function saying(answer: unknown): Llm & { asked: { text: string }[] } {
  const asked: { text: string }[] = []
  return {
    asked,
    async ask<T>(question: Question<T>): Promise<Answer<T>> {
      asked.push({ text: `${question.instructions} ${question.text}` })
      const read = readForm(answer, question)
      if ('value' in read) return { kind: 'answer', value: read.value, spent: NOTHING_SPENT }
      return { kind: 'none', why: 'unreadable', detail: read.problems.join('; '), spent: NOTHING_SPENT }
    },
    talk: async () => ({ kind: 'none', why: 'refused', detail: '', spent: NOTHING_SPENT }),
  }
}

function toolsWith(llm: Llm, kept = new Map<string, readonly Draft[]>()): AuthorTools {
  return {
    llm,
    masking: () => ({
      hide: (text) => text.replaceAll(contact().name, '[person 1]'),
      restore: (text) => text.replaceAll('[person 1]', contact().name),
      reveal: (text) => text,
      know: () => {},
    }),
    recall: async (accountId, hash) =>
      [...(kept.get(`${accountId} ${hash}`) ?? [])].map((draft) => draft) ?? null,
    keep: async (accountId, hash, drafts) => void kept.set(`${accountId} ${hash}`, drafts),
  }
}

/** Without anything kept. */
const fresh = (llm: Llm): AuthorTools => ({ ...toolsWith(llm), recall: async () => null })
const given = { snapshot, history, reviewId: 'review-1' }
const saidBy = async (answer: unknown) => author(given, fresh(saying(answer)), NOW)
const withForm = (form: object, change: object = {}) => ({
  suggestions: [{ ...letter, ...change, form: { ...letter.form, ...form } }],
})

test('what the model filled in becomes a draft about the records it named by their marks', async () => {
  const llm = saying({ suggestions: [letter] })
  const { drafts, without } = await author(given, fresh(llm), NOW)

  expect(without).toBeNull()
  expect(drafts[0]).toMatchObject({
    kind: 'follow_up_email',
    author: 'model',
    subject: { module: 'Accounts', recordId: snapshot.account.id },
    form: { contactId: contact().id, body: expect.stringContaining(`Hello ${contact().name},`) },
    rationale: [{ text: letter.reasons[0]?.text, evidence: [{ recordId: touch(41).id }] }],
  })
  expect(llm.asked[0]?.text).toContain('[person 1]')
  expect(llm.asked[0]?.text).not.toContain(contact().name)
})

test('no id of the CRM is shown to a model', async () => {
  const llm = saying({ suggestions: [] })
  await author(given, fresh(llm), NOW)
  expect(JSON.stringify(llm.asked)).not.toMatch(/50000000\d+/)
})

test('what is urgent stays, even if the model says that nothing is', async () => {
  const { drafts } = await saidBy({ suggestions: [] })
  const urgent = rules.filter(({ priority }) => priority === 'critical' || priority === 'high')
  expect(urgent.length).toBeGreaterThan(0)
  expect(drafts.map(({ kind }) => kind)).toEqual(urgent.map(({ kind }) => kind))
})

test('an account that gives no reason is not asked about', async () => {
  const llm = saying({ suggestions: [] })
  const healthy = scout(facts(), NOW)
  const { drafts } = await author(
    { ...given, snapshot: healthy, history: historyOf(facts()) },
    fresh(llm),
    NOW,
  )
  expect(drafts).toEqual([])
  expect(llm.asked).toEqual([])
})

test('the same question is asked once, also on another day', async () => {
  const llm = saying({ suggestions: [letter] })
  const kept = new Map<string, readonly Draft[]>()
  const tools = {
    ...toolsWith(llm, kept),
    recall: async (accountId: string, hash: string) => {
      const drafts = kept.get(`${accountId} ${hash}`)
      return drafts ? [...drafts] : null
    },
  }
  const first = await author(given, tools, NOW)
  const tomorrow = new Date(NOW.getTime() + 86_400_000)
  const next = { ...given, snapshot: scout(silent, tomorrow), history: historyOf(silent, {}, tomorrow) }
  const second = await author(next, tools, tomorrow)

  expect(llm.asked).toHaveLength(1)
  expect(second.drafts[0]).toEqual(first.drafts[0])

  const news = facts({ ...silent, activities: [touch(0, { subject: 'They called' }), ...silent.activities] })
  await author({ ...given, snapshot: scout(news, NOW), history: historyOf(news) }, tools, NOW)
  expect(llm.asked.length).toBeLessThanOrEqual(2)
})

describe('what cannot be used, and the rules write', () => {
  test.each<[string, unknown]>([
    ['nothing', null],
    ['words', 'Call them!'],
    ['a list', [letter]],
    ['a kind that does not exist', { suggestions: [{ ...letter, kind: 'send_money' }] }],
    ['more than was asked for', { suggestions: [{ ...letter, approved: true }] }],
    ['a field of a record', withForm({ Owner: '1' })],
    ['another account’s deal', { suggestions: [{ ...letter, about: 'D9' }] }],
    ['a deal by its id', { suggestions: [{ ...letter, about: '5000000000201' }] }],
    ['a stranger', withForm({ contactId: 'C9' })],
    ['a contact by id', withForm({ contactId: contact().id })],
    [
      'evidence that was invented',
      withForm({}, { reasons: [{ text: 'They will leave us soon.', sources: ['A99'] }] }),
    ],
    ['no evidence', withForm({}, { reasons: [] })],
    ['a day long gone', withForm({ dueDate: '1970-01-01' })],
    ['a day that does not exist', withForm({ dueDate: '2027-02-30' })],
    ['a day in the far future', withForm({ dueDate: '2199-01-01' })],
    ['a title of 900 characters', withForm({ goal: 'x'.repeat(900) })],
    ['six suggestions', { suggestions: Array.from({ length: 6 }, () => letter) }],
    [
      'a lower amount',
      {
        suggestions: [
          { ...letter, kind: 'update_account', about: 'D1', form: { record: 'deal', amount: 1 } },
        ],
      },
    ],
    [
      'a negative amount',
      {
        suggestions: [
          { ...letter, kind: 'update_account', about: 'D1', form: { record: 'deal', amount: -1 } },
        ],
      },
    ],
    [
      'a lost deal',
      {
        suggestions: [
          { ...letter, kind: 'update_account', about: 'D1', form: { record: 'deal', stage: 'Closed Lost' } },
        ],
      },
    ],
    [
      'a closed account',
      { suggestions: [{ ...letter, kind: 'update_account', form: { record: 'account', status: 'closed' } }] },
    ],
  ])('%s', async (_, answer) => {
    const { drafts, without } = await saidBy(answer)
    expect(without).toBe('unreadable')
    expect(drafts.map(({ kind }) => kind)).toEqual(rules.map(({ kind }) => kind))
    expect(drafts.every((draft) => draft.author === 'rules')).toBe(true)
  })

  test.each(NO_ANSWERS)('%s', async (why) => {
    const llm: Llm = {
      ask: async () => ({ kind: 'none', why, detail: '', spent: NOTHING_SPENT }),
      talk: async () => ({ kind: 'none', why, detail: '', spent: NOTHING_SPENT }),
    }
    const { drafts, without } = await author(given, fresh(llm), NOW)
    expect(without).toBe(why)
    expect(drafts).toHaveLength(rules.length)
  })
})

test.each([
  ['a link', 'See https://evil.example/a?b=c now', 'See [removed] now'],
  ['a bare host', 'Go to evil.example/x today', 'Go to [removed] today'],
  ['a link in disguise', 'Go to [our portal](https://evil.example)', 'Go to our portal'],
  ['an image', 'Look ![logo](https://evil.example/p.png) here', 'Look logo here'],
  ['a call', 'Hello <!channel> and <@U123>', 'Hello [removed] and [removed]'],
  ['an address', 'Write to thief@evil.example please', 'Write to [removed] please'],
  ['a number', 'Call +44 7700 900123 today', 'Call [removed] today'],
  ['what cannot be seen', 'e\u200bvil\u202e text', 'evil text'],
  [
    'a date and an amount',
    'By 2026-12-01 for 1,250,000.50 or 12.5 %',
    'By 2026-12-01 for 1,250,000.50 or 12.5 %',
  ],
  ['a forgotten blank', 'We spoke last week.Please answer', 'We spoke last week. Please answer'],
])('%s leads nowhere', async (_, said, expected) => {
  const { drafts } = await saidBy(withForm({ body: `${said}${' '.repeat(2)}${'.'.repeat(60)}` }))
  const [{ body }] = drafts.map(({ form }) => form) as [typeof letter.form]
  expect(body.slice(0, expected.length)).toBe(expected)
})
