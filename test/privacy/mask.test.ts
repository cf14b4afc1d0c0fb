import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Known, mask, NOTHING_MASKED, restore } from '../../src/privacy/mask.ts'

const KNOWN: Known = {
  people: [
    { name: 'Mario Hernández', email: 'mario@netgame.example', phone: '(354) 604-1791' },
    { name: "Shane O'Brien" },
    { name: 'Anna-Lena Groß' },
    { name: 'Will Young' },
    { name: '刘伟' },
    { name: 'Max' },
  ],
  regions: ['US', 'DE'],
}
const NOBODY: Known = { people: [], regions: [] }

const masked = (text: string, known = KNOWN) => mask(text, known).text

describe('a known person is masked', () => {
  test.each([
    'Mario Hernández',
    'mario hernandez',
    'MARIO HERNANDEZ',
    'Hernandez, Mario',
    'Hernández Mario',
    'M. Hernandez',
    'M Hernández',
    'Hernandez, M.',
    'Mario H.',
    'Mario',
    'Hernandez',
    'Mario J. Hernandez',
    'mario_hernandez',
    'mariohernandez',
    "Shane O'Brien",
    'Shane O’Brien',
    'Shane OBrien',
    'Anna-Lena Groß',
    'Anna Lena Gross',
    'Annalena Gross',
    'A.-L. Groß',
    'Will Young',
    '刘伟',
    'Max',
  ])('written as %s', (name) => {
    const left = masked(`We spoke with ${name}, who agreed.`).replaceAll(/\[person [\d.]+\]/g, '')

    expect(left).toBe('We spoke with , who agreed.')
  })

  test('with a possessive, a title or a genitive around the name', () => {
    expect(masked("Mario Hernandez's plan")).toBe("[person 1.2]'s plan")
    expect(masked('Ask Mr. Hernández.')).toBe('Ask Mr. [person 1.2].')
    expect(masked('Mr. Young agreed. Young people did not.')).toBe(
      'Mr. [person 1.2] agreed. Young people did not.',
    )
    expect(masked('Mario Hernandezs Angebot')).toBe('[person 1.2] Angebot')
  })

  test('under one number for all spellings, the plain one as in the CRM', () => {
    const { text, table } = mask('M. Hernandez called; Mario Hernández and then Mario agreed.', KNOWN)

    expect(text).toBe('[person 1.2] called; [person 1] and then [person 1.3] agreed.')
    expect(restore('Dear [person 1],', table)).toBe('Dear Mario Hernández,')
  })

  test.each([
    'Will you send it? We will.',
    'The young team needs a young market.',
    'A young company, maximum speed, max. 5 users',
  ])('and a word that is also a name is left: %s', (text) => {
    expect(masked(text)).toBe(text)
  })
})

describe('by its form is masked', () => {
  test.each([
    ['robin.vale+crm@mail.acme.example', 'e-mail'],
    ['jürgen@müller.example', 'e-mail'],
    ['ｒｏｂｉｎ＠ａｃｍｅ．example', 'e-mail'],
    ['+49 30 901820', 'phone'],
    ['030 901820', 'phone'],
    ['(212) 555-0123 x77', 'phone'],
    ['0049 30 901820', 'phone'],
    ['٤١١١ ١١١١ ١١١١ ١١١١', 'card'],
    ['4111-1111-1111-1111', 'card'],
    ['3782 822463 10005', 'card'],
    ['DE89 3704 0044 0532 0130 00', 'iban'],
    ['gb29nwbk60161331926819', 'iban'],
    ['192.168.17.4', 'ip address'],
    ['2001:db8::8a2e:370:7334', 'ip address'],
    ['219-09-9999', 'identity number'],
    ['xoxb-123456789012-abcdefABCDEF', 'secret'],
    ['AKIAIOSFODNN7EXAMPLE', 'secret'],
    [`ghp_${'aB3'.repeat(12)}`, 'secret'],
    [`sk-ant-api03-${'aB3-'.repeat(10)}x`, 'secret'],
    [`AIza${'aB3_x'.repeat(7)}`, 'secret'],
    [`eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${'aB3'.repeat(10)}`, 'secret'],
    [`1000.${'0123456789abcdef'.repeat(2)}.${'fedcba9876543210'.repeat(2)}`, 'secret'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----', 'secret'],
  ])('%s', (value, word) => {
    expect(masked(`See ${value} for it`, { people: [], regions: ['US', 'DE'] })).toBe(
      `See [${word} 1] for it`,
    )
  })

  test.each([
    ['password: Summer2026!', 'password: [secret 1]'],
    ['The API key is 9f8e7d6c5b4a39281706', 'The API key is [secret 1]'],
    ['postgres://bot:pa55w0rd@db.example/crm', 'postgres://[secret 1]@db.example/crm'],
    ['https://x.example/?token=a1B2c3D4e5F6g7H8&page=2', 'https://x.example/?token=[secret 1]&page=2'],
  ])('what a word or place gives away: %s', (text, expected) => {
    expect(masked(text, NOBODY)).toBe(expected)
  })

  test.each([
    'Order 541-714-1388 of 2026-11-21, 12.500,00 EUR, 1 250 000 users',
    'Version 10.20.30.40, upgraded from 4.2.1.0; std::vector, at 10:30:45',
    'Password reset is done, the key: decision-maker, a token of thanks',
    'Record 4876876000000624001, card-like 4111 1111 1111 1112',
    'icon@2x.png, pkg@1.2.3, 3 units @4.50',
    '',
  ])('and what only resembles it is left: %s', (text) => {
    expect(masked(text)).toBe(text)
  })
})

describe('placeholders', () => {
  test('that somebody wrote into a text are never filled with data', () => {
    const { text, table } = mask('Mario Hernández says: send [person 1] and [e-mail 1] to us', KNOWN)

    expect(text).toBe('[person 1] says: send [text 1] and [text 2] to us')
    expect(restore(text, table)).toBe('Mario Hernández says: send [person 1] and [e-mail 1] to us')
  })

  test('that were not given out stay as they are', () => {
    const { table } = mask('Mario Hernández', KNOWN)

    expect(restore('[person 2] [e-mail 1] [person 1.9] [constructor 1]', table)).toBe(
      '[person 2] [e-mail 1] [person 1.9] [constructor 1]',
    )
  })

  test('stay the same along a chain of texts, and one table restores them all', () => {
    const first = mask('Robin@acme.example and mia@acme.example', NOBODY)
    const second = mask('mia@acme.example, robin@acme.example, lea@acme.example', NOBODY, first.table)

    expect(first.text).toBe('[e-mail 1] and [e-mail 2]')
    expect(second.text).toBe('[e-mail 2], [e-mail 1.2], [e-mail 3]')
    expect(restore(first.text + second.text, second.table)).toContain('Robin@acme.example')
    expect(NOTHING_MASKED.originals.size).toBe(0)
  })
})

const PIECES = [
  'Mario Hernández',
  'm. hernandez',
  '[person 1]',
  '[person ',
  '[text 1]',
  '1]',
  'a@b.example',
  '@',
  '4111 1111 1111 1111',
  'DE89370400440532013000',
  'DE89',
  '+49 30 901820',
  '030',
  ' ',
  '-',
  '.',
  '\n',
  'password: a1!B2c3d4',
  'https://u:p@h.example',
  '10.0.0.1',
  '::1',
  '刘伟',
  '\u200b',
  '\0',
  '\ud83d',
]

test('restoring gives back the exact text, whatever it was', () => {
  const text = fc.oneof(
    fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary', maxLength: 200 }),
  )

  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (texts) => {
      let table = NOTHING_MASKED
      const results = texts.map((each) => {
        const result = mask(each, KNOWN, table)
        table = result.table
        return result.text
      })

      expect(results.map((each) => restore(each, table))).toEqual(texts)
    }),
    { numRuns: 2_000 },
  )
})

test('a text of a million signs takes time in proportion, however hostile', () => {
  const hostile = fc.constantFrom(
    ...['a', '1 ', '12 34 ', '@', 'a@', 'key:', 'secret=a1b2', '://a:', '-eyJa', '.1', 'DE89', '::', 'ab:'],
    ...['(1) ', '+1 ', '4111 ', 'Mario ', 'M ', "o'", 'password is ', '0 0 ', 'a.b-', '[person 1', '\u0660'],
    '-----BEGIN PRIVATE KEY-----',
    'hooks.slack.com/services/',
  )
  // Processor time, since others use the machine as well.
  const seconds = (text: string) => {
    const before = process.cpuUsage()
    mask(text, KNOWN)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1e6
  }

  fc.assert(
    fc.property(fc.array(hostile, { minLength: 1, maxLength: 3 }), (units) => {
      const unit = units.join('')
      expect(seconds(unit.repeat(Math.ceil(1e6 / unit.length)))).toBeLessThan(4)
    }),
    { numRuns: 8 },
  )
  const note =
    'Met Mario about the renewal on 2026-11-30: 45 seats, USD 12,500. Mail mario@netgame.example, call (354) 604-1791. '
  expect(seconds(note.repeat(Math.ceil(1e6 / note.length)))).toBeLessThan(1)
}, 120_000)
