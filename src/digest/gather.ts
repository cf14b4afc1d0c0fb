import { DateTime } from 'luxon'
import { isTouch } from '../model/account.ts'
import { cardState } from '../model/approval.ts'
import type { Module } from '../model/field.ts'
import type { Owner } from '../model/owner.ts'
import type { Db } from '../store/db.ts'
import { lastDigest } from '../store/digests.ts'
import { accountFacts } from '../store/mirror.ts'
import { undoOperationOf } from '../store/operations.ts'
import { cardKey, messagePosition } from '../store/outbox.ts'
import {
  accountNames,
  changesSince,
  datesBetween,
  lastDecided,
  type OwnedAccount,
  ownedAccounts,
  waitingFor,
} from '../store/portfolio.ts'
import {
  openRecommendations,
  pendingApprovalOf,
  type RecommendationRow,
  recommendationsOfAccounts,
} from '../store/recommendations.ts'
import { lastReviewAt, latestReviews, standingBefore, standingsOf } from '../store/reviews.ts'
import { setting } from '../store/settings.ts'
import { mirrorAsOf, syncStates } from '../store/sync-state.ts'
import type { WaitingApproval } from './approvals-view.ts'
import type { Brief } from './brief-view.ts'
import type { DigestFacts, Upcoming } from './compose.ts'
import type { DecidedRow, Home } from './home-view.ts'
import { type Moved, movedItems } from './moved.ts'
import type { Portfolio } from './portfolio-view.ts'
import type { TeamDigest } from './team-view.ts'

/** Reads from the store what each view says. Nothing here decides; nothing here writes. */
export type GatherTools = {
  db: Db
  /** The page of a record in the CRM; null where it has none. */
  recordUrl: (module: Module, id: string) => string | null
  /** Permalink of a message. */
  permalink: (position: { channel: string; ts: string }) => string
}

type Reader = { zone: string; now: Date }

const DAY = 24 * 3_600_000
const COMING_UP_DAYS = 7

/** @param picked what the digest shows as cards, best first. */
export async function digestFacts(
  { db, recordUrl }: GatherTools,
  owner: Owner,
  digest: {
    id: string
    picked: readonly RecommendationRow[]
    others: number
    stillWaiting: number
    now: Date
  },
): Promise<DigestFacts> {
  const { now, picked, others, stillWaiting, id } = digest
  const overview = await overviewOf(db, [owner.id], { zone: owner.zone, now })
  const names = await accountNames(
    db,
    picked.map((row) => row.accountId),
  )
  return {
    id,
    owner,
    now,
    others,
    stillWaiting,
    standings: overview.standings,
    candidates: picked.map((recommendation) => ({
      accountName: names.get(recommendation.accountId) ?? 'An account',
      accountUrl: recordUrl('Accounts', recommendation.accountId),
      recommendation,
    })),
    moved: overview.moved,
    upcoming: overview.upcoming,
    analysed: overview.analysed,
    skipped: overview.skipped,
    asOf: overview.asOf,
    degraded: overview.degraded,
  }
}

/** What is true of some people's accounts, whoever reads it. */
async function overviewOf(db: Db, ownerIds: readonly string[], reader: Reader) {
  const owned = await ownedAccounts(db, ownerIds)
  const standings = (await standingsOf(db, ownerIds)).map(({ standing }) => standing)
  const since = new Date(reader.now.getTime() - DAY)
  const changed = await changesSince(
    db,
    owned.map(({ id }) => id),
    since,
  )
  const moved: Moved[] = movedItems(changed, new Map(owned.map(({ id, name }) => [id, name])), reader)
  const unreviewed = owned.length - standings.length
  return {
    owned,
    standings,
    moved,
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

export async function homeFacts(tools: GatherTools, owner: Owner, now: Date): Promise<Home> {
  const { db } = tools
  const reader = { zone: owner.zone, now }
  const overview = await overviewOf(db, [owner.id], reader)
  const names = new Map(overview.owned.map(({ id, name }) => [id, name]))
  const waiting = await waitingFor(db, [owner.id])
  const open = await openRecommendations(db, { ownerIds: [owner.id] })
  const muted = new Set(owner.preferences.mutedAccountIds)
  return {
    owner,
    now,
    asOf: overview.asOf,
    degraded: overview.degraded,
    lastRunAt: await lastReviewAt(db, [owner.id]),
    nextDigestAt: await nextDigestAt(db, owner, now),
    analysed: overview.analysed,
    skipped: overview.skipped,
    waiting: waiting.map(({ approval, recommendation, accountName }) => ({
      recommendationId: recommendation.id,
      accountName,
      title: recommendation.title,
      expiresAt: approval.expiresAt,
      confidence: recommendation.confidence,
    })),
    suggestions: open
      .filter(({ accountId }) => !muted.has(accountId))
      .map(({ id, accountId, title, confidence }) => ({
        recommendationId: id,
        accountName: names.get(accountId) ?? 'An account',
        title,
        expiresAt: null,
        confidence,
      })),
    decided: await decidedRows(tools, owner),
    standings: overview.standings,
    mutedAccounts: [...(await accountNames(db, [...muted]))].map(([id, name]) => ({ id, name })),
    writesStopped: (await setting(db, 'writes_stopped')) ? 'by an admin' : null,
  }
}

const OUTCOME = {
  pending: 'waiting',
  processing: 'approved, being written',
  done: 'approved and written to Zoho',
  failed: 'approved, but Zoho refused it',
  unknown: 'approved, outcome being checked',
  rejected: 'rejected',
  stale: 'not written: the CRM had changed',
  expired: 'expired, nothing written',
  superseded: 'replaced by a newer one',
  withdrawn: 'taken back',
  undone: 'undone',
} as const

const DECIDED = 5

async function decidedRows({ db, permalink }: GatherTools, owner: Owner): Promise<DecidedRow[]> {
  const rows: DecidedRow[] = []
  for (const { approval, title, accountName, operation } of await lastDecided(db, [owner.id], DECIDED)) {
    const position = await messagePosition(db, cardKey(approval.id))
    const undo = await undoOperationOf(db, approval.id)
    rows.push({
      accountName,
      title,
      outcome: OUTCOME[cardState(approval.state, operation?.state ?? null, undo?.state ?? null)],
      at: approval.decidedAt ?? approval.openedAt,
      url: position ? permalink(position) : null,
    })
  }
  return rows
}

/** The next time their digest is due, if something needs them; null while paused. */
export async function nextDigestAt(db: Db, owner: Owner, now: Date): Promise<Date | null> {
  const { digestTime, digestDays, pausedUntil } = owner.preferences
  const [hour = 6, minute = 0] = digestTime.split(':').map(Number)
  const last = await lastDigest(db, owner.id)
  const begin = pausedUntil && new Date(pausedUntil) > now ? new Date(pausedUntil) : now
  const today = DateTime.fromJSDate(begin, { zone: owner.zone })
  for (let ahead = 0; ahead <= 14; ahead += 1) {
    const due = today.plus({ days: ahead }).set({ hour, minute, second: 0, millisecond: 0 })
    const had = last?.localDate === due.toISODate()
    if (due.toJSDate() > begin && !had && digestDays.includes(due.weekday)) return due.toJSDate()
  }
  return null
}

export async function portfolioFacts(
  { db }: GatherTools,
  whose: { title: string; ownerIds: readonly string[] },
  reader: Reader,
): Promise<Portfolio> {
  const overview = await overviewOf(db, whose.ownerIds, reader)
  const { owned, standings, moved, upcoming, analysed, skipped, asOf, degraded } = overview
  return {
    title: whose.title,
    standings,
    ownerNames: whose.ownerIds.length > 1 ? ownerNames(owned) : null,
    moved,
    upcoming,
    analysed,
    skipped,
    asOf,
    degraded,
    ...reader,
  }
}

function ownerNames(owned: readonly OwnedAccount[]): Map<string, string> {
  return new Map(owned.map(({ id, ownerName }) => [id, ownerName ?? 'nobody']))
}

/** Null for an account that the mirror does not have. */
export async function briefFacts(
  { db, recordUrl, permalink }: GatherTools,
  accountId: string,
  reader: Reader,
): Promise<Brief | null> {
  const facts = await accountFacts(db, accountId, reader.now)
  if (!facts) return null
  const review = (await latestReviews(db, [accountId])).get(accountId)
  const before = review
    ? await standingBefore(db, accountId, new Date(review.startedAt.getTime() - DAY / 2))
    : null
  const [touch] = facts.activities.filter((activity) => isTouch(activity, reader.now))
  const names = new Map([[accountId, facts.account.name]])
  const suggestions = await recommendationsOfAccounts(db, [accountId], ['open', 'shown'])
  return {
    account: facts.account,
    ownerName: facts.owner?.name ?? null,
    standing: review?.standing ?? null,
    healthBefore: before && { score: before.standing.health, at: before.at },
    lastTouch: touch?.at ? { label: touch.subject, at: touch.at } : null,
    whatChanged: movedItems(facts.changes, names, reader).map(({ text, at }) => ({ text, at })),
    recommendations: await Promise.all(
      suggestions.map(async ({ id, title, state }) => {
        const approvalId = state === 'shown' ? await pendingApprovalOf(db, id) : null
        const position = approvalId ? await messagePosition(db, cardKey(approvalId)) : null
        return { id, title, state, cardUrl: position ? permalink(position) : null }
      }),
    ),
    url: recordUrl('Accounts', accountId),
    asOf: facts.asOf,
    degraded: review?.degraded ?? facts.missing,
    ...reader,
  }
}

/** What waits for someone to decide, their reports' included when they are a manager. */
export async function waitingApprovals(
  db: Db,
  reader: Pick<Owner, 'id'>,
  ownerIds: readonly string[],
): Promise<WaitingApproval[]> {
  return (await waitingFor(db, ownerIds)).map(({ approval, recommendation, accountName, askedName }) => ({
    recommendationId: recommendation.id,
    ref: `${approval.id}:${approval.version}`,
    accountName,
    title: recommendation.title,
    actionClass: approval.actionClass,
    requiredDeciders: approval.requiredDeciders,
    confidence: recommendation.confidence.score,
    expiresAt: approval.expiresAt,
    askedName: approval.askedOwnerId === reader.id ? null : askedName,
  }))
}

export async function teamFacts(
  { db }: GatherTools,
  team: {
    id: string
    name: string
    owners: readonly { id: string; name: string; homeSeenAt: Date | null }[]
  },
  reader: Reader,
): Promise<TeamDigest> {
  const ids = team.owners.map(({ id }) => id)
  const overview = await overviewOf(db, ids, reader)
  const names = ownerNames(overview.owned)
  const open = await openRecommendations(db, { ownerIds: ids })
  const waiting = await waitingFor(db, ids)
  const needing = new Set(
    [...open, ...waiting.map(({ recommendation }) => recommendation)].map(({ accountId }) => accountId),
  )
  const { moved, upcoming, analysed, skipped, asOf, degraded, owned } = overview
  return {
    id: team.id,
    team: team.name,
    owners: team.owners.map(({ id, name, homeSeenAt }) => {
      const theirs = owned.filter(({ ownerId }) => ownerId === id)
      return {
        name,
        accounts: theirs.length,
        needing: theirs.filter((account) => needing.has(account.id)).length,
        waiting: waiting.filter(({ approval }) => approval.askedOwnerId === id).length,
        lookedAt: homeSeenAt,
      }
    }),
    attention: overview.standings
      .filter(({ accountId }) => needing.has(accountId))
      .toSorted((a, b) => b.priority - a.priority)
      .map(({ accountId, name, risk, signals }) => ({
        accountId,
        name,
        ownerName: names.get(accountId) ?? null,
        risk: risk.level,
        signals,
      })),
    moved,
    upcoming,
    analysed,
    skipped,
    asOf,
    degraded,
    ...reader,
  }
}
