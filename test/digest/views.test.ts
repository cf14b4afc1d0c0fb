import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  renderAmbiguous,
  renderEvidence,
  renderHistory,
  renderNotFound,
  renderProgress,
} from '../../src/digest/account-messages.ts'
import { renderApprovals, type WaitingApproval } from '../../src/digest/approvals-view.ts'
import { renderBrief } from '../../src/digest/brief-view.ts'
import { renderDeadLetters } from '../../src/digest/dead-letters-view.ts'
import { renderDigestReason, renderHelp, renderNoRole } from '../../src/digest/help-view.ts'
import { type Portfolio, renderPortfolio } from '../../src/digest/portfolio-view.ts'
import { renderStatus, type Status } from '../../src/digest/status-view.ts'
import { renderTeamDigest, type TeamDigest } from '../../src/digest/team-view.ts'
import type { StandingPatterns } from '../../src/model/review.ts'
import { blockProblems } from '../../src/sandbox/slack/block-kit.ts'
import type { Message } from '../../src/slack/message.ts'
import { actionIds, aloud } from '../slack/aloud.ts'
import { hostileText, liveMarkup } from '../slack/hostile-text.ts'
import { brief } from './sample-account.ts'
import { FRIDAY, moved, standing, upcoming } from './sample-portfolio.ts'

describe('the brief', () => {
  test('gives the figures, what changed, the risk with its reasons and the next step', () => {
    const message = renderBrief(brief())
    const words = aloud(message)

    expect(message.text).toBe('Acme Corp: high risk, 1 suggestion.')
    expect(words).toContain('*Health*\n40 of 100, down 12')
    expect(words).toContain('*Renewal*\n18 Dec (in 28 days)')
    expect(words).toContain('*Last touch*\ncall “Quarterly review”, 17 Oct (34 days ago)')
    expect(words).toContain('*Risk: high*')
    expect(words).toContain('In the last 30 days: 2 contacts.')
    expect(words).toContain('• Stage Proposal → Negotiation')
    expect(words).toContain('*Next step*\nRe-open the conversation with an e-mail')
    expect(words).toContain('rejected · <https://team.example.test/archives/D1/p1|see the card>')
    expect(actionIds(message)).toEqual(['brief.review', 'brief.draft', 'brief.propose', 'brief.open_in_crm'])
  })

  test('tells the patterns with their reasons, and what could not be measured for want of which data', () => {
    const account = { module: 'Accounts' as const, recordId: 'acc-1', label: 'Account', at: null }
    const patterns: StandingPatterns = {
      found: [
        {
          pattern: 'competitor_mentions',
          reason:
            '1 record speaks of other offers in 60 days, the newest saying “<!channel> *other* vendor”.',
          evidence: [account],
        },
      ],
      notMeasured: [
        { pattern: 'missed_meetings', missing: 'a word on how a meeting went' },
        { pattern: 'expansion', missing: 'words of theirs' },
        { pattern: 'feature_adoption', missing: 'words of theirs' },
      ],
      relationship: { level: 'weak', score: 0.5, reasons: ['Last contact 20 days ago.'], notMeasured: [] },
    }
    const withPatterns = brief({ standing: standing('Acme Corp', 60, { patterns }) })
    const words = aloud(renderBrief(withPatterns))

    expect(words).toContain('*Other offers before the renewal.* 1 record speaks of other offers in 60 days')
    expect(words).toContain('Relationship: weak. Last contact 20 days ago.')
    expect(words).toContain(
      'Not measured: missed meetings (needs a word on how a meeting went); growth, use of features (needs words of theirs).',
    )
    expect(words).not.toContain('<!channel>')
    const cited = renderEvidence(
      { accountName: 'Acme Corp', rationale: [], standing: withPatterns.standing },
      { zone: 'Europe/Berlin', now: FRIDAY, recordUrl: () => null },
    )
    expect(aloud(cited)).toContain('1 record speaks of other offers')
    const none = { ...patterns, found: [], notMeasured: [] }
    const quiet = renderBrief(brief({ standing: standing('Acme Corp', 60, { patterns: none }) }))
    expect(aloud(quiet)).toContain('None found in what could be measured.')
    expect(aloud(renderBrief(brief()))).not.toContain('Patterns')
  })

  test('says what is not known instead of guessing', () => {
    const unknown = { ...brief().account, statusText: null, annualRevenue: null, renewalDate: null }
    const words = aloud(
      renderBrief(
        brief({
          account: unknown,
          ownerName: null,
          standing: null,
          lastTouch: null,
          whatChanged: [],
          recommendations: [],
          url: null,
        }),
      ),
    )

    for (const sentence of [
      'nobody we know',
      'no date on record',
      'not known yet',
      'none on record',
      'The first review has not run yet.',
    ]) {
      expect(words).toContain(sentence)
    }
    expect(words).not.toContain('Open in CRM')
  })

  test('marks old data and missing sources', () => {
    const words = aloud(renderBrief(brief({ asOf: new Date('2026-11-18T05:05:00Z'), degraded: ['notes'] })))

    expect(words).toContain('(2 days ago)')
    expect(words).toContain('Not available: notes.')
  })
})

describe('around the brief', () => {
  test('progress is told in words', () => {
    const message = renderProgress({
      accountName: 'Acme Corp',
      steps: [
        { agent: 'Data Scout', state: 'done', note: '3 deals' },
        { agent: 'Memory Analyst', state: 'running', note: null },
        { agent: 'Author', state: 'failed', note: null },
      ],
    })

    expect(aloud(message)).toContain(
      '• Data Scout: ✓ done – 3 deals\n• Memory Analyst: … working\n• Author: ✗ not available',
    )
  })

  test('an unknown and a forbidden account get the same words', () => {
    expect(renderNotFound('Acme').text).toBe(`I can't find an account "Acme" that you can see.`)
  })

  test('an ambiguous name gets at most five buttons', () => {
    const matches = Array.from({ length: 8 }, (_, n) => ({
      id: `a${n}`,
      name: `Acme ${n}`,
      ownerName: null,
      hint: null,
    }))

    const message = renderAmbiguous('acme', matches)

    expect(actionIds(message)).toEqual(Array.from({ length: 5 }, () => 'account.open'))
    expect(aloud(message)).toContain('3 more match')
  })
})

describe('the evidence', () => {
  const reader = { zone: 'UTC', now: FRIDAY, recordUrl: () => null }
  const call = {
    module: 'Calls' as const,
    recordId: '1',
    label: 'Call "Planning"',
    at: '2026-11-12T10:00:00Z',
  }
  const payment = {
    module: 'Accounts' as const,
    recordId: '2',
    label: 'Account Acme Corp',
    at: '2026-11-19T10:00:00Z',
    field: 'paymentStatus',
  }
  const closing = {
    module: 'Deals' as const,
    recordId: '3',
    label: 'Deal "Expansion"',
    at: '2026-11-30',
    field: 'closingDate',
  }

  test('gives a date to what has one, and to nothing else', () => {
    const rationale = [{ text: 'Three reasons.', evidence: [call, payment, closing] }]
    const words = aloud(renderEvidence({ accountName: 'Acme Corp', rationale }, reader))

    expect(words).toContain('• Call “Planning”, 12 Nov (8 days ago)')
    expect(words).toContain('• Account Acme Corp, payment status\n')
    expect(words).toContain('• Deal “Expansion”, close date 30 Nov (in 10 days)')
  })

  test('tells the reasons of the risk too, and each sentence once', () => {
    const risk = standing('Acme Corp', 40)
    const text = risk.risk.reasons[0]!.text
    const subject = { module: 'Accounts' as const, recordId: '2' }
    const signals = [
      {
        kind: 'inactivity' as const,
        severity: 'high' as const,
        reason: text,
        evidence: [call],
        subject,
        value: 40,
      },
    ]
    const words = aloud(
      renderEvidence(
        {
          accountName: 'Acme Corp',
          rationale: [{ text, evidence: [call, payment] }],
          standing: { ...risk, signals },
        },
        reader,
      ),
    )

    expect(words.split(text)).toHaveLength(2)
    expect(words.match(/Call “Planning”/g)).toHaveLength(1)
    expect(words).toContain('payment status')
    expect(words).not.toContain('no risk was seen')
  })

  test('of a closed account says that it is not watched', () => {
    const closed = { id: '2', status: 'closed' as const }

    expect(aloud(renderEvidence({ accountName: 'Acme', rationale: [], account: closed }, reader))).toContain(
      'Closed: not watched any more.',
    )
    const account = { ...brief().account, status: 'closed' as const }
    expect(aloud(renderBrief(brief({ account })))).toContain('Closed: not watched any more.')
  })
})

describe('the team digest', () => {
  const DAYS_AGO = (n: number) => new Date(FRIDAY.getTime() - n * 86_400_000)
  const team = (more: Partial<TeamDigest> = {}): TeamDigest => ({
    id: 'd1',
    team: 'Sales',
    zone: 'Europe/Berlin',
    owners: [
      { name: 'Dana', accounts: 42, needing: 3, waiting: 2, lookedAt: null, firstDigestAt: DAYS_AGO(3) },
    ],
    attention: [
      {
        accountId: '1',
        name: 'Acme Corp',
        ownerName: 'Dana',
        risk: 'high',
        signals: [
          { kind: 'amount_change', value: 48000 },
          { kind: 'inactivity', value: 34 },
        ],
      },
    ],
    moved: [moved('Acme Corp')],
    upcoming: [{ ...upcoming('Beta', '2026-11-25'), what: 'closing', deal: 'Expansion 48,000' }],
    analysed: 150,
    skipped: { count: 0, why: '' },
    asOf: FRIDAY,
    degraded: [],
    now: FRIDAY,
    ...more,
  })

  test('has no buttons, no amounts and no mentions', () => {
    const message = renderTeamDigest(team())

    expect(message).not.toBeNull()
    expect(actionIds(message)).toEqual([])
    expect(JSON.stringify(message)).not.toMatch(/48,?000|40,?000|<@/)
    expect(aloud(message!)).toContain('a deal amount changed, no contact for 34 days · Dana')
    expect(aloud(message!)).toContain('has not looked for 48 h')
    expect(message!.metadata?.event_payload).toMatchObject({ owner_id: null, account_ids: ['1'] })
  })

  test.each([
    ['nothing came to them yet', null, null, false],
    ['their first digest came today', DAYS_AGO(0), null, false],
    ['they looked yesterday', DAYS_AGO(30), DAYS_AGO(1), false],
    ['they looked last week', DAYS_AGO(30), DAYS_AGO(7), true],
  ])('tells who has not looked, but not when %s', (_, firstDigestAt, lookedAt, told) => {
    const owner = { name: 'Dana', accounts: 42, needing: 3, waiting: 2, lookedAt, firstDigestAt }
    const words = aloud(renderTeamDigest(team({ owners: [owner] }))!)

    expect(words).toContain('Dana: 3 of 42 accounts need someone, 2 decisions waiting')
    expect(words.includes('has not looked for 48 h')).toBe(told)
  })

  test('counts deals in the same trouble instead of repeating them', () => {
    const [account] = team().attention
    const signals = [30, 40].map((value) => ({ kind: 'stalled_deal' as const, value }))

    expect(aloud(renderTeamDigest(team({ attention: [{ ...account!, signals }] }))!)).toContain(
      '– 2 deals have not moved for 40 days · Dana',
    )
  })

  test('is not sent when nothing needs anybody', () => {
    expect(renderTeamDigest(team({ attention: [], upcoming: [] }))).toBeNull()
  })
})

describe('the portfolio', () => {
  const standings = [standing('Calm', 0), standing('Acme Corp', 85), standing('Beta', 30)]
  const portfolio = {
    title: 'Your portfolio',
    standings,
    needing: 2,
    owned: 3,
    ownRole: 'owner' as const,
    ownerNames: null,
    moved: [],
    upcoming: [],
    analysed: 3,
    skipped: { count: 0, why: '' },
    asOf: FRIDAY,
    degraded: [],
    zone: 'UTC',
    now: FRIDAY,
  }

  test('is a table, most pressing first, or a list where there are no tables', () => {
    const table = renderPortfolio(portfolio)
    const list = renderPortfolio(portfolio, { tables: false })

    expect(aloud(table)).toMatch(/Acme Corp\ncritical[\s\S]*Beta\nsome[\s\S]*Calm\nnone seen/)
    expect(table.text).toBe('Your portfolio: 2 of 3 accounts need you.')
    expect(list.blocks.some(({ type }) => type === 'table')).toBe(false)
    expect(aloud(list)).toMatch(
      /Acme Corp\* – critical risk[\s\S]*Beta\* – some risk[\s\S]*Calm\* – no risk seen/,
    )
  })

  test('of a team names the owners', () => {
    const words = aloud(renderPortfolio({ ...portfolio, ownerNames: new Map([['acc-Beta', 'Bo']]) }))

    expect(words).toContain('Owner')
    expect(words).toContain('Beta\nBo\n')
    expect(words).toContain('Calm\nno owner\n')
  })

  test('says what to expect while it is empty', () => {
    const empty = (more: Partial<Portfolio>) =>
      aloud(renderPortfolio({ ...portfolio, standings: [], owned: 0, ...more }))

    expect(empty({ asOf: null })).toContain('after the first sync')
    expect(empty({ owned: 3 })).toContain('not reviewed yet')
    expect(empty({ ownRole: 'manager' })).toContain('`/portfolio team` shows your reports’')
    expect(empty({ ownRole: 'admin' })).toContain('You own no accounts')
  })
})

describe('approvals', () => {
  const waiting = (n: number, more: Partial<WaitingApproval> = {}): WaitingApproval => ({
    recommendationId: `r${n}`,
    ref: `a${n}:1`,
    accountName: `Account ${n}`,
    title: 'Call',
    actionClass: 'activity',
    requiredDeciders: 1,
    confidence: 0.7,
    expiresAt: FRIDAY,
    askedName: null,
    ...more,
  })

  test('are counted apart: the reader’s own, and their reports’', () => {
    const theirs = waiting(2, { askedName: 'Dana Fox' })

    expect(renderApprovals([waiting(1), theirs], 'UTC').text).toBe(
      '1 decision waiting for you, 1 for your reports.',
    )
    expect(renderApprovals([theirs], 'UTC').text).toBe('1 decision waiting for your reports.')
    expect(aloud(renderApprovals([theirs], 'UTC'))).toContain('to decide: Dana Fox')
  })

  test('names in the dialog what each of ten presses at once would do', () => {
    const title = 'Call Jane about the renewal of the maintenance contract'
    const ten = Array.from({ length: 10 }, (_, n) => waiting(n, { accountName: `Northwind ${n}`, title }))
    const [, dialog = ''] =
      /"confirm":\{.*?"text":\{[^}]*"text":"(Creates[^"]*)"/.exec(
        JSON.stringify(renderApprovals(ten, 'UTC')),
      ) ?? []

    expect(dialog.match(/Northwind \d: Call Jane/g)).toHaveLength(10)
  })

  test('shows ten rows and offers to approve the harmless ones together', () => {
    const message = renderApprovals(
      Array.from({ length: 12 }, (_, n) => waiting(n)),
      'UTC',
    )

    expect(actionIds(message).filter((id) => id === 'approvals.review')).toHaveLength(10)
    expect(aloud(message)).toContain('2 more after these')
    expect(JSON.stringify(message)).toContain('"value":"a0:1,a1:1,a2:1')
    expect(blockProblems(message.blocks, 'message')).toEqual([])
  })

  test.each<[string, Partial<WaitingApproval>]>([
    ['of an amount', { actionClass: 'amount' }],
    ['that needs two people', { requiredDeciders: 2 }],
    ['that needs a second look', { confidence: 0.55 }],
  ])('never approves one %s together with others', (_, more) => {
    expect(actionIds(renderApprovals([waiting(1), waiting(2, more)], 'UTC'))).not.toContain('approvals.batch')
    expect(actionIds(renderApprovals([waiting(1), waiting(2)], 'UTC'))).toContain('approvals.batch')
  })

  test('says so when nothing waits', () => {
    expect(renderApprovals([], 'UTC').text).toBe('Nothing is waiting for your decision.')
  })
})

describe('help and status', () => {
  test('help lists what this person may type', () => {
    expect(aloud(renderHelp('owner'))).not.toContain('stop-writes')
    expect(aloud(renderHelp('admin'))).toContain('stop-writes')
    expect(renderHelp('none')).toEqual(renderNoRole())
    expect(aloud(renderDigestReason({ digestTime: '06:00', zone: 'UTC' }))).toContain('06:00 (UTC)')
  })

  const status = (more: Partial<Status> = {}): Status => ({
    asOf: FRIDAY,
    degraded: [],
    lastReviewAt: FRIDAY,
    nextDigestAt: null,
    writesStopped: null,
    waiting: 3,
    writing: 0,
    failed: 0,
    deadLetters: 0,
    unsent: 0,
    switchedOff: [],
    weakPreconditions: [],
    zone: 'UTC',
    now: FRIDAY,
    ...more,
  })

  test('status says that all is well, or each thing that is not', () => {
    expect(renderStatus(status()).text).toBe('Everything works: 3 decisions waiting, 0 being written.')

    const words = aloud(
      renderStatus(
        status({
          writesStopped: { by: 'Ada', at: FRIDAY },
          failed: 1,
          switchedOff: ['Renewal date'],
          asOf: null,
        }),
      ),
    )

    expect(words).toContain('4 things to know')
    expect(words).toContain('Writing to Zoho was stopped by Ada')
    expect(words).toContain('Not written: 1 approved change. Its card says why and offers another try.')
    expect(words).toContain('Off, because Zoho has no such field: Renewal date.')
  })
})

test('every message is taken by Slack whatever stands in the CRM, and nothing in it comes alive', () => {
  const reader = { zone: 'UTC', now: FRIDAY, recordUrl: () => null }
  fc.assert(
    fc.property(hostileText, hostileText, (one, other) => {
      const evidence = Array.from({ length: 7 }, () => ({
        module: 'Calls' as const,
        recordId: '12345',
        label: other,
        at: one,
      }))
      const rationale = Array.from({ length: 15 }, () => ({ text: one, evidence }))
      const standings = Array.from({ length: 40 }, (_, n) => standing(n % 2 ? one : other, n))
      const base = { ...brief().account, name: one, statusText: other, renewalDate: other }
      const letters = (['write', 'message', 'job', 'webhook', 'write'] as const).map((kind, n) => ({
        id: `${kind}-${n}`,
        kind,
        state: n === 4 ? ('unanswered' as const) : ('failed' as const),
        what: one,
        account: n % 2 ? other : null,
        accountId: null,
        since: FRIDAY,
        error: other,
        detail: {},
      }))
      const messages: (Message | null)[] = [
        renderDeadLetters({
          counts: { write: 70, message: 2, job: 1, webhook: 1 },
          letters,
          zone: 'UTC',
          now: FRIDAY,
        }),
        renderBrief(
          brief({
            account: base,
            ownerName: other,
            lastTouch: { label: one, at: FRIDAY },
            whatChanged: [{ text: one, at: FRIDAY }],
            recommendations: [{ id: 'r', title: other, state: 'open', cardUrl: null }],
            degraded: [one],
          }),
        ),
        renderProgress({ accountName: one, steps: [{ agent: 'Data Scout', state: 'done', note: other }] }),
        renderEvidence(
          {
            accountName: one,
            rationale,
            standing: standing(other, 60),
            account: { id: '12345', status: 'active' },
          },
          reader,
        ),
        renderHistory({
          accountName: one,
          timeline: Array.from({ length: 40 }, () => ({
            at: other,
            kind: 'note' as const,
            text: one,
            evidence: null,
          })),
          past: [],
          summary: other,
          zone: 'UTC',
          now: FRIDAY,
        }),
        renderAmbiguous(one, [{ id: 'a', name: other, ownerName: one, hint: other }]),
        renderNotFound(one),
        renderPortfolio({
          title: one,
          standings,
          needing: 1,
          owned: 40,
          ownRole: null,
          ownerNames: new Map([['acc-1', one]]),
          moved: [moved(one, { text: other })],
          upcoming: [upcoming(one, other)],
          analysed: 1,
          skipped: { count: 1, why: other },
          asOf: null,
          degraded: [other],
          zone: one,
          now: FRIDAY,
        }),
        renderApprovals(
          Array.from({ length: 11 }, (_, n) => ({
            recommendationId: `r${n}`,
            ref: `a${n}:1`,
            accountName: one,
            title: other,
            actionClass: 'activity' as const,
            requiredDeciders: 1,
            confidence: 0.7,
            expiresAt: FRIDAY,
            askedName: one,
          })),
          'UTC',
        ),
      ]

      for (const message of messages) {
        expect(blockProblems(message?.blocks, 'message')).toEqual([])
        expect(liveMarkup(message ?? {})).toEqual([])
        expect(message?.text.length).toBeLessThanOrEqual(80)
      }
    }),
    { numRuns: 60 },
  )
})
