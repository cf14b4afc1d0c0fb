import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { renderNoRoleHome } from '../../src/digest/help-view.ts'
import { renderHome } from '../../src/digest/home-view.ts'
import { Preferences } from '../../src/model/owner.ts'
import { blockProblems } from '../../src/sandbox/slack/block-kit.ts'
import { actionIds, aloud, choicesOf } from '../slack/aloud.ts'
import { hostileText, liveMarkup } from '../slack/hostile-text.ts'
import { home, suggestion } from './sample-account.ts'
import { standing } from './sample-portfolio.ts'

const many = (n: number) => Array.from({ length: n }, (_, index) => suggestion(index))

describe('App Home', () => {
  test('shows what waits, what is suggested, what was decided and how the portfolio is', () => {
    const words = aloud(renderHome(home()))

    expect(words).toContain('Waiting for you (1)')
    expect(words).toContain('expires Sun 22 Nov at 10:00')
    expect(words).toContain('More suggestions (2)')
    expect(words).toContain('Beta – Move close date to 15 Jan: approved and written to Zoho')
    expect(words).toContain('3 of 42 accounts need you.')
    expect(words).toContain('*High risk* 1: Acme Corp')
    expect(words).toContain('*Low or no risk* 1')
    expect(words).toContain('Next digest Mon 23 Nov at 06:00')
  })

  test('says that it looked and found nothing', () => {
    const words = aloud(renderHome(home({ waiting: [], suggestions: [] })))

    expect(words).toContain('Nothing is waiting for you')
    expect(words).toContain('Checked 42 accounts, nothing needs you.')
  })

  test('shows ten rows of each and says how many more there are', () => {
    const view = renderHome(home({ waiting: many(37), suggestions: many(25) }))

    expect(actionIds(view).filter((id) => id === 'home.review')).toHaveLength(20)
    expect(aloud(view)).toContain('Waiting for you (37)')
    expect(aloud(view)).toContain('27 more wait')
    expect(view.blocks.length).toBeLessThan(100)
  })

  test('holds every setting with its present value', () => {
    const preferences = Preferences.parse({ digestDays: [1, 7], quietFrom: '20:00' })
    const view = renderHome(
      home({
        owner: { name: 'Dana', role: 'owner', zone: 'UTC', preferences },
        digestTime: '07:15',
        mutedAccounts: [{ id: 'a1', name: 'Noisy' }],
      }),
    )
    const json = JSON.stringify(view)

    expect(actionIds(view)).toEqual(
      expect.arrayContaining([
        'settings.digest_time',
        'settings.digest_days',
        'settings.quiet_from',
        'settings.quiet_until',
        'settings.pause',
        'settings.unmute',
      ]),
    )
    expect(json).toContain('"initial_time":"07:15"')
    expect(json).toContain('"initial_time":"20:00"')
    expect(json.match(/"initial_options":(\[.*?\}\])/)?.[1]).toMatch(/Monday.*Sunday/)
    expect(choicesOf(view, 'settings.unmute')).toEqual(['a1'])
  })

  test('offers to resume while paused and to pause otherwise', () => {
    const paused = (pausedUntil: string) =>
      renderHome(
        home({
          owner: {
            name: 'Dana',
            role: 'owner',
            zone: 'UTC',
            preferences: Preferences.parse({ pausedUntil }),
          },
        }),
      )

    expect(actionIds(paused('2026-12-01T00:00:00Z'))).toContain('settings.resume')
    expect(actionIds(paused('2026-12-01T00:00:00Z'))).not.toContain('settings.pause')
    expect(actionIds(paused('2026-11-01T00:00:00Z'))).toContain('settings.pause')
  })

  test('of a manager without accounts says so, and shows what waits for the reports and for whom', () => {
    const view = renderHome(
      home({
        owner: { name: 'Mo', role: 'manager', zone: 'UTC', preferences: Preferences.parse({}) },
        owned: 0,
        analysed: 0,
        waiting: [],
        suggestions: [],
        standings: [],
        reportsWaiting: [{ ...suggestion(1), askedName: 'Dana Fox' }],
      }),
    )
    const words = aloud(view)

    expect(words).toContain('1 decision waiting for your reports')
    expect(words).toContain('Waiting for your reports (1)')
    expect(words).toContain('to decide: Dana Fox')
    expect(words).toMatch(/You own no accounts\. `\/portfolio team` shows your reports’\./)
  })

  test('says by name of the place when the digest comes, and that it never does', () => {
    const preferences = Preferences.parse({ digestDays: [] })
    const owner = { name: 'Dana', role: 'owner' as const, zone: 'America/Los_Angeles', preferences }

    expect(aloud(renderHome(home({ owner })))).toContain('(Los Angeles time)')
    expect(aloud(renderHome(home({ owner })))).toContain('No digest on any day.')
  })

  test('of somebody without a role says whom to ask', () => {
    expect(blockProblems(renderNoRoleHome().blocks, 'home')).toEqual([])
    expect(aloud(renderNoRoleHome())).toContain("You don't have access")
  })

  test('says when writing is stopped', () => {
    expect(aloud(renderHome(home({ writesStopped: 'by Ada' })))).toContain(
      '*Writing to Zoho is stopped* (by Ada)',
    )
  })

  test('is taken by Slack whatever stands in the CRM, and nothing in it comes alive', () => {
    fc.assert(
      fc.property(hostileText, hostileText, fc.integer({ min: 0, max: 60 }), (one, other, n) => {
        const rows = many(n).map((row) => ({ ...row, accountName: one, title: other }))
        const view = renderHome(
          home({
            waiting: rows,
            suggestions: rows,
            reportsWaiting: rows.map((row) => ({ ...row, askedName: other })),
            decided: rows.map(() => ({
              accountName: one,
              title: other,
              outcome: one,
              at: new Date(0),
              url: null,
            })),
            standings: rows.map((_, index) => standing(one, index)),
            mutedAccounts: rows.map((_, index) => ({ id: `a${index}`, name: other })),
            degraded: [one],
            writesStopped: other,
          }),
        )

        expect(blockProblems(view.blocks, 'home')).toEqual([])
        expect(liveMarkup({ ...view, text: '' })).toEqual([])
      }),
      { numRuns: 50 },
    )
  })
})
