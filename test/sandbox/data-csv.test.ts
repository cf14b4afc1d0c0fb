import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConfigError } from '../../src/errors.ts'
import type { ZohoRecord } from '../../src/sandbox/data/crm-data.ts'
import { loadCompany } from '../../src/sandbox/data/csv-company.ts'
import { contactBySilence, reasonsToAct } from './reasons-to-act.ts'

const NOW = new Date('2026-11-20T15:00:00Z')
const FILES = {
  'accounts.csv': `id,company_name,industry,employee_count,annual_revenue,street_address,city,state,zip_code,country,website,description
1,Twin,Retail,10,1000,,,,,,https://twin.example,
2,Twin,Retail,20,,,,,,,,
7,Quiet,,,,,,,,,,
`,
  'contacts.csv': `contact_id,first_name,last_name,email,phone,title,department,account_id,contact_owner
11,Ada,Berg,ada@twin.example,,CEO,,1,Sarah Chen
5,Bo,Dahl,,,,,1,David Kim
12,Cy,Ek,,,,,7,James O'Brien
`,
  'deals.csv': `deal_id,deal_name,account_id,contact_id,pipeline,segment,stage,amount,created_date,close_date,deal_status,deal_owner,loss_reason,subscription_type
1,First,1,11,New Business,SMB,Closed Won,500,2025-01-10,2025-02-20,Won,Sarah Chen,,Annual
2,Second,1,,Renewal,SMB,Discovery,700,2025-08-01,,Open,David Kim,,
3,Trial,2,,Self-Serve,,Converted,10,2025-03-01,2025-03-05,Won,,,
`,
  'activities.csv': `activity_id,activity_type,subject,activity_date,account_id,contact_id,deal_id,duration_minutes,activity_owner,note_body,email_subject,email_body,email_direction,email_status,call_notes,call_duration,call_disposition,call_direction,meeting_title,meeting_description,meeting_start_time
1,Email,Hello,2025-10-01,1,11,2,,David Kim,,Hello there,"Hi Ada,

two lines",INBOUND,RECEIVED,,,,,,,
2,Meeting,Review,2025-10-02,1,,,45,David Kim,,,,,,,,,,Quarterly review,All good,2025-10-02T15:15:00
3,Phone Call,Ring,2025-10-03,1,11,,,Sarah Chen,,,,,,Spoke,12,Connected,INBOUND,,,
4,LinkedIn,Connect,2025-10-04,1,,,,David Kim,Hi,,,,,,,,,,,
5,Note,Remember,2025-10-05,2,,,,David Kim,Likes tea,,,,,,,,,,,
`,
}

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crm-csv-'))
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const edit = (file: keyof typeof FILES, from: string, to: string) => {
  const text = readFileSync(join(folder, file), 'utf8')
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`)
  writeFileSync(join(folder, file), text.replace(from, to))
}
const problems = (): readonly string[] => {
  try {
    loadCompany(folder, NOW)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}
const named = (records: ZohoRecord[], field: string, value: string) =>
  records.find((record) => record[field] === value)

test('the newest activity of all becomes the day before now, and each kind becomes its Zoho record', () => {
  const { records } = loadCompany(folder, NOW)

  expect(records.Notes).toMatchObject([
    {
      Note_Title: 'Remember',
      Note_Content: 'Likes tea',
      Created_Time: expect.stringContaining('2026-11-19T'),
    },
  ])
  expect(named(records.Tasks, 'Subject', 'E-mail: Hello there')).toMatchObject({
    Status: 'Completed',
    $se_module: 'Deals',
    Description: 'Direction: Inbound\nStatus: RECEIVED\n\nHi Ada,\n\ntwo lines',
    Closed_Time: expect.any(String),
  })
  expect(named(records.Tasks, 'Subject', 'LinkedIn: Connect')).toMatchObject({ Status: 'Completed' })
  expect(records.Calls).toMatchObject([
    {
      Subject: 'Ring',
      Call_Type: 'Inbound',
      Call_Duration: '12:00',
      Call_Result: 'Connected',
      Description: 'Spoke',
    },
  ])
  expect(records.Events).toMatchObject([
    {
      Event_Title: 'Quarterly review',
      Start_DateTime: expect.stringContaining('T15:15:00'),
      Description: 'All good',
    },
  ])
})

test('an account belongs to the owner of its newest deal, else of its first contact; two may share a name', () => {
  const { records, people } = loadCompany(folder, NOW)

  expect(records.Accounts.map((account) => [account.External_Id, account.Account_Name])).toEqual([
    ['1', 'Twin'],
    ['2', 'Twin'],
    ['7', 'Quiet'],
  ])
  expect(records.Accounts[0]?.Owner).toMatchObject({ name: 'David Kim', email: 'david.kim@example.com' })
  expect(records.Accounts[1]?.Owner).toBeNull()
  expect(records.Accounts[2]?.Owner).toMatchObject({
    name: "James O'Brien",
    email: 'james.obrien@example.com',
  })
  const manager = people.find((person) => person.role === 'manager')
  expect(people.filter((person) => person.role === 'owner').map((person) => person.managerCrmId)).toEqual([
    manager?.crmId,
    manager?.crmId,
    manager?.crmId,
  ])
  expect(people.filter((person) => person.crmId === null)).toMatchObject([{ role: 'none' }])
})

test('deals keep their pipeline, and an open one has no closing date', () => {
  const { records } = loadCompany(folder, NOW)

  expect(named(records.Deals, 'Deal_Name', 'Second')).toMatchObject({
    Stage: 'Qualification',
    Pipeline: 'Renewal',
    Type: 'Existing Business',
    Closing_Date: null,
    Amount: 700,
  })
  expect(named(records.Deals, 'Deal_Name', 'Trial')).toMatchObject({ Stage: 'Closed Won', Probability: 100 })
})

test('compressed files are read as well', () => {
  const plain = loadCompany(folder, NOW)
  for (const [name, text] of Object.entries(FILES)) {
    rmSync(join(folder, name))
    writeFileSync(join(folder, `${name}.gz`), gzipSync(text))
  }

  expect(loadCompany(folder, NOW)).toEqual(plain)
})

test.each([
  ['accounts.csv', ',20,,', ',many,,', 'accounts.csv, row 3, column employee_count: "many" is not a number'],
  ['accounts.csv', '7,Quiet', '2,Quiet', 'accounts.csv, row 4, column id: 2 is already in row 3'],
  ['accounts.csv', '7,Quiet', '7,', 'accounts.csv, row 4, column company_name: a value is missing'],
  ['accounts.csv', 'company_name', 'name', 'accounts.csv, row 1, column company_name: the column is missing'],
  ['contacts.csv', ',7,James', ',70,James', 'contacts.csv, row 4, column account_id: there is no account 70'],
  [
    'deals.csv',
    '2025-08-01',
    '2025-02-30',
    'deals.csv, row 3, column created_date: "2025-02-30" is not a date (YYYY-MM-DD)',
  ],
  [
    'deals.csv',
    '2025-03-05,Won',
    ',Won',
    'deals.csv, row 4, column close_date: a closed deal needs the day it closed',
  ],
  ['activities.csv', '4,LinkedIn', '4,Fax', 'activities.csv, row 5, column activity_type: "Fax" is none of'],
  // The e-mail before it spans three lines, so rows are counted, not lines.
  [
    'activities.csv',
    '12,Connected',
    'x,Connected',
    'activities.csv, row 4, column call_duration: "x" is not a number',
  ],
] as const)(
  '%s with %s replaced by %s is refused with file, row, column and reason',
  (file, from, to, reason) => {
    edit(file, from, to)

    expect(problems()).toContainEqual(expect.stringContaining(reason))
  },
)

test('a broken row is one problem, not one more for everything that belongs to it', () => {
  edit('accounts.csv', '1,Twin,Retail,10', '1,Twin,Retail,ten')

  expect(problems()).toEqual(['accounts.csv, row 2, column employee_count: "ten" is not a number'])
})

test('the first twenty problems are listed and the rest counted', () => {
  const rows = Array.from({ length: 30 }, (_, index) => `${100 + index},,,x,,,,,,,,`)
  writeFileSync(join(folder, 'accounts.csv'), `${FILES['accounts.csv']}${rows.join('\n')}\n`)

  expect(problems()).toHaveLength(21)
  expect(problems().at(-1)).toBe('… and 40 more')
})

test('a missing file and an unbalanced quote are told', () => {
  rmSync(join(folder, 'deals.csv'))
  edit('activities.csv', 'two lines"', 'two lines')

  expect(problems()).toEqual(
    expect.arrayContaining([
      expect.stringContaining('there is no such file'),
      expect.stringContaining('activities.csv, row '),
    ]),
  )
})

const shared = process.env.SERGAS_SHARED ?? resolve(import.meta.dirname, '../../../shared')
const demo = join(shared, 'data', 'crm-demo')
if (!existsSync(demo)) console.warn(`skipped: there is no ${demo}`)

describe.skipIf(!existsSync(demo))('the company of crm-demo', () => {
  test('gives reason to act for some accounts, and none for clearly more than half', () => {
    const company = loadCompany(demo, NOW)

    const reasons = reasonsToAct(company, NOW)
    const withReason = [...reasons.values()].filter((each) => each.length > 0)

    expect(company.records.Accounts).toHaveLength(150)
    expect(withReason.length).toBeGreaterThanOrEqual(35)
    expect(withReason.length).toBeLessThanOrEqual(60)
    for (const reason of ['silent', 'stalled', 'renewal', 'handed over'] as const) {
      expect(withReason.flat()).toContain(reason)
    }
    const owners = new Set(
      company.records.Accounts.filter((account) => reasons.get(account.id)?.length).map((account) =>
        JSON.stringify(account.Owner),
      ),
    )
    expect(owners.size).toBe(6)
  })

  test('holds no activity that the files do not hold, none of the future, and the newest is of yesterday', () => {
    const company = loadCompany(demo, NOW)
    const { Tasks, Events, Calls, Notes } = company.records

    expect(Tasks.length + Events.length + Calls.length + Notes.length).toBeLessThan(1891)
    expect(Math.min(...contactBySilence(company, NOW).values())).toBeLessThan(2)
    expect(Math.min(...contactBySilence(company, NOW).values())).toBeGreaterThan(0)
  })

  test('is the same in every run, and moves on with the day', () => {
    const tomorrow = new Date(NOW.getTime() + 86_400_000)

    expect(loadCompany(demo, NOW)).toEqual(loadCompany(demo, NOW))
    expect(loadCompany(demo, tomorrow).records.Accounts.map((each) => each.id)).toEqual(
      loadCompany(demo, NOW).records.Accounts.map((each) => each.id),
    )
  })

  test('one bad row anywhere refuses all of it', () => {
    for (const file of Object.keys(FILES)) writeFileSync(join(folder, file), readFileSync(join(demo, file)))
    const lines = readFileSync(join(demo, 'contacts.csv'), 'utf8').split('\n')
    lines[200] = (lines[200] ?? '').replace(/,(\d+),([^,]*)$/, ',999,$2')
    writeFileSync(join(folder, 'contacts.csv'), lines.join('\n'))

    expect(problems()).toEqual(['contacts.csv, row 201, column account_id: there is no account 999'])
  })
})
