import { DateTime } from 'luxon'
import type { Module } from '../model/field.ts'
import type { AccountStanding } from '../model/review.ts'
import type { Db } from '../store/db.ts'
import {
  changesSince,
  datesBetween,
  type OwnedAccount,
  ownedAccounts,
  waitingFor,
} from '../store/portfolio.ts'
import { openRecommendations, type RecommendationRow } from '../store/recommendations.ts'
import { standingsOf } from '../store/reviews.ts'
import { setting } from '../store/settings.ts'
import { mirrorAsOf, syncStates } from '../store/sync-state.ts'
import type { Upcoming } from './compose.ts'
import { type Moved, movedItems, netChanges } from './moved.ts'

/** What is true of some people's accounts, whoever reads it: the same figures in digest, portfolio and App Home. */
export type Overview = {
  owned: OwnedAccount[]
  standings: AccountStanding[]
  open: RecommendationRow[]
  waiting: Waiting[]
  /** Accounts with a suggestion that is open or waits for a decision: the one measure of who needs somebody. */
  needing: ReadonlySet<string>
  moved: Moved[]
  upcoming: Upcoming[]
  analysed: number
  skipped: { count: number; why: string }
  asOf: Date | null
  degraded: string[]
}

export type Waiting = Awaited<ReturnType<typeof waitingFor>>[number]

type Reader = { zone: string; now: Date }

const DAY = 24 * 3_600_000
const COMING_UP_DAYS = 7

export async function overviewOf(db: Db, ownerIds: readonly string[], reader: Reader): Promise<Overview> {
  const owned = await ownedAccounts(db, ownerIds)
  const names = new Map(owned.map(({ id, name }) => [id, name]))
  const standings = (await standingsOf(db, ownerIds)).map(({ standing }) => standing)
  const since = new Date(reader.now.getTime() - DAY)
  const changed = await changesSince(db, [...names.keys()], since)
  const open = await openRecommendations(db, { ownerIds })
  const waiting = await waitingFor(db, ownerIds)
  const suggested = new Set(
    [...open, ...waiting.map(({ approval }) => approval)].map(({ accountId }) => accountId),
  )
  const unreviewed = owned.length - standings.length
  return {
    owned,
    standings,
    open,
    waiting,
    needing: new Set([...suggested].filter((id) => names.has(id))),
    moved: movedItems(netChanges(changed), names, reader),
    upcoming: await comingUp(db, ownerIds, reader),
    analysed: standings.length,
    skipped: { count: Math.max(0, unreviewed), why: unreviewed > 0 ? 'not reviewed yet' : '' },
    asOf: await mirrorAsOf(db),
    degraded: await degradedWords(db),
  }
}

async function comingUp(db: Db, ownerIds: readonly string[], { zone, now }: Reader): Promise<Upcoming[]> {
  const today = DateTime.fromJSDate(now, { zone })
  const until = today.plus({ days: COMING_UP_DAYS })
  return datesBetween(db, ownerIds, today.toISODate() ?? '', until.toISODate() ?? '')
}

const MODULE_WORDS: Record<Module, string> = {
  Accounts: 'accounts',
  Contacts: 'contacts',
  Deals: 'deals',
  Tasks: 'tasks',
  Events: 'meetings',
  Calls: 'calls',
  Notes: 'notes',
}

/** What could not be read or used lately, for a person; the errors themselves are in the status and the log. */
async function degradedWords(db: Db): Promise<string[]> {
  const failing = (await syncStates(db)).filter(({ error }) => error !== null)
  const crm = await setting(db, 'crm_fields')
  return [...failing.map(({ module }) => MODULE_WORDS[module]), ...(crm?.problems ?? [])]
}
