import { afterAll, expect, test } from 'vitest'
import { runBacktest } from '../src/backtest-command.ts'
import {
  type ActivityLine,
  type Company,
  csvOf,
  type DealLine,
  dayFrom,
  temporaryFolders,
} from './backtest/csv-folder.ts'
import { sergas } from './flows/bot-process.ts'

const folders = temporaryFolders()
afterAll(() => folders.remove())

const AS_OF = '2025-06-30'

/** Forty customers called each week; every other one is silent since five weeks before the date, for good. */
function company(lastDay = 200): Company {
  const accounts = Array.from({ length: 40 }, (_, index) => String(index + 1))
  const deals = accounts.map(
    (account): DealLine => ({
      id: account,
      account,
      created: dayFrom(AS_OF, -420),
      closed: dayFrom(AS_OF, -400),
      status: 'Won',
    }),
  )
  const activities = accounts.flatMap((account, index): ActivityLine[] =>
    Array.from({ length: 80 }, (_, week) => -390 + week * 7 + (index % 7))
      .filter((day) => day <= lastDay && (index % 2 === 0 || day < -35))
      .map((day) => ({ id: `${account}-${day}`, account, on: dayFrom(AS_OF, day), type: 'Phone Call' })),
  )
  return { accounts, deals, activities }
}

async function backtest(options: Partial<Parameters<typeof runBacktest>[0]>) {
  const printed: string[] = []
  const complaints: string[] = []
  const code = await runBacktest({
    asOf: AS_OF,
    horizonDays: null,
    data: null,
    dir: null,
    json: false,
    env: {},
    print: (line) => printed.push(line),
    complain: (line) => complaints.push(line),
    ...options,
  })
  return { code, printed, text: printed.join('\n'), complaints }
}

test('prints how the risk ranks next to what a plain list would say', async () => {
  const { code, text, complaints } = await backtest({ data: folders.write(csvOf(company())) })

  expect([code, complaints]).toEqual([0, []])
  expect(text).toContain(`As of ${AS_OF}, until 2025-09-28: 40 accounts watched.`)
  expect(text).toContain('Bad 20 (50 %)')
  expect(text).toMatch(/our risk +1\.000/)
  expect(text).toMatch(/days since the last contact +1\.000/)
  expect(text).toMatch(/The riskiest tenth was bad 2\.00 times as often as all\./)
  expect(text).not.toContain('no signal')
  expect(text).toContain('count as not known')
})

test('pools several dates, and says of a date whose horizon is not over that there is no outcome yet', async () => {
  const data = folders.write(csvOf(company()), { gzip: true })
  const later = dayFrom(AS_OF, 150)

  const { text } = await backtest({ data, asOf: `${later},${dayFrom(AS_OF, 10)},${AS_OF},${AS_OF}` })

  expect(text).toContain('All 2 dates together.')
  expect(text).toContain(
    `As of ${later}, until ${dayFrom(later, 90)}: 40 accounts watched. No outcome yet: the data end on`,
  )
})

test('says in a sentence that data without a signal have none', async () => {
  const { accounts, deals } = company()
  const activities = accounts.flatMap((account, index): ActivityLine[] =>
    // What comes after has nothing to do with what came before.
    [-200, -150, -100, -50, ...((index * 7) % 20 < 10 ? [20] : []), ...(index === 0 ? [120] : [])].map(
      (day) => ({
        id: `${account}-${day}`,
        account,
        on: dayFrom(AS_OF, day - (day < 0 ? (index * 11) % 13 : 0)),
        type: 'Email',
      }),
    ),
  )

  const { text } = await backtest({ data: folders.write(csvOf({ accounts, deals, activities })) })

  expect(text).toContain('The data carry no signal for our risk: its interval includes 0.5, which is chance.')
})

test('with --json there is one object for each account and date, and nothing else', async () => {
  const data = folders.write(csvOf(company()))
  const command = sergas(
    ['backtest', '--as-of', `${AS_OF},${dayFrom(AS_OF, 7)}`, '--data', data, '--json'],
    {},
  )

  expect(await command.exited).toBe(0)
  const rows = command
    .output()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

  expect(rows).toHaveLength(80)
  expect(new Set(rows.map(({ as_of, account_id }) => `${as_of} ${account_id}`)).size).toBe(80)
  for (const row of rows) {
    expect(Object.keys(row)).toEqual(['as_of', 'account_id', 'risk', 'level', 'reasons'])
    expect(row.reasons.reduce((sum: number, { points }: { points: number }) => sum + points, 0)).toBe(
      row.risk,
    )
  }
  const silent = rows.find(({ account_id }) => account_id === '2')
  expect(silent.reasons[0].text).toMatch(/^No contact for \d+ days/)
})

const sound = csvOf(company())
const without = (file: string) => Object.fromEntries(Object.entries(sound).filter(([name]) => name !== file))
const changed = (file: string, change: (text: string) => string) => ({
  ...sound,
  [file]: change(sound[file] ?? ''),
})

test.each([
  ['a missing file', without('deals.csv'), /^There is no deals\.csv, nor deals\.csv\.gz, in /],
  ['an empty file', { ...sound, 'accounts.csv': '' }, /^accounts\.csv is empty$/],
  [
    'a file of headings',
    changed('activities.csv', (text) => text.split('\r\n')[0] ?? ''),
    /^activities\.csv has no rows$/,
  ],
  [
    'a missing column',
    changed('deals.csv', (text) => text.replace('close_date', 'closed_on')),
    /^deals\.csv lacks the column close_date$/,
  ],
  [
    'an unreadable date',
    changed('activities.csv', (text) => text.replace(/\d{4}-\d\d-\d\d/, '2025-02-30')),
    /^activities\.csv, row 2, column activity_date: "2025-02-30" is not a date \(YYYY-MM-DD\)$/,
  ],
  [
    'an id given twice',
    changed('accounts.csv', (text) => text.replace('\r\n2,', '\r\n1,')),
    /^accounts\.csv, row 3, column id: "1" is already in row 2$/,
  ],
  [
    'a deal closed on no day',
    changed('deals.csv', (text) => text.replace(dayFrom(AS_OF, -400), '')),
    /^deals\.csv, row 2, column close_date: a closed deal needs the day it closed$/,
  ],
  [
    'a status nobody knows',
    changed('deals.csv', (text) => text.replace(/Won$/m, 'Maybe')),
    /deal_status: "Maybe" is none of Open, Won, Lost$/,
  ],
])('%s is one clear line', async (_, files, sentence) => {
  const { code, printed, complaints } = await backtest({ data: folders.write(files) })

  expect([code, printed, complaints.length]).toEqual([2, [], 1])
  expect(complaints[0]).toMatch(sentence)
  expect(complaints[0]).not.toContain('\n')
})

test.each([
  ['no date', { asOf: null }, /^Say as of when/],
  ['what is no date', { asOf: '2025-06-31' }, /^"2025-06-31" is not a date/],
  ['a comma too many', { asOf: `${AS_OF},` }, /^"" is not a date/],
  [
    'a date before all data',
    { asOf: `2020-01-01,${AS_OF}` },
    /^2020-01-01 lies before all data, which begin on 2024-05-06$/,
  ],
  ['half a day', { horizonDays: '0.5' }, /^"0\.5" is no horizon/],
  ['a folder that is not there', { data: '/nowhere/at/all' }, /^There is no folder \/nowhere\/at\/all$/],
  ['no instance', { data: null, dir: '/nowhere/at/all' }, /^There is no instance in \/nowhere\/at\/all/],
])('%s is one clear line', async (_, asked, sentence) => {
  const { code, printed, complaints } = await backtest({ data: folders.write(sound), ...asked })

  expect([code, printed, complaints.length]).toEqual([2, [], 1])
  expect(complaints[0]).toMatch(sentence)
})
