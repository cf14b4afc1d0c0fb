import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
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
    expect(words).toContain('*High risk* 1: Acme Corp')
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
    const preferences = Preferences.parse({ digestTime: '07:15', digestDays: [1, 7], quietFrom: '20:00' })
    const view = renderHome(
      home({
        owner: { name: 'Dana', zone: 'UTC', preferences },
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
        home({ owner: { name: 'Dana', zone: 'UTC', preferences: Preferences.parse({ pausedUntil }) } }),
      )

    expect(actionIds(paused('2026-12-01T00:00:00Z'))).toContain('settings.resume')
    expect(actionIds(paused('2026-12-01T00:00:00Z'))).not.toContain('settings.pause')
    expect(actionIds(paused('2026-11-01T00:00:00Z'))).toContain('settings.pause')
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
