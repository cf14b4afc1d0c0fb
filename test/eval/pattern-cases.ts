import { DateTime } from 'luxon'
import type { Account, Activity, Contact, Deal } from '../../src/model/account.ts'
import { type Owner, Preferences } from '../../src/model/owner.ts'
import type { KnownCommitment, PatternFinding, PatternName } from '../../src/model/pattern.ts'
import type { FieldChange } from '../../src/model/review.ts'
import type { AccountFacts } from '../../src/pipeline/facts.ts'
import { createRandom, type Random } from '../../src/sandbox/data/seeded.ts'
import * as words from './pattern-words.ts'

/**
 * Accounts with a known answer for each pattern: generated from a seed, so that wording, language, dates within and
 * around the window, the owner's zone and the hour of the day vary, and every run judges the same ones.
 */
export type PatternCase = {
  pattern: PatternName
  expected: PatternFinding['state']
  facts: AccountFacts
  commitments: KnownCommitment[] | null
  now: Date
  /** What varies, to find it again. */
  name: string
}

const ZONES = ['Europe/Berlin', 'America/Los_Angeles', 'Asia/Kolkata', 'Pacific/Auckland', 'UTC']

/** What a case is built with: an account in one zone at one moment. */
class Stage {
  readonly activities: Activity[] = []
  readonly changes: FieldChange[] = []
  readonly deals: Deal[] = []
  readonly contacts: Contact[] = []
  commitments: KnownCommitment[] | null = null
  account: Account
  private made = 0

  constructor(
    readonly random: Random,
    readonly zone: string,
    readonly now: Date,
  ) {
    this.account = {
      id: 'A1',
      name: 'Acme',
      ownerId: 'O1',
      status: 'active',
      statusText: 'Active',
      industry: null,
      annualRevenue: null,
      healthScore: null,
      renewalDate: null,
      paymentStatus: 'paid',
      website: null,
      createdAt: this.ago(900),
      modifiedAt: null,
      lastActivityAt: null,
    }
    this.deal({ id: 'D0', outcome: 'won', stage: 'Closed Won', closingDate: this.date(-420) })
    this.contact('C1', 'Head of Operations')
  }

  /** That many calendar days ago in the owner's zone, at the same time of the day. */
  ago(days: number): Date {
    return DateTime.fromJSDate(this.now, { zone: this.zone }).minus({ days }).toJSDate()
  }

  date(days: number): string {
    return DateTime.fromJSDate(this.ago(-days), { zone: this.zone }).toFormat('yyyy-MM-dd')
  }

  contact(id: string, title: string | null, createdAt = this.ago(880)) {
    this.contacts.push({
      id,
      accountId: 'A1',
      name: `Person ${id}`,
      email: null,
      phone: null,
      title,
      createdAt,
    })
  }

  deal(change: Partial<Deal>) {
    this.deals.push({
      id: `D${this.deals.length}`,
      accountId: 'A1',
      contactId: null,
      ownerId: 'O1',
      name: 'Rollout',
      stage: 'Proposal',
      outcome: 'open',
      amount: 20_000,
      closingDate: null,
      probability: null,
      nextStep: null,
      pipeline: 'New Business',
      stageChangedAt: null,
      createdAt: this.ago(400),
      modifiedAt: this.ago(400),
      ...change,
    })
  }

  add(days: number, change: Partial<Activity>) {
    this.made += 1
    this.activities.push({
      id: `X${this.made}`,
      module: 'Calls',
      accountId: 'A1',
      dealId: null,
      contactId: 'C1',
      ownerId: 'O1',
      type: 'call',
      subject: 'Call',
      body: null,
      at: this.ago(days),
      completed: true,
      createdAt: this.ago(days),
      ...change,
    })
  }

  /** In a letter of theirs, a note about them or the minutes of a call. */
  say(days: number, body: string) {
    const way = this.random.pick(['letter', 'note', 'call'])
    if (way === 'letter')
      this.add(days, { module: 'Tasks', type: 'email', subject: 'Re: us', body, direction: 'inbound' })
    else if (way === 'note')
      this.add(days, { module: 'Notes', type: 'note', subject: 'Note', body, completed: null })
    else this.add(days, { body })
  }

  sayEach(days: readonly number[], texts: readonly string[]) {
    for (const day of days) this.say(day, this.random.pick(texts))
  }

  /** Different texts, so that two of them are two. */
  sayDistinct(days: readonly number[], texts: readonly string[]) {
    const rest = [...texts]
    for (const day of days) this.say(day, rest.splice(this.random.between(0, rest.length - 1), 1)[0] ?? '')
  }

  /** Contact without words every so many days. */
  touch({ from, to, step }: { from: number; to: number; step: number }) {
    for (let day = from; day <= to; day += step) this.add(day, {})
  }

  meet(days: number, meeting: Partial<Activity>) {
    this.add(days, { module: 'Events', type: 'meeting', ...meeting })
  }

  renew(days = this.random.between(5, 85)) {
    this.account.renewalDate = this.date(days)
  }

  usage(before: number | null, current: number | null, days: number) {
    this.account.usage = current
    this.changes.push({
      module: 'Accounts',
      recordId: 'A1',
      accountId: 'A1',
      field: 'usage',
      old: before === null ? null : String(before),
      new: String(current),
      at: this.ago(days),
    })
  }

  title(contactId: string, old: string, title: string, days: number) {
    this.changes.push({
      module: 'Contacts',
      recordId: contactId,
      accountId: 'A1',
      field: 'title',
      old,
      new: title,
      at: this.ago(days),
    })
  }

  promise(dueDaysAgo: number, kept: boolean) {
    const evidence = [{ module: 'Accounts' as const, recordId: 'A1', label: 'Account', at: null }]
    this.commitments ??= []
    this.commitments.push({
      madeAt: this.ago(Math.max(dueDaysAgo, 0) + 20),
      dueAt: this.ago(dueDaysAgo),
      keptAt: kept ? this.ago(Math.max(1, dueDaysAgo - 1)) : null,
      evidence,
    })
  }

  facts(): AccountFacts {
    const owner: Owner = {
      id: 'O1',
      teamId: 'T1',
      slackUserId: null,
      email: 'owner@example.com',
      name: 'Dana',
      role: 'owner',
      managerId: null,
      zone: this.zone,
      active: true,
      preferences: Preferences.parse({}),
    }
    const { account, contacts, deals, activities, changes, now } = this
    return { account, owner, contacts, deals, activities, changes, asOf: now, missing: [] }
  }
}

type Scene = (stage: Stage) => void
type Scenes = Record<PatternFinding['state'], readonly Scene[]>

const some = (stage: Stage, count: number, [from, to]: [number, number]) =>
  Array.from({ length: count }, () => stage.random.between(from, to))

const SCENES: Readonly<Record<PatternName, Scenes>> = {
  engagement_drop: {
    found: [
      (s) => s.touch({ from: s.random.between(30, 34), to: 175, step: s.random.between(4, 7) }),
      (s) => {
        s.touch({ from: 31, to: 175, step: 3 })
        s.touch({ from: 10, to: 29, step: 12 })
      },
    ],
    'not found': [
      (s) => s.touch({ from: 1, to: 178, step: s.random.between(4, 9) }),
      (s) => {
        s.touch({ from: 31, to: 364, step: 5 })
        s.touch({ from: 395, to: 545, step: 5 })
      },
      (s) => s.touch({ from: 12, to: 170, step: 24 }),
    ],
    'not measured': [(s) => s.touch({ from: 40, to: 160, step: 30 }), () => {}],
  },
  executive_changes: {
    found: [
      (s) => {
        const [first, second] = distinctOffices(s)
        s.say(s.random.between(1, 170), first)
        s.say(s.random.between(1, 170), second)
      },
      (s) => {
        s.title('C1', 'Analyst', 'Chief Marketing Officer', s.random.between(1, 170))
        s.say(s.random.between(1, 170), s.random.pick(words.EXECUTIVE_CHANGES)[1])
      },
    ],
    'not found': [
      (s) => s.sayEach(some(s, 3, [1, 170]), words.NO_EXECUTIVE_CHANGES),
      (s) => s.say(s.random.between(1, 170), s.random.pick(words.EXECUTIVE_CHANGES)[1]),
      (s) =>
        s.sayDistinct(
          [190, 200],
          words.EXECUTIVE_CHANGES.map(([, text]) => text),
        ),
    ],
    'not measured': [
      (s) => {
        for (const contact of s.contacts) contact.title = null
      },
      (s) => s.contacts.splice(0),
    ],
  },
  deal_stall: {
    found: [
      (s) => s.deal({ modifiedAt: s.ago(s.random.between(45, 200)) }),
      (s) => {
        s.deal({ modifiedAt: s.ago(45) })
        s.deal({ modifiedAt: s.ago(2) })
      },
    ],
    'not found': [
      (s) => s.deal({ modifiedAt: s.ago(s.random.between(0, 44)) }),
      (s) => {
        s.deal({ id: 'D9', modifiedAt: s.ago(100) })
        s.add(s.random.between(0, 44), { dealId: 'D9' })
      },
      () => {},
    ],
    'not measured': [(s) => s.deal({ modifiedAt: null, createdAt: null })],
  },
  sentiment_decline: {
    found: [
      (s) => {
        s.sayEach(some(s, 4, [1, 60]), words.ANGRY)
        s.sayEach(some(s, 4, [90, 175]), words.GLAD)
      },
    ],
    'not found': [
      (s) => s.sayEach(some(s, 7, [1, 175]), words.GLAD),
      (s) => {
        s.sayEach(some(s, 4, [1, 60]), words.GLAD)
        s.sayEach(some(s, 4, [90, 175]), words.ANGRY)
      },
      (s) => s.sayEach(some(s, 7, [1, 175]), words.CALM),
    ],
    'not measured': [
      (s) => s.sayEach(some(s, 4, [1, 175]), words.ANGRY),
      (s) => s.sayEach(some(s, 8, [1, 175]), words.FOREIGN),
      (s) => s.touch({ from: 1, to: 170, step: 9 }),
    ],
  },
  missed_meetings: {
    found: [
      (s) => {
        for (const day of some(s, 3, [0, 29])) s.meet(day, s.random.pick(words.MISSED))
      },
    ],
    'not found': [
      (s) => {
        for (const day of some(s, 3, [0, 29])) s.meet(day, s.random.pick(words.HELD))
      },
      (s) => {
        s.meet(s.random.between(0, 29), s.random.pick(words.MISSED))
        s.meet(s.random.between(0, 29), s.random.pick(words.HELD))
      },
    ],
    'not measured': [
      (s) => s.meet(4, { subject: 'Review' }),
      (s) => {
        for (const day of some(s, 3, [31, 60])) s.meet(day, s.random.pick(words.MISSED))
      },
    ],
  },
  usage_growth: {
    found: [(s) => s.usage(200, s.random.between(260, 600), s.random.between(0, 89))],
    'not found': [
      (s) => s.usage(200, s.random.between(200, 259), s.random.between(0, 89)),
      (s) => s.usage(200, s.random.between(1, 199), s.random.between(0, 89)),
    ],
    'not measured': [() => {}, (s) => s.usage(100, 400, 120), (s) => s.usage(null, 400, 5)],
  },
  feature_adoption: {
    found: [(s) => s.sayDistinct(some(s, 3, [0, 59]), words.ADOPTION)],
    'not found': [
      (s) => s.sayDistinct(some(s, 2, [0, 59]), words.ADOPTION),
      (s) => s.sayEach(some(s, 4, [0, 59]), words.NO_ADOPTION),
      (s) => s.sayEach(some(s, 4, [0, 59]), words.CALM),
    ],
    'not measured': [
      (s) => s.sayEach(some(s, 4, [60, 90]), words.ADOPTION),
      (s) => s.sayEach(some(s, 4, [0, 59]), words.FOREIGN),
    ],
  },
  expansion: {
    found: [(s) => s.sayDistinct(some(s, 2, [0, 89]), words.GROWTH)],
    'not found': [
      (s) => s.sayDistinct(some(s, 1, [0, 89]), words.GROWTH),
      (s) => s.sayEach(some(s, 4, [0, 89]), words.NO_GROWTH),
      (s) => s.sayEach(some(s, 4, [0, 89]), words.CALM),
    ],
    'not measured': [
      (s) => s.sayEach(some(s, 4, [90, 150]), words.GROWTH),
      (s) => s.sayEach(some(s, 4, [0, 89]), words.FOREIGN),
    ],
  },
  positive_engagement: {
    found: [(s) => s.sayEach(some(s, 6, [0, 29]), words.GLAD)],
    'not found': [
      (s) => {
        s.sayEach(some(s, 4, [0, 29]), words.GLAD)
        s.sayEach(some(s, 3, [0, 29]), words.ANGRY)
      },
      (s) => s.sayEach(some(s, 7, [0, 29]), words.CALM),
      (s) => s.touch({ from: 1, to: 28, step: 9 }),
    ],
    'not measured': [(s) => s.touch({ from: 1, to: 28, step: 4 })],
  },
  commitment_gaps: {
    found: [
      (s) => {
        s.renew()
        for (const due of some(s, 2, [1, 60])) s.promise(due, false)
      },
    ],
    'not found': [
      (s) => {
        s.renew()
        s.promise(s.random.between(1, 60), false)
        s.promise(s.random.between(2, 60), true)
        s.promise(-s.random.between(0, 20), false)
      },
    ],
    'not measured': [
      (s) => s.renew(),
      (s) => {
        for (const due of some(s, 3, [1, 60])) s.promise(due, false)
      },
    ],
  },
  renewal_sentiment: {
    found: [
      (s) => {
        s.renew()
        s.sayEach(some(s, 3, [0, 59]), words.ANGRY)
      },
    ],
    'not found': [
      (s) => {
        s.renew()
        s.sayEach(some(s, 4, [0, 59]), words.GLAD)
      },
      (s) => {
        s.renew()
        s.sayEach(some(s, 4, [0, 59]), words.CALM)
      },
    ],
    'not measured': [
      (s) => s.sayEach(some(s, 4, [0, 59]), words.ANGRY),
      (s) => {
        s.renew(-s.random.between(1, 60))
        s.sayEach(some(s, 4, [0, 59]), words.ANGRY)
      },
      (s) => {
        s.renew()
        s.sayEach(some(s, 2, [0, 59]), words.ANGRY)
      },
    ],
  },
  budget_concerns: beforeRenewal({
    texts: words.BUDGET,
    least: 2,
    days: 90,
    others: [words.PRICE_ONLY, words.CALM, words.COMPETITOR],
  }),
  competitor_mentions: beforeRenewal({
    texts: words.COMPETITOR,
    least: 1,
    days: 60,
    others: [words.BUDGET, words.CALM, words.PRICE_ONLY],
  }),
  low_engagement: {
    found: [
      (s) => {
        s.renew()
        s.touch({ from: s.random.between(60, 63), to: 208, step: s.random.between(4, 7) })
      },
      (s) => {
        s.renew()
        s.touch({ from: 61, to: 208, step: 4 })
        s.touch({ from: 15, to: 59, step: 20 })
      },
    ],
    'not found': [
      (s) => {
        s.renew()
        s.touch({ from: 1, to: 208, step: s.random.between(4, 9) })
      },
    ],
    'not measured': [
      (s) => s.touch({ from: 61, to: 208, step: 4 }),
      (s) => {
        s.renew()
        s.touch({ from: 80, to: 190, step: 30 })
      },
    ],
  },
}

function beforeRenewal({
  texts,
  least,
  days,
  others,
}: {
  texts: readonly string[]
  least: number
  days: number
  others: readonly (readonly string[])[]
}): Scenes {
  return {
    found: [
      (s) => {
        s.renew()
        s.sayDistinct(some(s, least, [0, days - 1]), texts)
      },
    ],
    'not found': [
      (s) => {
        s.renew()
        s.sayEach(some(s, 4, [0, days - 1]), s.random.pick(others))
      },
      (s) => {
        s.renew()
        s.sayEach(some(s, 3, [0, days - 1]), words.CALM)
        s.sayDistinct(some(s, least, [days, days + 40]), texts)
      },
    ],
    'not measured': [
      (s) => s.sayDistinct(some(s, 3, [0, days - 1]), texts),
      (s) => {
        s.renew(-s.random.between(1, 90))
        s.sayDistinct(some(s, 3, [0, days - 1]), texts)
      },
      (s) => {
        s.renew()
        s.sayEach(some(s, 4, [0, days - 1]), words.FOREIGN)
      },
    ],
  }
}

function distinctOffices(s: Stage): [string, string] {
  const [office, first] = s.random.pick(words.EXECUTIVE_CHANGES)
  const others = words.EXECUTIVE_CHANGES.filter(([other]) => other !== office)
  return [first, s.random.pick(others)[1]]
}

/** Of each scene one in every zone, twice: at another date, at another hour and in other words. */
const ROUNDS = 2

export function patternCases(): PatternCase[] {
  return (Object.entries(SCENES) as [PatternName, Scenes][]).flatMap(([pattern, scenes]) =>
    (Object.entries(scenes) as [PatternFinding['state'], readonly Scene[]][]).flatMap(([expected, each]) =>
      each.flatMap((scene, at) =>
        Array.from({ length: ROUNDS * ZONES.length }, (_, turn): PatternCase => {
          const zone = ZONES[turn % ZONES.length] ?? 'UTC'
          const name = `${pattern}, ${expected} ${at + 1}, ${zone}, ${turn}`
          const random = createRandom(name)
          const now = new Date(
            Date.UTC(2026, random.between(0, 11), random.between(1, 28), random.between(0, 23), 30),
          )
          const stage = new Stage(random, zone, now)
          scene(stage)
          return { pattern, expected, facts: stage.facts(), commitments: stage.commitments, now, name }
        }),
      ),
    ),
  )
}
