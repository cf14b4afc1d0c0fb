import { expect, test } from 'vitest'
import { ConflictError, NotFoundError, RefusedError, UpstreamError } from '../../src/errors.ts'
import { explain } from '../../src/slack/messenger.ts'

const zoho = (more: Partial<ConstructorParameters<typeof UpstreamError>[1]>) =>
  new UpstreamError('internal words', { service: 'zoho', sent: false, ...more })

test.each<[string, unknown, RegExp]>([
  [
    'a rule',
    new RefusedError('Only Dana can decide this. Ask Dana.'),
    /^Only Dana can decide this\. Ask Dana\. /,
  ],
  ['a conflict', new ConflictError('Stage is now Lost.'), /^Stage is now Lost\. /],
  ['something missing', new NotFoundError('No account Acme.'), /^No account Acme\. /],
  ['a lost answer', zoho({ sent: true }), /Zoho did not answer.*not known yet.*don't repeat it by hand/],
  ['a rate limit', zoho({ status: 429, retryAfterMs: 2_500 }), /Nothing was changed\..*in 3 s\./],
  ['a revoked token', zoho({ status: 401 }), /Nothing was changed\. An admin needs to reconnect/],
  ['an outage', zoho({}), /Zoho could not be reached\. Nothing was changed\. Please try again/],
  [
    'a late window',
    new UpstreamError('x', { service: 'slack', code: 'expired_trigger_id', sent: false }),
    /three seconds.*press again/,
  ],
  [
    'a bug',
    new TypeError("Cannot read properties of undefined (reading 'secret')"),
    /not recorded.*press again/,
  ],
])('%s is told in words a person can act on, with the id', (_, error, words) => {
  const said = explain(error, 'K7Q2-9F')

  expect(said).toMatch(words)
  expect(said).toMatch(/ \(K7Q2-9F\)$/)
  expect(said).not.toMatch(/internal words|undefined/)
})

test('what was recorded is never said to be not', () => {
  expect(explain(new TypeError('x'), 'K7Q2-9F', 'recorded')).toMatch(/was recorded.*No need to press again/)
})
