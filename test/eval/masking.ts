import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import { mask, restore } from '../../src/privacy/mask.ts'
import { createRandom } from '../../src/sandbox/data/seeded.ts'
import type { Measurement } from '../bench/figure.ts'
import { CONTACTS_FILE, crmNotes, presidioNotes } from './masking-data.ts'
import { nameNotes } from './masking-names.ts'
import { type Note, noteWith, noteWithout } from './masking-notes.ts'
import { type Score, scoreNotes } from './masking-score.ts'
import { PHONE_REGIONS, type ValueKind } from './masking-values.ts'

/** How much of what is to be masked is, and how much of what is masked was to be. */

const SEED = 'masking'
const EACH = 1_200
const KINDS: readonly ValueKind[] = ['email', 'card', 'iban', 'ip', 'secret', 'phone', 'government_id']
const WORDS: Readonly<Record<ValueKind, string>> = {
  email: 'e-mail',
  card: 'card',
  iban: 'IBAN',
  ip: 'IP address',
  secret: 'key or secret',
  phone: 'phone of a known region',
  government_id: 'US social security number',
}

let scores: Promise<{ known: Map<string, Score>; unknown: Map<string, Score>; data: string }> | undefined

/** Once for all figures. Presidio's phones are of no region, and count as such. */
function scored() {
  scores ??= Promise.resolve().then(() => {
    const random = createRandom(SEED)
    const notes = [
      ...KINDS.flatMap((kind) => Array.from({ length: EACH }, () => noteWith(kind, random))),
      ...Array.from({ length: 2 * EACH }, () => noteWithout(random)),
    ]
    const presidio = presidioNotes()
    const known = scoreNotes(notes, PHONE_REGIONS)
    const unknown = scoreNotes([...notes, ...(presidio ?? [])], [])
    return {
      known,
      unknown,
      data: presidio ? `${presidio.length} of presidio-research` : 'without presidio-research',
    }
  })
  return scores
}

type Side = 'recall' | 'precision'

function figure(kind: ValueKind, side: Side, target: number, noRegion = false): Measurement {
  const what = noRegion ? 'phone of no region' : WORDS[kind]
  return {
    name: `masking: ${side} of ${what}`,
    unit: 'share',
    target,
    atLeast: true,
    async measure() {
      const { known, unknown, data } = await scored()
      const score = (kind === 'phone' && !noRegion ? known : unknown).get(kind)
      if (!score) throw new Error(`There is no ${kind} in the texts`)
      return side === 'recall'
        ? share(score.hit, score.gold, { data, examples: score.missed })
        : share(score.right, score.found, { data, examples: score.wrong })
    },
  }
}

function share(
  part: number,
  whole: number,
  { data, examples }: { data: string; examples: readonly string[] },
) {
  const shown = examples.slice(-3).map((each) => JSON.stringify(each))
  return {
    value: part / whole,
    note: `${part} of ${whole}, ${data}${shown.length > 0 ? `; not ${shown.join(', ')}` : ''}`,
  }
}

const Contact = z.object({
  first_name: z.string(),
  last_name: z.string(),
  email: z.string(),
  phone: z.string(),
})

const ownContacts: Measurement = {
  name: 'masking: recall of own contacts’ names',
  unit: 'share',
  target: 0.98,
  atLeast: true,
  async measure() {
    if (!existsSync(CONTACTS_FILE)) return { skipped: `needs ${CONTACTS_FILE}` }
    const contacts = z.array(Contact).parse(parse(readFileSync(CONTACTS_FILE), { columns: true }))
    const forms = nameNotes(
      contacts.map(({ first_name, last_name }) => [first_name, last_name]),
      createRandom(SEED),
    )
    const results = forms.map(({ form, name, text, written }) => {
      const result = mask(text, { people: [{ name }], regions: [] })
      if (restore(result.text, result.table) !== text) throw new Error(`Not restored: ${text}`)
      return { form, text, masked: !written.some((each) => wordsOf(result.text).includes(each)) }
    })
    const byForm = [...new Set(results.map(({ form }) => form))].map((form) => {
      const of = results.filter((each) => each.form === form)
      return `${form} ${of.filter((each) => each.masked).length}/${of.length}`
    })
    const masked = results.filter((each) => each.masked).length
    const missed = results.filter((each) => !each.masked).map(({ text }) => text)
    return share(masked, results.length, { data: byForm.join(', '), examples: missed })
  },
}

const wordsOf = (text: string) => text.split(/[^\p{L}\p{M}]+/u)

const crm: Measurement = {
  name: 'masking: CRM notes, people masked and nothing else',
  unit: 'share',
  target: 0.98,
  atLeast: true,
  async measure() {
    const notes = crmNotes()
    if (!notes) return { skipped: 'needs the CRM notes' }
    const known = { people: notes.contacts, regions: ['US'] }
    const wanted = new Set(notes.contacts.flatMap(({ email, phone }) => [email, phone]).filter(Boolean))
    const wrong: string[] = []
    const texts: Note['text'][] = [
      ...notes.meetings.map(({ summary }) => summary),
      ...notes.contacts.map(
        ({ name, email, phone }) => `${name}, ${email ?? ''} ${phone ?? ''} wants a call.`,
      ),
    ]
    for (const text of texts) {
      const { text: masked, table } = mask(text, known)
      const left = [...notes.contacts.flatMap(({ name, email, phone }) => [name, email, phone])].filter(
        (value) => value && masked.toLowerCase().includes(value.toLowerCase()),
      )
      const strangers = [...table.originals].filter(
        ([word, value]) => !word.startsWith('[person') && !wanted.has(value),
      )
      if (left.length > 0 || strangers.length > 0)
        wrong.push(`${left} ${strangers.map(([, value]) => value)}`)
    }
    return share(texts.length - wrong.length, texts.length, { data: 'texts', examples: wrong })
  },
}

export const MASKING: readonly Measurement[] = [
  ...(['email', 'card', 'iban', 'ip', 'secret', 'phone', 'government_id'] as const).flatMap((kind) => [
    figure(kind, 'recall', 0.99),
    figure(kind, 'precision', 0.98),
  ]),
  figure('phone', 'recall', 0.85, true),
  ownContacts,
  crm,
]
