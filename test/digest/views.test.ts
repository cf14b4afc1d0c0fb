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
import { renderDigestReason, renderHelp, renderNoRole } from '../../src/digest/help-view.ts'
import { renderPortfolio } from '../../src/digest/portfolio-view.ts'
import { renderStatus, type Status } from '../../src/digest/status-view.ts'
import { renderTeamDigest, type TeamDigest } from '../../src/digest/team-view.ts'
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
    expect(words).toContain('*Last touch*\nCall "Quarterly review", 17 Oct (34 days ago)')
    expect(words).toContain('• Stage Proposal → Negotiation')
    expect(words).toContain('*Next step*\nRe-open the conversation with an e-mail')
    expect(words).toContain('rejected · <https://team.example.test/archives/D1/p1|see the card>')
    expect(actionIds(message)).toEqual(['brief.review', 'brief.draft', 'brief.propose', 'brief.open_in_crm'])
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

describe('the team digest', () => {
  const team = (more: Partial<TeamDigest> = {}): TeamDigest => ({
    id: 'd1',
    team: 'Sales',
    zone: 'Europe/Berlin',
    owners: [{ name: 'Dana', accounts: 42, needing: 3, waiting: 2, lookedAt: null }],
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

  test('is not sent when nothing needs anybody', () => {
    expect(renderTeamDigest(team({ attention: [], upcoming: [] }))).toBeNull()
  })
})

describe('the portfolio', () => {
  const standings = [standing('Calm', 0), standing('Acme Corp', 85), standing('Beta', 30)]
  const portfolio = {
    title: 'Your portfolio',
    standings,
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

    expect(aloud(table)).toMatch(/Acme Corp\ncritical risk[\s\S]*Beta\nsome risk[\s\S]*Calm\nno risk seen/)
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
    expect(aloud(renderPortfolio({ ...portfolio, standings: [] }))).toContain('after the first sync')
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
    expect(words).toContain('Zoho refused 1 approved change.')
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
      const messages: (Message | null)[] = [
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
        renderEvidence({ accountName: one, rationale }, reader),
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
