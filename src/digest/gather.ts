import { DateTime } from 'luxon'
import { type ActivityType, isTouch } from '../model/account.ts'
import type { Module } from '../model/field.ts'
import type { Owner } from '../model/owner.ts'
import type { Db } from '../store/db.ts'
import { firstDigestsOf, lastDigest } from '../store/digests.ts'
import { accountFacts } from '../store/mirror.ts'
import { cardKey, messagePosition } from '../store/outbox.ts'
import { accountNames, answersFor, coveredBy, type OwnedAccount, waitingFor } from '../store/portfolio.ts'
import {
  pendingApprovalOf,
  type RecommendationRow,
  recommendationsOfAccounts,
} from '../store/recommendations.ts'
import { lastReviewAt, latestReviews, standingBefore } from '../store/reviews.ts'
import { setting } from '../store/settings.ts'
import type { WaitingApproval } from './approvals-view.ts'
import type { Brief } from './brief-view.ts'
import type { DigestFacts } from './compose.ts'
import { decidedRows } from './decided.ts'
import type { Home, SuggestionRow } from './home-view.ts'
import { movedItems } from './moved.ts'
import { overviewOf, type Waiting } from './overview.ts'
import type { Portfolio } from './portfolio-view.ts'
import type { TeamDigest } from './team-view.ts'

/** Reads from the store what each view says. Nothing here decides; nothing here writes. */
export type GatherTools = {
  db: Db
  /** The page of a record in the CRM; null where it has none. */
  recordUrl: (module: Module, id: string) => string | null
  /** Permalink of a message. */
  permalink: (position: { channel: string; ts: string }) => string
  /** Local time, `HH:MM`, of the digests of people who chose none. */
  digestTime: string
}

type Reader = { zone: string; now: Date }

const DAY = 24 * 3_600_000
const RECENT_DAYS = 30

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
  const overview = await overviewOf(db, await coveredBy(db, owner), { zone: owner.zone, now })
  const names = await accountNames(
    db,
    picked.map((row) => row.accountId),
  )
  return {
    id,
    owner,
    now,
    needing: unmuted(overview.needing, owner),
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

export async function homeFacts(tools: GatherTools, owner: Owner, now: Date): Promise<Home> {
  const { db } = tools
  const reader = { zone: owner.zone, now }
  const overview = await overviewOf(db, await coveredBy(db, owner), reader)
  const names = new Map(overview.owned.map(({ id, name }) => [id, name]))
  const waiting = await waitingFor(db, await answersFor(db, owner))
  const own = waiting.filter(({ approval }) => approval.askedOwnerId === owner.id)
  const reports = waiting.filter(({ approval }) => approval.askedOwnerId !== owner.id)
  const muted = new Set(owner.preferences.mutedAccountIds)
  return {
    owner,
    now,
    asOf: overview.asOf,
    degraded: overview.degraded,
    lastRunAt: await lastReviewAt(db, [owner.id]),
    nextDigestAt: await nextDigestAt(tools, owner, now),
    digestTime: owner.preferences.digestTime ?? tools.digestTime,
    digestSkipped: await wasSkipped(db, owner, now),
    analysed: overview.analysed,
    skipped: overview.skipped,
    waiting: own.map(waitingRow),
    reportsWaiting: reports.map((each) => ({ ...waitingRow(each), askedName: each.askedName ?? 'a report' })),
    suggestions: overview.open
      .filter(({ accountId }) => !muted.has(accountId))
      .map(({ id, accountId, title, confidence }) => ({
        recommendationId: id,
        accountName: names.get(accountId) ?? 'An account',
        title,
        expiresAt: null,
        confidence,
      })),
    decided: await decidedRows(db, owner, tools.permalink),
    standings: overview.standings,
    owned: overview.owned.length,
    needing: unmuted(overview.needing, owner),
    mutedAccounts: [...(await accountNames(db, [...muted]))].map(([id, name]) => ({ id, name })),
    writesStopped: (await setting(db, 'writes_stopped')) ? 'by an admin' : null,
  }
}

function waitingRow({ approval, recommendation, accountName }: Waiting): SuggestionRow {
  return {
    recommendationId: recommendation.id,
    accountName,
    title: recommendation.title,
    expiresAt: approval.expiresAt,
    confidence: recommendation.confidence,
  }
}

/** What somebody muted does not need them. */
function unmuted(needing: ReadonlySet<string>, { preferences }: Pick<Owner, 'preferences'>): number {
  const muted = new Set(preferences.mutedAccountIds)
  return [...needing].filter((id) => !muted.has(id)).length
}

/** Today's digest was left out, because its hour had long passed when it could be sent. */
async function wasSkipped(db: Db, { id, zone }: Owner, now: Date): Promise<boolean> {
  const last = await lastDigest(db, id)
  return last?.state === 'late' && last.localDate === DateTime.fromJSDate(now, { zone }).toISODate()
}

/** The next time their digest is due, if something needs them; null while paused. */
export async function nextDigestAt(
  { db, digestTime: companyTime }: Pick<GatherTools, 'db' | 'digestTime'>,
  owner: Owner,
  now: Date,
): Promise<Date | null> {
  const { digestTime, digestDays, pausedUntil } = owner.preferences
  const [hour = 0, minute = 0] = (digestTime ?? companyTime).split(':').map(Number)
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

/** @param whose `self` when it is the reader's own portfolio. */
export async function portfolioFacts(
  { db }: GatherTools,
  whose: {
    title: string
    ownerIds: readonly string[]
    self?: Pick<Owner, 'role' | 'preferences'> | undefined
  },
  reader: Reader,
): Promise<Portfolio> {
  const overview = await overviewOf(db, whose.ownerIds, reader)
  const { owned, needing, standings, moved, upcoming, analysed, skipped, asOf, degraded } = overview
  return {
    title: whose.title,
    standings,
    needing: whose.self ? unmuted(needing, whose.self) : needing.size,
    owned: owned.length,
    ownRole: whose.self?.role ?? null,
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

const TOUCH_WORDS: Record<ActivityType, string> = {
  meeting: 'meeting',
  call: 'call',
  email: 'e-mail',
  task: 'task',
  note: 'note',
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
  const touches = facts.activities.filter((activity) => isTouch(activity, reader.now))
  const [touch] = touches
  const recently = new Date(reader.now.getTime() - RECENT_DAYS * DAY)
  const changes = facts.changes.filter(({ at }) => at >= recently)
  const names = new Map([[accountId, facts.account.name]])
  const suggestions = await recommendationsOfAccounts(db, [accountId], ['open', 'shown'])
  return {
    account: facts.account,
    ownerName: facts.owner?.name ?? null,
    standing: review?.standing ?? null,
    healthBefore: before && { score: before.standing.health, at: before.at },
    lastTouch: touch?.at ? { label: `${TOUCH_WORDS[touch.type]} “${touch.subject}”`, at: touch.at } : null,
    recentTouches: touches.filter(({ at }) => at !== null && at >= recently).length,
    whatChanged: movedItems(changes, names, reader).map(({ text, at }) => ({ text, at })),
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
  const firstDigests = await firstDigestsOf(db, ids)
  const { needing, waiting, moved, upcoming, analysed, skipped, asOf, degraded, owned } = overview
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
        firstDigestAt: firstDigests.get(id) ?? null,
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
