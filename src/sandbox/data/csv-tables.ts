import { ConfigError } from '../../errors.ts'
import { createProblems, needed, optional, type Problems, type Row, readTable } from './csv-table.ts'

const ACCOUNTS = {
  id: needed('id'),
  company_name: needed('text'),
  industry: optional('text'),
  employee_count: optional('number'),
  annual_revenue: optional('number'),
  street_address: optional('text'),
  city: optional('text'),
  state: optional('text'),
  zip_code: optional('text'),
  country: optional('text'),
  website: optional('text'),
  description: optional('text'),
} as const
const CONTACTS = {
  contact_id: needed('id'),
  first_name: optional('text'),
  last_name: needed('text'),
  email: optional('text'),
  phone: optional('text'),
  title: optional('text'),
  department: optional('text'),
  account_id: needed('id'),
  contact_owner: optional('text'),
} as const
const DEALS = {
  deal_id: needed('id'),
  deal_name: needed('text'),
  account_id: needed('id'),
  contact_id: optional('id'),
  pipeline: needed('text'),
  segment: optional('text'),
  stage: needed('text'),
  amount: optional('number'),
  created_date: needed('date'),
  close_date: optional('date'),
  deal_status: needed('text'),
  deal_owner: optional('text'),
  loss_reason: optional('text'),
  subscription_type: optional('text'),
} as const
const ACTIVITIES = {
  activity_id: needed('id'),
  activity_type: needed('text'),
  subject: needed('text'),
  activity_date: needed('date'),
  account_id: needed('id'),
  contact_id: optional('id'),
  deal_id: optional('id'),
  duration_minutes: optional('number'),
  activity_owner: optional('text'),
  note_body: optional('text'),
  email_subject: optional('text'),
  email_body: optional('text'),
  email_direction: optional('text'),
  email_status: optional('text'),
  call_notes: optional('text'),
  call_duration: optional('number'),
  call_disposition: optional('text'),
  call_direction: optional('text'),
  meeting_title: optional('text'),
  meeting_description: optional('text'),
  meeting_start_time: optional('time'),
} as const

export type AccountRow = Row<typeof ACCOUNTS>
export type ContactRow = Row<typeof CONTACTS>
export type DealRow = Row<typeof DEALS>
export type ActivityRow = Row<typeof ACTIVITIES>
export type CompanyRows = {
  accounts: AccountRow[]
  contacts: ContactRow[]
  deals: DealRow[]
  activities: ActivityRow[]
}

/** How a stage of the files is called in the sandbox company's Zoho. */
export const STAGES: Record<string, string> = {
  Lead: 'Qualification',
  Discovery: 'Qualification',
  Qualified: 'Qualification',
  'Upcoming Renewal': 'Qualification',
  'Needs Analysis': 'Needs Analysis',
  'Expansion Identified': 'Needs Analysis',
  'Customer Review': 'Value Proposition',
  'Demo/Evaluation': 'Value Proposition',
  Proposal: 'Proposal',
  'Renewal Proposal': 'Proposal',
  Negotiation: 'Negotiation',
  'Closed Won': 'Closed Won',
  Converted: 'Closed Won',
  'Closed Lost': 'Closed Lost',
  Churned: 'Closed Lost',
}
const PIPELINES = ['New Business', 'Renewal', 'Expansion', 'Self-Serve']
const DEAL_STATUSES = ['Open', 'Won', 'Lost']
const ACTIVITY_TYPES = ['Email', 'Meeting', 'Phone Call', 'LinkedIn', 'Note']

/** @throws ConfigError naming file, row, column and reason of the first twenty problems, when there is any. */
export function readCompanyRows(folder: string): CompanyRows {
  const problems = createProblems()
  const accounts = readTable(folder, 'accounts', { columns: ACCOUNTS, key: 'id', problems })
  const contacts = readTable(folder, 'contacts', { columns: CONTACTS, key: 'contact_id', problems })
  const deals = readTable(folder, 'deals', { columns: DEALS, key: 'deal_id', problems })
  const activities = readTable(folder, 'activities', { columns: ACTIVITIES, key: 'activity_id', problems })

  for (const table of [contacts, deals, activities]) {
    refer(table, 'account_id', { ids: accounts.keys, to: 'account', problems })
  }
  for (const table of [deals, activities]) {
    refer(table, 'contact_id', { ids: contacts.keys, to: 'contact', problems })
  }
  refer(activities, 'deal_id', { ids: deals.keys, to: 'deal', problems })
  oneOf(deals, 'stage', { words: Object.keys(STAGES), problems })
  oneOf(deals, 'pipeline', { words: PIPELINES, problems })
  oneOf(deals, 'deal_status', { words: DEAL_STATUSES, problems })
  oneOf(activities, 'activity_type', { words: ACTIVITY_TYPES, problems })
  for (const deal of deals.rows) {
    if (deal.deal_status !== 'Open' && deal.close_date === null) {
      problems.add(deals.file, deal.row, 'close_date', 'a closed deal needs the day it closed')
    }
  }

  const found = problems.list()
  if (found.length > 0) throw new ConfigError(found)
  return {
    accounts: accounts.rows,
    contacts: contacts.rows,
    deals: deals.rows,
    activities: activities.rows,
  }
}

function refer<Column extends string>(
  table: { file: string; rows: ({ row: number } & Record<Column, string | null>)[] },
  column: Column,
  { ids, to, problems }: { ids: ReadonlySet<string>; to: string; problems: Problems },
) {
  for (const row of table.rows) {
    const id = row[column]
    if (id !== null && !ids.has(id)) problems.add(table.file, row.row, column, `there is no ${to} ${id}`)
  }
}

function oneOf<Column extends string>(
  table: { file: string; rows: ({ row: number } & Record<Column, string>)[] },
  column: Column,
  { words, problems }: { words: readonly string[]; problems: Problems },
) {
  for (const row of table.rows) {
    if (!words.includes(row[column])) {
      problems.add(
        table.file,
        row.row,
        column,
        `${JSON.stringify(row[column])} is none of ${words.join(', ')}`,
      )
    }
  }
}
