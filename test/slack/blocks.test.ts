import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { blockProblems } from '../../src/sandbox/slack/block-kit.ts'
import {
  actions,
  button,
  context,
  fieldsSection,
  header,
  overflow,
  plainMessage,
  section,
  summary,
  table,
} from '../../src/slack/blocks.ts'
import { calendarDay, date, daysFrom, duration, elapsed, moment, zoneInWords } from '../../src/slack/dates.ts'
import { checkboxes, input, modal, select, textInput, timepicker } from '../../src/slack/inputs.ts'
import {
  bullets,
  harmless,
  inert,
  link,
  mrkdwn,
  person,
  truncate,
  truncateMrkdwn,
  visible,
} from '../../src/slack/mrkdwn.ts'
import { hostileText, liveMarkup } from './hostile-text.ts'

describe('words that are not ours', () => {
  test('come out without mention, link, formatting or quotation', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const shown = harmless(text)

        expect(liveMarkup({ text: shown })).toEqual([])
        expect(shown).not.toMatch(/[*~`]/)
        expect(shown).not.toMatch(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/u)
        expect(shown).not.toMatch(/:[^\s:]+:/)
      }),
    )
  })

  test('still read as they were written', () => {
    expect(harmless('R&D at Booking.com, "Q3_plan", 50 % off – 3.5 k')).toBe(
      'R&amp;D at Booking․com, "Q3_plan", 50 % off – 3.5 k',
    )
    expect(inert('see https://acme.io/x')).toBe('see https∶//acme․io/x')
    expect(visible('a\u200Bb\u202Ec\r\nd')).toBe('abc\nd')
  })

  test('go into a template as text, while our own markup stays', () => {
    expect(mrkdwn`*Owner*: ${'<!channel> *x*'} ${mrkdwn`_${'y'}_`}`.mrkdwn).toBe(
      '*Owner*: &lt;!channel&gt; ∗x∗ _y_',
    )
  })

  test('cannot escape from a link, and a link only leads to a web page', () => {
    expect(link('https://crm.example.test/Deals/1', 'a|b>c').mrkdwn).toBe(
      '<https://crm.example.test/Deals/1|a∣b&gt;c>',
    )
    expect(link('javascript:alert(1)', 'Deal').mrkdwn).toBe('Deal')
    expect(link(null, 'Deal').mrkdwn).toBe('Deal')
  })

  test('a person is mentioned only by something that looks like a Slack id', () => {
    expect(person({ name: 'Dana', slackUserId: 'U0DANA' }).mrkdwn).toBe('<@U0DANA>')
    expect(person({ name: 'Dana', slackUserId: 'U1> <!channel' }).mrkdwn).toBe('Dana')
    expect(person({ name: '<@U9>', slackUserId: null }).mrkdwn).toBe('&lt;@U9&gt;')
  })
})

describe('cutting', () => {
  test('keeps within the limit and between code points', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 1, max: 100 }), (text, max) => {
        const cut = truncate(text.replaceAll(/\p{Cs}/gu, ''), max)

        expect(cut.length).toBeLessThanOrEqual(max)
        expect(cut).not.toMatch(/\p{Cs}/u)
      }),
    )
  })

  test('what is read aloud ends with a whole word, and an answer with its first sentence', () => {
    expect(summary(`${'A decision '.repeat(7)}nothing`)).toMatch(/ decision…$/)
    expect(plainMessage('Nothing was done. Ask an admin.').text).toBe('Nothing was done. Ask an admin.')
    expect(plainMessage(`Nothing was done. Ask ${'an admin or '.repeat(9)}nobody.`).text).toBe(
      'Nothing was done.',
    )
    expect(plainMessage(mrkdwn`Snoozed until ${date(new Date(0), 'time', 'UTC')}. It returns.`).text).toBe(
      'Snoozed until 00:00. It returns.',
    )
  })

  test('says that something went', () => {
    expect(truncate('abcdef', 4)).toBe('abc…')
    expect(truncate('abcd', 4)).toBe('abcd')
    expect(truncate('👍👍👍', 4)).toBe('👍…')
  })

  test('never cuts inside markup', () => {
    const text = mrkdwn`${'R&D'} ${date(new Date(0), 'time', 'UTC')} end`

    expect(truncateMrkdwn(text, 5)).toBe('R…')
    expect(truncateMrkdwn(text, 20)).toBe('R&amp;D…')
  })
})

describe('blocks', () => {
  test('are taken by Slack whatever the words are', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (one, other) => {
        const blocks = [
          header(one),
          section(one),
          section(mrkdwn`*${one}*\n${bullets([one, other])}`, {
            accessory: button({ text: other, action: 'a', value: '1', label: one }),
          }),
          fieldsSection(Array.from({ length: 12 }, () => ({ label: one, value: other }))),
          context([one, mrkdwn`${other}`]),
          actions([
            button({ text: one, action: 'b', value: '', confirm: { title: one, text: other, confirm: one } }),
            overflow('c', [{ text: one, value: 'x' }]),
          ]),
          table(
            [one, other],
            Array.from({ length: 120 }, () => [other, one]),
          ),
        ]

        expect(blockProblems(blocks, 'message')).toEqual([])
        expect(liveMarkup({ text: summary(one), ...{ blocks } })).toEqual([])
        expect(summary(one).length).toBeLessThanOrEqual(80)
      }),
      { numRuns: 60 },
    )
  })

  test('modals and their inputs are too', () => {
    fc.assert(
      fc.property(
        hostileText,
        fc.uniqueArray(hostileText, { minLength: 1, maxLength: 20 }),
        (text, choices) => {
          const options = choices.map((value) => ({ text: value, value }))
          const menu = select('a', options.concat({ text: 'other', value: 'other' }), {
            initial: choices[0]!,
            placeholder: text || 'x',
          })
          const view = modal({
            title: text,
            callback: 'c',
            metadata: 'm',
            submit: text,
            blocks: [
              input({ blockId: 'one', label: text, element: menu, hint: text }),
              input({
                blockId: 'two',
                label: text,
                element: textInput('b', text.slice(0, 3000), { multiline: true }),
              }),
              section('t', { accessory: timepicker('t', text) }),
              section('d', { accessory: checkboxes('d', [{ text: 'One', value: '1' }], [text, '1']) }),
            ],
          })

          expect(blockProblems(view.blocks, 'modal')).toEqual([])
          expect(view.title.text.length).toBeLessThanOrEqual(24)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('more than a hundred choices are grouped, none lost', () => {
    const choices = Array.from({ length: 250 }, (_, n) => ({ text: `Choice ${n}`, value: `c${n}` }))

    const menu = select('a', choices, { initial: 'c249' })

    expect(menu.option_groups?.flatMap(({ options }) => options)).toHaveLength(250)
    expect(menu.initial_option).toMatchObject({ value: 'c249' })
    expect(blockProblems([actions([menu])], 'message')).toEqual([])
  })

  test('a text too long to edit is refused, not cut', () => {
    expect(() => textInput('Description', 'x'.repeat(3001))).toThrow(RangeError)
  })
})

describe('dates', () => {
  const now = new Date('2026-11-20T23:30:00Z')

  test('carry the instant for Slack and the reader zone as fallback', () => {
    expect(date(new Date('2026-11-20T08:14:00Z'), 'dayTime', 'Europe/Berlin').mrkdwn).toBe(
      '<!date^1795162440^{day_divider_pretty} at {time}|Fri 20 Nov at 09:14>',
    )
    expect(moment(new Date('2026-11-20T08:14:00Z'), 'time', 'America/New_York')).toBe('03:14')
    expect(moment(new Date('2026-11-20T08:14:00Z'), 'time', 'Not/AZone')).toBe('08:14')
  })

  test('are days of the reader, and a bare date is the same day everywhere', () => {
    expect(daysFrom('2026-11-20', now, 'UTC')).toBe('today')
    expect(daysFrom('2026-11-20', now, 'Europe/Berlin')).toBe('yesterday')
    expect(daysFrom('2026-11-20T23:30:00Z', now, 'Europe/Berlin')).toBe('today')
    expect(daysFrom('2026-12-20', now, 'UTC')).toBe('in 30 days')
    expect(daysFrom('someday', now, 'UTC')).toBeNull()
    expect(calendarDay('2026-09-15', now, 'UTC')).toBe('15 Sep')
    expect(calendarDay('2027-01-15', now, 'UTC')).toBe('15 Jan 2027')
    expect(calendarDay('someday', now, 'UTC')).toBe('someday')
  })

  test('a length of time is in the largest unit that keeps it, and a zone has its people’s name', () => {
    expect([72 * 3_600_000, 45 * 60_000, 20_000, 0].map(duration)).toEqual(['72 h', '45 min', '20 s', '1 s'])
    expect(['America/Los_Angeles', 'Europe/Berlin', 'UTC'].map(zoneInWords)).toEqual([
      'Los Angeles time',
      'Berlin time',
      'UTC',
    ])
  })

  test('ages are in the unit a person would use', () => {
    const ago = (minutes: number) => elapsed(new Date(now.getTime() - minutes * 60_000), now)

    expect([ago(0), ago(12), ago(180), ago(4320)]).toEqual([
      'just now',
      '12 min ago',
      '3 h ago',
      '3 days ago',
    ])
  })
})
