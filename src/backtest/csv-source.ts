import { InvalidInputError } from '../errors.ts'
import type { Activity, ActivityType, Deal, DealOutcome } from '../model/account.ts'
import { assertFolder, type TableRow, tableFile, tableRows } from './csv-table.ts'
import { type AccountHistory, type HistorySource, noon, type Past } from './history.ts'

/**
 * A folder of accounts, deals, activities and (where there are any) contacts, as CSV, plain or gzipped. The files keep
 * no moves: of an open deal only the day it began is dated, of a closed one also the day it closed.
 */

type Rows = { deals: Past<Deal>[]; activities: Past<Activity>[] }

const OUTCOMES: Record<string, DealOutcome> = { open: 'open', won: 'won', lost: 'lost' }
const TYPES: Record<string, Pick<Activity, 'type' | 'module'>> = {
  email: { type: 'email', module: 'Tasks' },
  meeting: { type: 'meeting', module: 'Events' },
  'phone call': { type: 'call', module: 'Calls' },
  call: { type: 'call', module: 'Calls' },
  note: { type: 'note', module: 'Notes' },
}

/** @throws InvalidInputError in one line, for a folder that cannot be taken as it is */
export async function openCsvSource(folder: string): Promise<HistorySource> {
  assertFolder(folder)
  const accounts = new Map<string, Rows & { name: string }>()
  const strayed = { deals: 0, activities: 0 }
  const days = spanOfDays()

  const accountColumns = { id: 'id', needed: ['id', 'company_name'] }
  for await (const row of tableRows(folder, fileOf(folder, 'accounts'), accountColumns)) {
    accounts.set(row.text('id'), { name: row.text('company_name'), deals: [], activities: [] })
  }
  if (accounts.size === 0) throw new InvalidInputError(`${fileOf(folder, 'accounts')} has no rows`)
  // Contacts weigh nothing in the score; a broken file is said all the same.
  const contactFile = tableFile(folder, 'contacts')
  if (contactFile) {
    const columns = { id: 'contact_id', needed: ['contact_id', 'account_id'] }
    for await (const _ of tableRows(folder, contactFile, columns));
  }

  let deals = 0
  const dealColumns = {
    id: 'deal_id',
    needed: ['deal_id', 'account_id', 'stage', 'created_date', 'close_date', 'deal_status'],
    optional: ['deal_name', 'pipeline', 'amount'],
  }
  for await (const row of tableRows(folder, fileOf(folder, 'deals'), dealColumns)) {
    deals += 1
    const account = accounts.get(row.text('account_id'))
    if (!account) strayed.deals += 1
    const deal = dealOf(row)
    account?.deals.push(deal)
    days.add(deal.createdAt)
    if (deal.outcome !== 'open' && deal.closingDate !== null) days.add(noon(deal.closingDate))
  }
  if (deals === 0) throw new InvalidInputError(`${fileOf(folder, 'deals')} has no rows`)

  let activities = 0
  const activityColumns = {
    id: 'activity_id',
    needed: ['activity_id', 'activity_type', 'activity_date', 'account_id'],
    optional: ['subject', 'completed'],
  }
  for await (const row of tableRows(folder, fileOf(folder, 'activities'), activityColumns)) {
    activities += 1
    const account = accounts.get(row.text('account_id'))
    if (!account) strayed.activities += 1
    const activity = activityOf(row)
    if (activity === null) continue
    account?.activities.push(activity)
    days.add(activity.at)
  }
  if (activities === 0) throw new InvalidInputError(`${fileOf(folder, 'activities')} has no rows`)

  return {
    days: days.span(),
    followed: null,
    notes: Object.entries(strayed).flatMap(([what, count]) =>
      count > 0 ? [`${count} ${what} of accounts that are not in the files were left out.`] : [],
    ),
    followedBy: () => false,
    async *accounts() {
      for (const [id, { name, ...rows }] of accounts) yield historyOf(id, name, rows)
    },
  }
}

function fileOf(folder: string, name: string): string {
  const file = tableFile(folder, name)
  if (file === null) throw new InvalidInputError(`There is no ${name}.csv, nor ${name}.csv.gz, in ${folder}`)
  return file
}

function dealOf(row: TableRow): Past<Deal> {
  const created = row.day('created_date')
  const closed = row.day('close_date')
  const outcome = OUTCOMES[row.text('deal_status').toLowerCase()]
  if (created === null) throw row.problem('created_date', 'a value is missing')
  if (outcome === undefined)
    throw row.problem('deal_status', `${JSON.stringify(row.text('deal_status'))} is none of Open, Won, Lost`)
  if (outcome !== 'open' && closed === null)
    throw row.problem('close_date', 'a closed deal needs the day it closed')
  const amount = Number(row.text('amount'))
  return {
    id: row.text('deal_id'),
    accountId: row.text('account_id'),
    contactId: null,
    ownerId: null,
    name: row.text('deal_name') || `Deal ${row.text('deal_id')}`,
    stage: row.text('stage') || null,
    outcome,
    amount: row.text('amount') !== '' && Number.isFinite(amount) ? amount : null,
    closingDate: closed,
    probability: null,
    nextStep: null,
    pipeline: row.text('pipeline') || null,
    stageChangedAt: null,
    createdAt: noon(created),
    modifiedAt: null,
    deletedAt: null,
  }
}

/** Null for what was planned and did not take place. */
function activityOf(row: TableRow): (Past<Activity> & { at: Date }) | null {
  const day = row.day('activity_date')
  if (day === null) throw row.problem('activity_date', 'a value is missing')
  if (/^(no|false|0)$/i.test(row.text('completed'))) return null
  const other = { type: 'task' satisfies ActivityType, module: 'Tasks' } as const
  const at = noon(day)
  return {
    id: row.text('activity_id'),
    ...(TYPES[row.text('activity_type').toLowerCase()] ?? other),
    accountId: row.text('account_id'),
    dealId: null,
    contactId: null,
    ownerId: null,
    subject: row.text('subject'),
    body: null,
    at,
    completed: true,
    createdAt: at,
    deletedAt: null,
  }
}

function historyOf(id: string, name: string, rows: Rows): AccountHistory {
  const account = {
    id,
    name,
    ownerId: null,
    status: 'unknown',
    statusText: null,
    industry: null,
    annualRevenue: null,
    healthScore: null,
    renewalDate: null,
    paymentStatus: 'unknown',
    website: null,
    createdAt: null,
    modifiedAt: null,
    lastActivityAt: null,
    deletedAt: null,
  } as const
  return { account, owners: new Map(), contacts: [], changes: [], ...rows }
}

function spanOfDays() {
  let first = Infinity
  let last = -Infinity
  const dayOf = (moment: number) => new Date(moment).toISOString().slice(0, 10)
  return {
    add(moment: Date | null) {
      if (moment === null) return
      first = Math.min(first, moment.getTime())
      last = Math.max(last, moment.getTime())
    },
    span: () => (first === Infinity ? null : { first: dayOf(first), last: dayOf(last) }),
  }
}
