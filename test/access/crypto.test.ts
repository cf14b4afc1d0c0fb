import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { open, openText, sameSecret, seal, sha256 } from '../../src/access/crypto.ts'

const key = randomBytes(32)

test('what was sealed opens again with the same key and context', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.string(), (plaintext, context) => {
      expect(open(key, seal(key, plaintext, context), context)).toEqual(plaintext)
    }),
  )
})

test('the same text is never sealed to the same bytes', () => {
  expect(seal(key, 'text', 'a')).not.toEqual(seal(key, 'text', 'a'))
})

test('another key, another context and a changed byte are refused', () => {
  const sealed = seal(key, 'a token', 'crm_tokens:read')

  expect(openText(key, sealed, 'crm_tokens:read')).toBe('a token')
  expect(() => open(randomBytes(32), sealed, 'crm_tokens:read')).toThrow()
  expect(() => open(key, sealed, 'crm_tokens:write')).toThrow()
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = sealed.slice()
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(() => open(key, changed, 'crm_tokens:read'), `byte ${at}`).toThrow()
  }
  expect(() => open(key, sealed.subarray(0, 20), 'crm_tokens:read')).toThrow('too short')
})

test('secrets are equal only when they are the same text', () => {
  expect(sameSecret('abc', 'abc')).toBe(true)
  expect(sameSecret('abc', 'abd')).toBe(false)
  expect(sameSecret('abc', 'abcd')).toBe(false)
  expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
})
