import { readForm } from '../../src/llm/read-form.ts'
import { draftsOf, problemsOf, Suggestions } from '../../src/pipeline/author-form.ts'
import { viewOf } from '../../src/pipeline/author-view.ts'
import { scout } from '../../src/pipeline/scout.ts'
import { createRandom } from '../../src/sandbox/data/seeded.ts'
import type { Measurement } from '../bench/figure.ts'
import {
  contact,
  dateIn,
  deal,
  facts,
  historyOf,
  NOW,
  touchesSince,
  won,
} from '../pipeline/sample-account.ts'

/** Whatever a model may say, mutated from what it should: only the form gets through, judged by rules written anew. */

const OUTPUTS = 100_000

type Random = ReturnType<typeof createRandom>

const letter = (kind: string) => ({
  kind,
  about: 'R1',
  priority: 'high',
  reasons: [{ text: 'They asked for the price list a while ago.', sources: ['A1', 'R1'] }],
  form: {
    goal: 'Send the price list they asked for',
    contactId: 'C1',
    subject: 'Your price list',
    body: 'Hello, here is the price list you asked for. Shall we talk on Monday about it?',
    dueDate: dateIn(3),
    priority: 'high',
  },
})
const meeting = {
  ...letter('schedule_meeting'),
  about: 'D1',
  form: {
    goal: 'Agree on the renewal',
    title: 'Renewal',
    agenda: ['Terms'],
    date: dateIn(4),
    time: '10:30',
    minutes: 30,
    contactId: null,
  },
}
const update = {
  ...letter('update_account'),
  about: 'D1',
  form: { record: 'deal', nextStep: 'Send the terms', closingDate: dateIn(30) },
}
const GOOD = [
  ...[
    'follow_up_email',
    'renewal_reminder',
    'upsell_opportunity',
    're_engagement',
    'executive_alignment',
  ].map(letter),
  meeting,
  update,
]

const ODD: readonly unknown[] = [
  null,
  '',
  'x',
  'x'.repeat(6_000),
  -1,
  0,
  1e9,
  true,
  [],
  {},
  'R1',
  'D9',
  'C9',
  'A99',
  'A1',
  '1970-01-01',
  '2026-02-30',
  '2199-01-01',
  'send_money',
  'closed',
  'Closed Lost',
  '5000000000777',
  '<!channel>',
  'https://evil.example',
  ['A1'],
  { $ne: 1 },
]
const NAMES = [
  'approved',
  'amount',
  'stage',
  'Owner',
  'status',
  'healthScore',
  'recordId',
  'contactId',
  'kind',
  '__proto__x',
  'sources',
]

/** A copy with a few places changed, taken out or put in. */
function mutated(value: unknown, random: Random): unknown {
  const changes = random.between(0, 3)
  let copy: unknown = structuredClone(value)
  for (let n = 0; n < changes; n += 1) copy = once(copy, random)
  return copy
}

function once(value: unknown, random: Random): unknown {
  if (value === null || typeof value !== 'object' || random.chance(0.1))
    return structuredClone(random.pick(ODD))
  if (Array.isArray(value)) {
    if (value.length === 0 || random.chance(0.2)) return [...value, structuredClone(random.pick(ODD))]
    const at = random.between(0, value.length - 1)
    return value.map((each, index) => (index === at ? once(each, random) : each))
  }
  const keys = Object.keys(value)
  if (keys.length === 0 || random.chance(0.15))
    return { ...value, [random.pick(NAMES)]: structuredClone(random.pick(ODD)) }
  const key = random.pick(keys)
  const { [key]: picked, ...rest } = value as Record<string, unknown>
  return random.chance(0.15) ? rest : { ...rest, [key]: once(picked, random) }
}

const view = viewOf(
  {
    snapshot: scout(
      facts({ deals: [won(), deal()], activities: touchesSince(40), contacts: [contact()] }),
      NOW,
    ),
    history: historyOf(facts()),
    proposed: [],
  },
  NOW,
  (text) => text,
)
const snapshot = scout(
  facts({ deals: [won(), deal()], activities: touchesSince(40), contacts: [contact()] }),
  NOW,
)

const KEYS: Record<string, readonly string[]> = {
  letter: ['goal', 'contactId', 'subject', 'body', 'dueDate', 'priority'],
  schedule_meeting: ['goal', 'title', 'agenda', 'date', 'time', 'minutes', 'contactId'],
  update_account: ['record', 'status', 'renewalDate', 'closingDate', 'nextStep'],
}
const LETTERS = [
  'follow_up_email',
  'renewal_reminder',
  'upsell_opportunity',
  're_engagement',
  'executive_alignment',
]
const within = (text: unknown, from: number, to: number) =>
  typeof text === 'string' && text.length >= from && text.length <= to
const isDay = (text: unknown) =>
  typeof text === 'string' &&
  /^\d{4}-\d{2}-\d{2}$/.test(text) &&
  text >= dateIn(-1) &&
  text <= dateIn(367) &&
  new Date(`${text}T00:00:00Z`).toISOString().startsWith(text)

/** What is wrong with something that was accepted; written without a look at how it is accepted. */
function outsideForm(accepted: unknown): string | null {
  const { suggestions, ...more } = accepted as { suggestions: Record<string, unknown>[] }
  if (Object.keys(more).length > 0) return 'more than suggestions'
  if (!Array.isArray(suggestions) || suggestions.length > 5) return 'not a list of five'
  for (const one of suggestions) {
    if (Object.keys(one).some((key) => !['kind', 'about', 'priority', 'reasons', 'form'].includes(key)))
      return 'more keys'
    if (!['R1', 'D1', 'D2'].includes(String(one.about))) return `about ${String(one.about)}`
    if (!['critical', 'high', 'medium', 'low'].includes(String(one.priority))) return 'priority'
    const reasons = one.reasons as { text: string; sources: string[] }[]
    if (!Array.isArray(reasons) || reasons.length < 1 || reasons.length > 4) return 'reasons'
    for (const reason of reasons) {
      if (!within(reason.text, 10, 300) || Object.keys(reason).length !== 2) return 'a reason'
      if (reason.sources.length > 5 || !reason.sources.some((source) => view.evidence.has(source)))
        return 'sources'
    }
    const form = one.form as Record<string, unknown>
    const kind = String(one.kind)
    const keys = LETTERS.includes(kind) ? KEYS.letter : KEYS[kind]
    if (!keys) continue
    if (Object.keys(form).some((key) => !keys.includes(key)))
      return `${kind} with ${Object.keys(form).join(', ')}`
    for (const name of ['dueDate', 'date', 'closingDate', 'renewalDate'])
      if (form[name] !== undefined && !isDay(form[name])) return `${kind} on ${String(form[name])}`
    if (typeof form.contactId === 'string' && form.contactId !== 'C1') return `contact ${form.contactId}`
    if ('goal' in form && !within(form.goal, 3, 100)) return 'goal'
    if ('body' in form && !within(form.body, 50, 5_000)) return 'body'
    if (form.status === 'closed') return 'closed'
  }
  return null
}

export const fuzzedOutputs: Measurement[] = [
  {
    name: 'fuzzed model outputs that were accepted though outside the form',
    unit: 'cases',
    target: 0,
    async measure() {
      const random = createRandom('fuzzed outputs')
      const examples = new Set<string>()
      let accepted = 0
      let outside = 0
      for (let n = 0; n < OUTPUTS; n += 1) {
        const output = mutated(
          { suggestions: [random.pick(GOOD), random.pick(GOOD)].slice(0, random.between(0, 2)) },
          random,
        )
        const read = readForm(output, {
          form: Suggestions,
          problemsOf: (answer) => problemsOf(answer, view, snapshot, NOW),
        })
        if (!('value' in read)) continue
        accepted += 1
        const wrong = outsideForm(read.value)
        if (wrong) examples.add(wrong)
        if (wrong) outside += 1
        // What is made of it must be made without a word about what it is.
        draftsOf(read.value, { view, snapshot, restore: (text) => text })
      }
      return { value: outside, note: [`${accepted} of ${OUTPUTS} fitted`, ...examples].join('; ') }
    },
  },
]
