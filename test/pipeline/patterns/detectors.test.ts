import { describe, expect, test } from 'vitest'
import type { KnownCommitment, PatternFinding, PatternName } from '../../../src/model/pattern.ts'
import type { AccountFacts } from '../../../src/pipeline/facts.ts'
import { account, contact, dateIn, daysAgo, deal, facts, moved, touch, won } from '../sample-account.ts'
import { findingsOf, meeting, note, promise, renewing, said } from './sample.ts'

type Case = [
  name: string,
  pattern: PatternName,
  of: AccountFacts,
  state: PatternFinding['state'],
  commitments?: readonly KnownCommitment[] | null,
]

const every = (days: readonly number[], body: string) => days.map((each) => said(each, body))
const from = (start: number, step: number, length: number) =>
  Array.from({ length }, (_, index) => touch(start + index * step))
const cfo = contact({ id: '5000000000102', title: 'CFO', createdAt: daysAgo(600) })
const newTitle = moved({
  module: 'Contacts',
  recordId: '5000000000101',
  field: 'title',
  old: 'Analyst',
  new: 'VP Operations',
})
const usage = (old: string | null, now: number) =>
  facts({
    account: account({ usage: now }),
    changes: [moved({ module: 'Accounts', field: 'usage', old, new: String(now) })],
  })
const glad = 'We are very happy with the rollout, excellent work.'
const angry = 'We are very unhappy, this is unacceptable for our team.'

const CASES: readonly Case[] = [
  // Contact against its own habit: one every five days would be six in a month.
  ['no contact in a month', 'engagement_drop', facts({ activities: from(31, 5, 30) }), 'found'],
  ['as often as ever', 'engagement_drop', facts({ activities: from(1, 5, 36) }), 'not found'],
  [
    'a drop that chance explains',
    'engagement_drop',
    facts({ activities: [touch(3), ...from(35, 15, 9)] }),
    'not found',
  ],
  ['too little to know a habit', 'engagement_drop', facts({ activities: from(35, 20, 3) }), 'not measured'],
  [
    'quiet at this time every year',
    'engagement_drop',
    facts({ activities: [...from(31, 5, 67), ...from(396, 5, 30)] }),
    'not found',
  ],
  // Executives
  [
    'a title and a note',
    'executive_changes',
    facts({ changes: [newTitle], activities: [note(20, 'Their CFO left the company.')] }),
    'found',
  ],
  ['a title alone', 'executive_changes', facts({ changes: [newTitle] }), 'not found'],
  [
    'two notes about one office',
    'executive_changes',
    facts({ activities: [note(20, 'Their CFO left the company.'), note(9, 'A new CFO was appointed.')] }),
    'not found',
  ],
  [
    'in German and French',
    'executive_changes',
    facts({
      activities: [
        note(20, 'Der Geschäftsführer hat das Unternehmen verlassen.'),
        note(9, 'Le directeur financier a été remplacé en mai.'),
      ],
    }),
    'found',
  ],
  [
    'a successor on record',
    'executive_changes',
    facts({
      contacts: [cfo, { ...cfo, id: '5000000000103', createdAt: daysAgo(30) }],
      activities: [note(9, 'The new CTO starts on Monday.')],
    }),
    'found',
  ],
  [
    'a voicemail left for two of them',
    'executive_changes',
    facts({
      activities: [note(9, 'Left a voicemail with the CEO.'), note(8, 'Left a message for the CFO.')],
    }),
    'not found',
  ],
  [
    'neither titles nor words',
    'executive_changes',
    facts({ contacts: [contact({ title: null })] }),
    'not measured',
  ],
  // Deals
  [
    '45 days untouched',
    'deal_stall',
    facts({ deals: [won(), deal({ modifiedAt: daysAgo(45), stageChangedAt: null })] }),
    'found',
  ],
  [
    '44 days untouched',
    'deal_stall',
    facts({ deals: [won(), deal({ modifiedAt: daysAgo(44), stageChangedAt: null })] }),
    'not found',
  ],
  [
    'a call about it since',
    'deal_stall',
    facts({
      deals: [deal({ modifiedAt: daysAgo(60), stageChangedAt: null })],
      activities: [touch(9, { dealId: deal().id })],
    }),
    'not found',
  ],
  [
    'a deal without any date',
    'deal_stall',
    facts({ deals: [deal({ modifiedAt: null, stageChangedAt: null, createdAt: null })] }),
    'not measured',
  ],
  // Tone
  [
    'from glad to angry',
    'sentiment_decline',
    facts({ activities: [...every([5, 15], angry), ...every([60, 80, 100], glad)] }),
    'found',
  ],
  [
    'glad throughout',
    'sentiment_decline',
    facts({ activities: every([5, 15, 60, 80, 100], glad) }),
    'not found',
  ],
  ['four texts', 'sentiment_decline', facts({ activities: every([5, 15, 60, 80], glad) }), 'not measured'],
  [
    'our own letters',
    'sentiment_decline',
    facts({
      activities: [5, 15, 60, 80, 100].map((days) => said(days, angry, { direction: 'outbound' })),
    }),
    'not measured',
  ],
  [
    'a language without words',
    'sentiment_decline',
    facts({
      activities: every([5, 15, 60, 80, 100], 'Estamos muy contentos con el servicio de la empresa.'),
    }),
    'not measured',
  ],
  [
    'in German',
    'sentiment_decline',
    facts({
      activities: [
        ...every([5, 15], 'Wir sind mit dem Support sehr unzufrieden, das ist inakzeptabel.'),
        ...every([60, 80, 100], 'Die Einführung lief hervorragend, wir sind sehr zufrieden.'),
      ],
    }),
    'found',
  ],
  // Meetings
  [
    'two marked in a field',
    'missed_meetings',
    facts({ activities: [meeting(4, { outcome: 'Cancelled' }), meeting(9, { outcome: 'No show' })] }),
    'found',
  ],
  [
    'one cancelled, one held',
    'missed_meetings',
    facts({ activities: [meeting(4, { outcome: 'Cancelled' }), meeting(9, { outcome: 'Held' })] }),
    'not found',
  ],
  [
    'two marked in their titles',
    'missed_meetings',
    facts({
      activities: [meeting(4, { subject: 'Canceled: Review' }), meeting(9, { subject: 'Abgesagt: Termin' })],
    }),
    'found',
  ],
  [
    'they cancelled a contract, in a meeting that took place',
    'missed_meetings',
    facts({
      activities: [4, 9].map((days) =>
        meeting(days, { body: 'We discussed that they cancelled the old contract.' }),
      ),
    }),
    'not found',
  ],
  [
    'a month and a day ago',
    'missed_meetings',
    facts({ activities: [meeting(31, { outcome: 'Cancelled' })] }),
    'not measured',
  ],
  ['nobody says how it went', 'missed_meetings', facts({ activities: [meeting(4)] }), 'not measured'],
  // Usage
  ['130 after 100', 'usage_growth', usage('100', 130), 'found'],
  ['129 after 100', 'usage_growth', usage('100', 129), 'not found'],
  ['the first figure ever', 'usage_growth', usage(null, 130), 'not measured'],
  ['no field mapped', 'usage_growth', facts(), 'not measured'],
  ['an empty field', 'usage_growth', facts({ account: account({ usage: null }) }), 'not measured'],
  // Words of growth
  [
    'three speak of it',
    'feature_adoption',
    facts({ activities: every([5, 20, 50], 'The team is using the new reporting module every day.') }),
    'found',
  ],
  [
    'two speak of it',
    'feature_adoption',
    facts({ activities: every([5, 20], 'The team is using the new reporting module every day.') }),
    'not found',
  ],
  [
    'three miss a feature',
    'feature_adoption',
    facts({
      activities: every([5, 20, 50], 'We would use it, but the export feature request is still open.'),
    }),
    'not found',
  ],
  [
    'two in other languages',
    'expansion',
    facts({
      activities: [
        said(10, 'Wir brauchen zusätzliche Lizenzen für den neuen Standort.'),
        said(80, 'Nous avons besoin de dix licences supplémentaires.'),
      ],
    }),
    'found',
  ],
  [
    'one of them too old',
    'expansion',
    facts({ activities: every([10, 91], 'We need additional licenses for the new office.') }),
    'not found',
  ],
  [
    'no plans to',
    'expansion',
    facts({ activities: every([10, 20], 'There are no plans to expand to additional sites.') }),
    'not found',
  ],
  ['no words at all', 'expansion', facts(), 'not measured'],
  ['five, all glad', 'positive_engagement', facts({ activities: every([1, 5, 9, 13, 17], glad) }), 'found'],
  [
    'two of five not glad',
    'positive_engagement',
    facts({ activities: [...every([1, 5, 9], glad), ...every([13, 17], angry)] }),
    'not found',
  ],
  ['four contacts', 'positive_engagement', facts({ activities: every([1, 5, 9, 13], glad) }), 'not found'],
  [
    'five contacts without words',
    'positive_engagement',
    facts({ activities: [1, 5, 9, 13, 17].map((days) => touch(days)) }),
    'not measured',
  ],
  // Before a renewal
  ['two promises late', 'commitment_gaps', renewing(), 'found', [promise({ due: 3 }), promise({ due: 30 })]],
  [
    'one of them kept',
    'commitment_gaps',
    renewing(),
    'not found',
    [promise({ due: 3 }), promise({ due: 30, keptAt: daysAgo(20) })],
  ],
  ['one due today', 'commitment_gaps', renewing(), 'not found', [promise({ due: 3 }), promise({ due: 0 })]],
  ['nobody keeps them', 'commitment_gaps', renewing(), 'not measured', null],
  ['three angry letters', 'renewal_sentiment', renewing({ activities: every([3, 20, 59], angry) }), 'found'],
  [
    'the third is too old',
    'renewal_sentiment',
    renewing({ activities: every([3, 20, 61], angry) }),
    'not measured',
  ],
  ['three glad ones', 'renewal_sentiment', renewing({ activities: every([3, 20, 59], glad) }), 'not found'],
  [
    'twice too expensive',
    'budget_concerns',
    renewing({
      activities: [
        said(3, 'It is too expensive for us.'),
        said(80, 'Unser Budget ist leider gekürzt worden.'),
      ],
    }),
    'found',
  ],
  [
    'a price is only named',
    'budget_concerns',
    renewing({ activities: every([3, 9], 'Could you send us the pricing proposal and the budget figures?') }),
    'not found',
  ],
  [
    'a cheaper alternative is a competitor',
    'budget_concerns',
    renewing({ activities: every([3, 9], 'We are looking at a cheaper alternative.') }),
    'not found',
  ],
  [
    'once weighing another offer',
    'competitor_mentions',
    renewing({ activities: [said(3, 'We are evaluating another vendor at the moment.')] }),
    'found',
  ],
  [
    'a competitor is only named, once',
    'competitor_mentions',
    renewing({ activities: [note(3, 'Notes on the competitor for the team are in the folder.')] }),
    'not found',
  ],
  [
    'not considering any',
    'competitor_mentions',
    renewing({ activities: [said(3, 'We are not considering any alternatives.')] }),
    'not found',
  ],
  [
    '61 days ago',
    'competitor_mentions',
    renewing({ activities: [said(61, 'We are evaluating another vendor.')] }),
    'not measured',
  ],
  ['no contact for 60 days', 'low_engagement', renewing({ activities: from(61, 5, 30) }), 'found'],
  [
    'half as much as usual',
    'low_engagement',
    renewing({ activities: [...from(1, 10, 6), ...from(61, 5, 30), touch(400)] }),
    'not found',
  ],
]

describe('a pattern is found where it is, not where it is not, and not measured without its data', () => {
  test.each(CASES)('%s: %s', (_, pattern, of, state, commitments = null) => {
    const finding = findingsOf(of, { commitments })[pattern]

    expect(finding, JSON.stringify(finding)).toMatchObject({ state })
  })
})

describe('the renewal patterns', () => {
  const RENEWAL: readonly PatternName[] = [
    'commitment_gaps',
    'renewal_sentiment',
    'budget_concerns',
    'competitor_mentions',
    'low_engagement',
  ]
  const activities = [
    ...every([3, 20, 50], `${angry} It is too expensive. We are evaluating another vendor.`),
  ]
  const states = (of: AccountFacts) => {
    const findings = findingsOf(of, { commitments: [promise({ due: 3 }), promise({ due: 30 })] })
    return [...new Set(RENEWAL.map((pattern) => findings[pattern].state))]
  }

  test.each([
    ['90 days ahead', 90, true],
    ['91 days ahead', 91, false],
    ['today', 0, true],
    ['past since yesterday', -1, false],
  ])('with the renewal %s', (_, days, looked) => {
    const found = states(renewing({ activities }, days)).includes('found')

    expect(found).toBe(looked)
    if (!looked) expect(states(renewing({ activities }, days))).toEqual(['not measured'])
  })

  test('say that a renewal date is missing, and nothing of a past one', () => {
    expect(findingsOf(facts()).budget_concerns).toMatchObject({ missing: 'a renewal date' })
    expect(findingsOf(renewing({}, -30)).budget_concerns).toMatchObject({ missing: null })
  })

  test('are silent once the contract is renewed', () => {
    const renewed = won({ pipeline: 'Renewal', closingDate: dateIn(-3) })
    expect(states(renewing({ activities, deals: [renewed] }))).toEqual(['not measured'])
  })
})
