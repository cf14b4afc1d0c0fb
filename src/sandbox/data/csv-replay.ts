import type { AccountRow, ActivityRow, CompanyRows, DealRow } from './csv-tables.ts'
import { addDays, addMonths, daysFrom, latest } from './days.ts'
import { groupBy } from './grouping.ts'
import { hash } from './seeded.ts'

/**
 * Where on its own history each account of the files stands today. The files are one long record in which
 * nothing ever goes quiet, so each account is replayed up to a day of its own: what came after that day has not
 * happened yet. Activities move in time together and are left out, never made up.
 */
export type Replayed = {
  account: AccountRow
  deals: ReplayedDeal[]
  activities: (ActivityRow & { date: string })[]
  /** Days by which this account's dates were moved. */
  shiftDays: number
  customer: boolean
  /** A customer who is to give no reason to act. */
  healthy: boolean
  /** The next renewal of a customer; null for everyone else. */
  renewal: string | null
}

export type ReplayedDeal = DealRow & {
  created: string
  closed: string | null
  /** The day it entered its stage. */
  stageSince: string
}

/** What a replayed account is to show. */
type Scene =
  | { kind: 'healthy'; touchedDaysAgo: number }
  | { kind: 'silent'; days: number }
  | { kind: 'renewal'; touchedDaysAgo: number; inDays: number }
  | { kind: 'stalled'; days: number }
  | { kind: 'as-it-is' }

/** Activities that are contact with the customer; a note or a LinkedIn request is none. */
const TOUCHES = new Set(['Email', 'Meeting', 'Phone Call'])
const CUTS = [18, 40, 75]
const RENEWALS = [12, 28, 45, 63, 84]
const STALLS = [33, 37, 41, 50, 58]

/** @param today `YYYY-MM-DD`; the newest activity of all falls on the day before. */
export function replay(rows: CompanyRows, today: string): Replayed[] {
  const newest = latest(rows.activities.map((row) => row.activity_date))
  const shiftAll = newest === null ? 0 : daysFrom(newest, addDays(today, -1))
  const dealsOf = groupBy(rows.deals, (deal) => deal.account_id)
  const activitiesOf = groupBy(rows.activities, (activity) => activity.account_id)
  return rows.accounts.map((account) => {
    const deals = dealsOf.get(account.id) ?? []
    const activities = activitiesOf.get(account.id) ?? []
    return replayAccount({ account, deals, activities }, { shiftAll, today })
  })
}

type History = { account: AccountRow; deals: DealRow[]; activities: ActivityRow[] }

function replayAccount(history: History, { shiftAll, today }: { shiftAll: number; today: string }): Replayed {
  const { account } = history
  const customer = isCustomer(history.deals)
  const scene = chooseScene(history, customer)
  const shiftDays = shiftFor(history, { scene, shiftAll, today })
  const cut = scene.kind === 'silent' ? addDays(today, -scene.days) : addDays(today, -1)

  const activities = history.activities
    .map((activity) => ({ ...activity, date: addDays(activity.activity_date, shiftDays) }))
    .filter((activity) => activity.date <= cut)
  const deals = history.deals.map((deal) => replayDeal(deal, { scene, shiftDays, today }))
  return {
    account,
    deals,
    activities,
    shiftDays,
    customer,
    healthy: scene.kind === 'healthy',
    renewal: renewalOf(deals, { customer, scene, today }),
  }
}

/** Someone with a won deal, and no later loss of it. */
function isCustomer(deals: readonly DealRow[]): boolean {
  const decided = deals
    .filter((deal) => deal.deal_status === 'Won' || deal.stage === 'Churned')
    .sort((a, b) => (a.close_date ?? '').localeCompare(b.close_date ?? ''))
  const last = decided.at(-1)
  return last !== undefined && (last.deal_status === 'Won' || decided.some((deal) => isStanding(deal, last)))
}

// A churned self-serve trial ends that trial, not the contract that was won beside it.
function isStanding(won: DealRow, churned: DealRow): boolean {
  return won.deal_status === 'Won' && churned.pipeline === 'Self-Serve' && won.pipeline !== 'Self-Serve'
}

export function isTouch(activity: ActivityRow): boolean {
  return TOUCHES.has(activity.activity_type)
}

/** A minority is given something to act on; who it is depends on the id alone. */
function chooseScene({ account, deals, activities }: History, customer: boolean): Scene {
  const chance = hash(`scene ${account.id}`) % 100
  const turn = hash(`turn ${account.id}`)
  const take = (choices: readonly number[]) => choices[turn % choices.length] ?? 0
  if (!activities.some(isTouch)) return { kind: 'as-it-is' }

  if (deals.some((deal) => deal.deal_status === 'Open')) {
    if (chance < 12) return { kind: 'silent', days: take(CUTS) }
    return chance < 97 ? { kind: 'stalled', days: take(STALLS) } : { kind: 'as-it-is' }
  }
  if (!customer) return { kind: 'as-it-is' }
  if (chance < 25) return { kind: 'silent', days: take(CUTS) }
  const touchedDaysAgo = 1 + (turn % 8)
  if (chance < 52) return { kind: 'renewal', touchedDaysAgo, inDays: take(RENEWALS) }
  return { kind: 'healthy', touchedDaysAgo }
}

/** Customers are replayed up to the last thing that happened with them; everyone else keeps the common time. */
function shiftFor(
  { deals, activities }: History,
  { scene, shiftAll, today }: { scene: Scene; shiftAll: number; today: string },
): number {
  if (scene.kind !== 'healthy' && scene.kind !== 'renewal') return shiftAll
  const dates = [
    ...activities.map((activity) => activity.activity_date),
    ...deals.flatMap((deal) => [deal.created_date, deal.close_date ?? deal.created_date]),
  ]
  return daysFrom(latest(dates) ?? today, addDays(today, -scene.touchedDaysAgo))
}

function replayDeal(
  deal: DealRow,
  { scene, shiftDays, today }: { scene: Scene; shiftDays: number; today: string },
): ReplayedDeal {
  const created = addDays(deal.created_date, shiftDays)
  const closed = deal.close_date === null ? null : addDays(deal.close_date, shiftDays)
  if (deal.deal_status !== 'Open') return { ...deal, created, closed, stageSince: closed ?? created }
  const moved = addDays(
    today,
    -(scene.kind === 'stalled' ? scene.days : 3 + (hash(`moved ${deal.deal_id}`) % 18)),
  )
  return { ...deal, created, closed: null, stageSince: latest([moved, created]) ?? created }
}

/** A year after the last contract began, rolled forward; some contracts end on another day of the year. */
function renewalOf(
  deals: readonly ReplayedDeal[],
  { customer, scene, today }: { customer: boolean; scene: Scene; today: string },
): string | null {
  if (!customer) return null
  if (scene.kind === 'renewal') return addDays(today, scene.inDays)
  const won = deals.flatMap((deal) =>
    deal.deal_status === 'Won' && deal.closed !== null ? [deal.closed] : [],
  )
  const last = won.sort().at(-1)
  if (last === undefined) return null
  for (let months = 12; ; months += 12) {
    const renewal = addMonths(last, months)
    if (renewal < today) continue
    // Multi-year contracts: a healthy customer is not also one whose renewal happens to be near.
    if (scene.kind === 'healthy' && daysFrom(today, renewal) <= 100) continue
    return renewal
  }
}
