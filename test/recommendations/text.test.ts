import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { amountInWords, count, line, paragraphs, visible } from '../../src/recommendations/text.ts'

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.string({
    unit: fc.constantFrom('👩‍👩‍👧', 'é', '🇫🇷', '\u202e', '\u200b', '\ud83d', '\udc69', ' ', '\n', 'a'),
    maxLength: 80,
  }),
)

describe('text for the CRM', () => {
  test('a line is never too long, never hides a character, never breaks one', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 60 }), (text, limit) => {
        const made = line(text, limit)

        expect(made.length).toBeLessThanOrEqual(limit)
        expect(made).toBe(made.trim())
        expect(made).not.toMatch(/\p{Surrogate}|\n|[\u200b\u202e]/u)
        expect(line(made, limit)).toBe(made)
      }),
    )
  })

  test('text that fits stays as it is', () => {
    expect(line('Acme "Rollout" – Zürich 👩‍👩‍👧', 100)).toBe('Acme "Rollout" – Zürich 👩‍👩‍👧')
    expect(paragraphs('One\n\nTwo', 100)).toBe('One\n\nTwo')
  })

  test('a cut falls between whole characters and is marked', () => {
    expect(line('family 👩‍👩‍👧 of three', 12)).toBe('family…')
    expect(line('abcdef', 4)).toBe('abc…')
  })

  test('what hides or reorders text is gone', () => {
    expect(visible('pay\u202eload\u200b\u2066x\u2069\ufeff\u0007')).toBe('payloadx')
  })

  test('numbers in words', () => {
    expect([count(1, 'day'), count(0, 'day'), count(12, 'week')]).toEqual(['1 day', '0 days', '12 weeks'])
    expect(amountInWords(1_250_000.4)).toBe('1,250,000')
  })
})
