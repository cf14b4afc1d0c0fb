import { expect, test } from 'vitest'
import { mayAdminister, mayDecide, maySee, type Person } from '../../src/access/roles.ts'
import type { ActionClass } from '../../src/model/review.ts'

const people = {
  owner: { id: 'dana', role: 'owner', active: true },
  colleague: { id: 'cleo', role: 'owner', active: true },
  manager: { id: 'bo', role: 'manager', active: true },
  otherManager: { id: 'max', role: 'manager', active: true },
  admin: { id: 'ada', role: 'admin', active: true },
  adminWithTheAccount: { id: 'dana', role: 'admin', active: true },
  auditor: { id: 'aud', role: 'auditor', active: true },
  none: { id: 'nil', role: 'none', active: true },
  gone: { id: 'dana', role: 'owner', active: false },
  stranger: null,
} satisfies Record<string, Person | null>
type Who = keyof typeof people

const dana = { id: 'dana', name: 'Dana', active: true }
const bo = { id: 'bo', name: 'Bo' }
const subject = { actionClass: 'field' as ActionClass, owner: dana, manager: bo }

test.each<[Who, string, Partial<typeof subject> & { requestedBy?: string }, true | RegExp]>([
  ['owner', 'own account', {}, true],
  ['owner', 'own account, an amount', { actionClass: 'amount' }, true],
  ['owner', 'own account to somebody else', { actionClass: 'ownership' }, /manager to decide\. Ask Bo\.$/],
  ['owner', 'what they asked for under four eyes', { requestedBy: 'dana' }, /somebody else.*Ask Bo\.$/],
  ['colleague', "somebody else's account", {}, /not yours.*Ask Dana or Bo\.$/],
  ['manager', "a report's account", {}, true],
  ['manager', "a report's account to somebody else", { actionClass: 'ownership' }, true],
  ['manager', 'what they asked for under four eyes', { requestedBy: 'bo' }, /somebody else.*Ask Dana\.$/],
  ['manager', 'the account of a report who left', { owner: { ...dana, active: false } }, true],
  ['otherManager', "another team's account", {}, /not yours.*Ask Dana or Bo\.$/],
  ['admin', "anybody's account", {}, /Admins do not decide.*Ask Dana or Bo\.$/],
  ['adminWithTheAccount', 'own account', {}, true],
  ['auditor', 'anything', {}, /role does not include.*Ask Dana or Bo\.$/],
  ['none', 'anything', {}, /role does not include.*Ask Dana or Bo\.$/],
  ['none', 'the account of somebody who left', { owner: { ...dana, active: false } }, /Ask Bo\.$/],
  ['gone', 'what was theirs', {}, /access has ended/],
  ['stranger', 'anything', {}, /admin to link you/],
])('%s decides %s: %j', (who, _what, more, expected) => {
  const permission = mayDecide(people[who], { ...subject, ...more })

  if (expected === true) expect(permission).toEqual({ ok: true })
  else expect(permission).toEqual({ ok: false, say: expect.stringMatching(expected) })
})

test('an account nobody answers for is decided by nobody, and an admin is named', () => {
  const orphan = { ...subject, owner: null, manager: null }

  for (const person of Object.values(people)) expect(mayDecide(person, orphan).ok).toBe(false)
  expect(mayDecide(people.owner, orphan)).toMatchObject({ say: expect.stringContaining('Ask an admin') })
})

test.each<[Who, boolean]>([
  ['owner', true],
  ['colleague', false],
  ['manager', true],
  ['otherManager', false],
  ['admin', false],
  ['auditor', false],
  ['none', false],
  ['gone', false],
  ['stranger', false],
])('%s sees the account: %s', (who, expected) => {
  expect(maySee(people[who], { ownerId: 'dana', ownerManagerId: 'bo' })).toBe(expected)
})

test('nobody sees an account without an owner by having no id of their own in it', () => {
  for (const person of Object.values(people))
    expect(maySee(person, { ownerId: null, ownerManagerId: null })).toBe(false)
})

test.each<[Who, boolean]>([
  ['owner', false],
  ['manager', false],
  ['admin', true],
  ['auditor', false],
  ['none', false],
  ['gone', false],
  ['stranger', false],
])('%s administers: %s', (who, administers) => {
  expect(mayAdminister(people[who]).ok).toBe(administers)
})
