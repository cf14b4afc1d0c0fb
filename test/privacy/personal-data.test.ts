import { describe, expect, test } from 'vitest'
import { personalDataIn } from '../../src/privacy/personal-data.ts'

describe('personal data in a text', () => {
  test.each<[string, string[]]>([
    ['Write to robin.vale+crm@mail.acme.example today', ['email']],
    ['Schreib an jürgen@müller.example', ['email']],
    ['Call +33 1 42 68 53 00', ['phone']],
    ['Call +33142685300', ['phone']],
    ['Call (354) 604-1791', ['phone']],
    ['Card 4111 1111 1111 1111', ['card']],
    ['Card 378282246310005', ['card']],
    ['Pay to DE89 3704 0044 0532 0130 00', ['iban']],
    ['Pay to GB29NWBK60161331926819', ['iban']],
    ['Number 219-09-9999', ['government_id']],
    ['robin@acme.example, +44 20 7946 0958', ['email', 'phone']],
  ])('%s', (text, kinds) => {
    expect(personalDataIn(text)).toEqual(kinds)
  })

  test.each([
    'Renewal on 2026-11-30, 45 minutes',
    'Moved from 1,250,000 to 900,000 (-28 %)',
    'Record 5000000000001',
    'Card-like, but not one: 4111 1111 1111 1112',
    'DE00 3704 0044 0532 0130 00',
    'Meet on 30.11.2026 at 10:00',
    '@dana will call; see 3/4 of the plan',
    '',
  ])('nothing in: %s', (text) => {
    expect(personalDataIn(text)).toEqual([])
  })

  test('a long text is looked through whole', () => {
    const filler = ['a.', '1 ', '1', 'AB12', '(12) ', '@', 'a@'].map((unit) =>
      unit.repeat(16_000).slice(0, 32_000),
    )

    for (const text of filler) {
      expect(personalDataIn(`${text} end`)).not.toContain('email')
      expect(personalDataIn(`${text} robin@acme.example`)).toContain('email')
    }
  })
})
