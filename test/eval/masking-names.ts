import type { Random } from '../../src/sandbox/data/seeded.ts'

export type NameNote = {
  form: string
  name: string
  text: string
  /** Parts of it that may not be left. */
  written: string[]
}

const FORMS: Readonly<Record<string, (first: string, last: string) => string>> = {
  full: (first, last) => `${first} ${last}`,
  reversed: (first, last) => `${last}, ${first}`,
  small: (first, last) => `${first} ${last}`.toLowerCase(),
  capitals: (first, last) => `${first} ${last}`.toUpperCase(),
  initial: (first, last) => `${first[0]}. ${last}`,
  possessive: (first, last) => `${first} ${last}'s`,
  accented: (first, last) =>
    `${first} ${last}`.replace(/[aeo]/, (letter) => `${letter}\u0301`.normalize('NFC')),
  first: (first) => first,
  last: (_, last) => `Ms. ${last}`,
}

const SENTENCES = [
  'Spoke with {} about the renewal.',
  '{} asked for a discount of 10 %.',
  'Hi {},\nthanks for the call.',
  'Next step: send {} the contract (by Friday).',
  'Champion left; {} takes over.',
  'Demo went well, {} will decide in Q3.',
]

/** Each contact in each form, in a sentence drawn by lot. */
export function nameNotes(names: readonly (readonly [string, string])[], random: Random): NameNote[] {
  return names.flatMap(([first, last]) =>
    Object.entries(FORMS).map(([form, write]) => {
      const written = write(first, last)
      const text = random.pick(SENTENCES).replace('{}', () => written)
      const parts = written.replace(/'s$|^Ms\. /g, '').split(/[^\p{L}\p{M}]+/u)
      return { form, name: `${first} ${last}`, text, written: parts.filter(({ length }) => length > 2) }
    }),
  )
}
