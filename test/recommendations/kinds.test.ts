import { describe, expect, test } from 'vitest'
import { resolveFields } from '../../src/model/field.ts'
import { KIND_NAMES } from '../../src/model/review.ts'
import type { Subject } from '../../src/recommendations/define.ts'
import { EMAIL_TEMPLATES } from '../../src/recommendations/email-templates.ts'
import { KINDS } from '../../src/recommendations/kinds.ts'
import { TASK_TEMPLATES } from '../../src/recommendations/task-templates.ts'
import { account, contact, deal, NOW, owner } from '../pipeline/sample-account.ts'

const { fields } = resolveFields({})
const onAccount: Subject = { account: account(), deal: null, owner, contacts: [contact()] }
const onDeal: Subject = { ...onAccount, deal: deal({ nextStep: null }) }

const email = {
  goal: 'Open the conversation',
  contactId: null,
  subject: 'A word about next year',
  body: 'Hello,\n\nwould you have half an hour for us in the next two weeks?\n\nBest wishes',
  dueDate: '2026-11-21',
  priority: 'low',
}

describe('the table of kinds', () => {
  test('has a row for every name, with words for people and for authors', () => {
    expect(Object.keys(KINDS).toSorted()).toEqual([...KIND_NAMES].toSorted())
    for (const [name, kind] of Object.entries(KINDS)) {
      expect(kind.kind).toBe(name)
      expect(kind.label).toMatch(/^[A-Z]/)
      expect(kind.guidance.length).toBeGreaterThan(40)
      expect(kind.multiplier).toBeGreaterThan(0.8)
    }
  })

  test('a form that does not fit is refused by every function', () => {
    for (const kind of Object.values(KINDS)) {
      expect(kind.form.safeParse({}).success).toBe(false)
      expect(() => kind.title({}, onAccount, NOW)).toThrow()
      expect(() => kind.change({}, onAccount, fields, NOW)).toThrow()
    }
  })

  test('nobody can name a field or a record in a form', () => {
    const forms = {
      follow_up_email: email,
      update_account: { record: 'account', healthScore: 50 },
      create_task: {
        goal: 'Call them',
        subject: 'Call',
        description: '',
        dueDate: '2026-11-23',
        priority: 'high',
        contactId: null,
      },
    } as const
    for (const [name, form] of Object.entries(forms)) {
      const kind = KINDS[name as keyof typeof forms]
      expect(kind.form.safeParse(form).success).toBe(true)
      expect(kind.form.safeParse({ ...form, Owner: { id: '1' } }).success).toBe(false)
    }
  })
})

describe('an update', () => {
  const change = (form: object, subject: Subject, map = fields) =>
    KINDS.update_account.change(form, subject, map, NOW)

  test('goes to the configured field, with the value before', () => {
    const { fields: own } = resolveFields({ 'Accounts.status': 'Customer_State' })

    expect(change({ record: 'account', status: 'at_risk' }, onAccount, own)).toEqual({
      action: 'update',
      module: 'Accounts',
      recordId: onAccount.account.id,
      recordName: 'Acme Corp',
      fields: { Customer_State: 'At Risk' },
      before: { Customer_State: 'Active' },
    })
  })

  test('of an unmapped field cannot be built; beside a mapped one it is left out', () => {
    const { fields: own } = resolveFields({ 'Accounts.status': null })

    expect(change({ record: 'account', status: 'at_risk' }, onAccount, own)).toEqual({ unmapped: 'Status' })
    expect(change({ record: 'account', status: 'at_risk', healthScore: 20 }, onAccount, own)).toMatchObject({
      fields: { Health_Score: 20 },
    })
  })

  test('shows only the values that move', () => {
    const built = change({ record: 'account', status: 'active', healthScore: 20 }, onAccount)

    expect(built).toMatchObject({ fields: { Health_Score: 20 }, before: { Health_Score: null } })
    expect(built).not.toHaveProperty('fields.Account_Status')
  })

  test('is titled by its outcome', () => {
    const title = (form: object) => KINDS.update_account.title(form, onDeal, NOW)

    expect(title({ record: 'deal', closingDate: '2027-01-15' })).toBe('Move close date to 15 Jan 2027')
    expect(title({ record: 'deal', closingDate: '2027-01-15', nextStep: 'Agree the terms' })).toBe(
      'Move close date to 15 Jan 2027 and set the next step',
    )
    expect(title({ record: 'account', status: 'at_risk', healthScore: 40 })).toBe(
      'Set status to At Risk and set health score to 40',
    )
    expect(title({ record: 'deal', closingDate: '2026-12-15' })).toBe('Move close date to 15 Dec')
    expect(
      title({ record: 'deal', nextStep: 'x'.repeat(255), stage: 'y'.repeat(120) }).length,
    ).toBeLessThanOrEqual(100)
  })

  test('names a date that exists', () => {
    expect(KINDS.update_account.form.safeParse({ record: 'deal', closingDate: '2026-02-30' }).success).toBe(
      false,
    )
  })
})

describe('a creation', () => {
  test('on a deal belongs to the deal', () => {
    expect(KINDS.follow_up_email.change(email, onDeal, fields, NOW)).toMatchObject({
      parent: { module: 'Deals', id: deal().id, name: 'Fleet rollout' },
      fields: { What_Id: { id: deal().id }, $se_module: 'Deals', Due_Date: '2026-11-23', Priority: 'Low' },
    })
  })

  test("of an owner who left is the manager's", () => {
    const left = { ...onAccount, owner: { ...owner, active: false } }

    expect(KINDS.follow_up_email.change(email, left, fields, NOW)).toMatchObject({
      fields: { Owner: { id: owner.managerId } },
    })
  })
})

describe('templates', () => {
  const names = { accountName: 'Acme Corp', contactName: 'Robin', senderName: 'Dana Reyes' }
  const letters = {
    followUp: EMAIL_TEMPLATES.followUp({ ...names, lastContactOn: '4 Nov' }),
    dealAtRisk: EMAIL_TEMPLATES.dealAtRisk({
      ...names,
      topics: ['the fleet rollout', 'the training for drivers'],
      isOwnDeal: true,
      talkBy: '4 Dec',
    }),
    renewal: EMAIL_TEMPLATES.renewal({
      ...names,
      renewalDate: '30 Jan 2027',
      talkBy: '4 Dec',
      meetingMinutes: 30,
    }),
    growth: EMAIL_TEMPLATES.growth({ ...names, observation: 'Thank you.', talkBy: '4 Dec' }),
    executive: EMAIL_TEMPLATES.executive({
      ...names,
      topics: [null],
      isDecider: true,
      isContact: false,
      talkBy: '4 Dec',
      meetingMinutes: 20,
    }),
    reEngagement: EMAIL_TEMPLATES.reEngagement({
      ...names,
      lastContactOn: '26 Nov 2025',
      isCustomer: true,
      talkBy: '4 Dec',
    }),
  } satisfies Record<keyof typeof EMAIL_TEMPLATES, unknown>

  test.each(Object.entries(letters))('e-mail %s can be sent as it stands', (_, { subject, body }) => {
    expect(subject.length).toBeGreaterThan(5)
    expect(body).toMatch(/^Hi Robin,\n\n[\s\S]+\n\nBest wishes,\nDana Reyes$/)
    expect(body).toContain('?')
    expect(`${subject}${body}`).not.toMatch(/undefined|null|\[|\{|TODO|\$/)
    expect(body.split('\n\n').length).toBe(5)
  })

  test('an e-mail names what it is about, or our proposal where there are no words for it', () => {
    const about = (topics: (string | null)[]) => {
      const slots = { ...names, topics, isOwnDeal: true, talkBy: '4 Dec' }
      return EMAIL_TEMPLATES.dealAtRisk(slots)
    }

    expect(about(['the fleet rollout']).subject).toBe('Next steps for the fleet rollout')
    expect(about([null]).body).toContain('pick up our proposal again')
    expect(about(['the fleet rollout', 'the training']).body).toContain('the fleet rollout and the training')
    expect(about(['the fleet rollout', null]).body).toContain('our open proposals')
  })

  test('with nobody known, an e-mail asks for the right person first', () => {
    const { body } = EMAIL_TEMPLATES.followUp({ ...names, contactName: null, lastContactOn: null })

    expect(body).toMatch(/^Hello,\n\nI am looking for the right person at Acme Corp/)
  })

  test('there are six e-mails and five tasks', () => {
    expect(Object.keys(EMAIL_TEMPLATES)).toHaveLength(6)
    expect(Object.keys(TASK_TEMPLATES)).toHaveLength(5)
  })

  test('every task says when it is done', () => {
    const tasks = {
      followUpCall: TASK_TEMPLATES.followUpCall({
        contactName: null,
        purpose: 'the terms',
        topics: [],
        outcome: 'agreed.',
      }),
      sendProposal: TASK_TEMPLATES.sendProposal({
        dealName: 'Fleet',
        stage: null,
        amount: null,
        requirements: ['Check'],
      }),
      arrangeMeeting: TASK_TEMPLATES.arrangeMeeting({
        occasion: 'a review',
        attendees: ['Robin'],
        agenda: ['Terms'],
        minutes: 30,
      }),
      escalate: TASK_TEMPLATES.escalate({
        what: 'Fleet',
        facts: ['It stands'],
        actions: ['Call'],
        otherwise: 'it is lost.',
      }),
      correctCrm: TASK_TEMPLATES.correctCrm({ record: 'the renewal', questions: ['When?'], daysOff: 1 }),
    } satisfies Record<keyof typeof TASK_TEMPLATES, unknown>
    for (const { subject, description } of Object.values(tasks)) {
      expect(subject).toMatch(/^[A-Z]/)
      expect(description).toContain('Done when:')
      expect(`${subject}${description}`).not.toMatch(/undefined|null/)
    }
  })
})
