import type { Owner } from '../model/owner.ts'
import type { AccountStanding } from '../model/review.ts'
import { localDate } from '../slack/dates.ts'
import type { recommendations } from '../store/schema.ts'
import type { Moved } from './moved.ts'

/**
 * What an owner is told in the morning, and whether anything is said at all: a digest needs somebody to do
 * something. News alone waits in App Home.
 */

export const TOP = 3
const LINES = 5

export type Candidate = {
  accountName: string
  /** The account's page in the CRM. */
  accountUrl: string | null
  recommendation: Pick<
    typeof recommendations.$inferSelect,
    'id' | 'accountId' | 'title' | 'rationale' | 'priority'
  >
}

/** Something with a date that comes up: a renewal, or a deal about to close. */
export type Upcoming = {
  accountId: string
  accountName: string
  what: 'renewal' | 'closing'
  /** The deal's name; null for a renewal. */
  deal: string | null
  /** `YYYY-MM-DD`. */
  on: string
}

export type DigestFacts = {
  /** The digest row's id. */
  id: string
  owner: Pick<Owner, 'id' | 'zone' | 'preferences'>
  standings: readonly AccountStanding[]
  /** Best first; what is beyond the third counts as waiting. */
  candidates: readonly Candidate[]
  /** Accounts with a suggestion that is open or waits for a decision, muted ones left out. */
  needing: number
  /** Open suggestions of this owner that are not among the candidates. */
  others: number
  /** Cards of earlier days that nobody decided yet. */
  stillWaiting: number
  moved: readonly Moved[]
  upcoming: readonly Upcoming[]
  analysed: number
  skipped: { count: number; why: string }
  /** When the mirror last agreed with the CRM. */
  asOf: Date | null
  /** What could not be read, in words. */
  degraded: readonly string[]
  now: Date
}

export type DigestAccount = {
  accountId: string
  name: string
  url: string | null
  why: string
  /** Titles of what is proposed. */
  nextSteps: string[]
}

export type Digest = Pick<
  DigestFacts,
  'id' | 'needing' | 'stillWaiting' | 'analysed' | 'skipped' | 'asOf' | 'degraded' | 'now'
> & {
  ownerId: string
  zone: string
  localDate: string
  /** Best first, one entry per account. */
  top: DigestAccount[]
  recommendationIds: string[]
  /** Suggestions waiting beyond those on top. */
  waiting: number
  moved: Moved[]
  upcoming: Upcoming[]
}

/** Null when nothing needs this owner. */
export function composeDigest(facts: DigestFacts): Digest | null {
  const { owner, now } = facts
  const muted = new Set(owner.preferences.mutedAccountIds)
  const heard = facts.candidates.filter(({ recommendation }) => !muted.has(recommendation.accountId))
  const chosen = heard.slice(0, TOP)
  const upcoming = facts.upcoming
    .filter(({ accountId }) => !muted.has(accountId))
    .toSorted((a, b) => a.on.localeCompare(b.on) || a.accountName.localeCompare(b.accountName))
  // With so many cards waiting that none was added, there is something to decide all the same.
  const withheld = facts.stillWaiting > 0 ? facts.others : 0
  if (chosen.length === 0 && upcoming.length === 0 && withheld === 0) return null
  const top = byAccount(chosen)
  return {
    id: facts.id,
    ownerId: owner.id,
    zone: owner.zone,
    localDate: localDate(now, owner.zone),
    top,
    recommendationIds: chosen.map(({ recommendation }) => recommendation.id),
    needing: Math.max(facts.needing, top.length),
    stillWaiting: facts.stillWaiting,
    waiting: facts.others + heard.length - chosen.length,
    moved: newsworthy(facts, muted),
    upcoming: upcoming.slice(0, LINES),
    analysed: facts.analysed,
    skipped: facts.skipped,
    asOf: facts.asOf,
    degraded: facts.degraded,
    now,
  }
}

/** An account with two suggestions is one entry: people think in accounts. */
function byAccount(chosen: readonly Candidate[]): DigestAccount[] {
  const accounts = new Map<string, DigestAccount>()
  for (const { accountName, accountUrl, recommendation } of chosen) {
    const known = accounts.get(recommendation.accountId)
    if (known) known.nextSteps.push(recommendation.title)
    else {
      accounts.set(recommendation.accountId, {
        accountId: recommendation.accountId,
        name: accountName,
        url: accountUrl,
        why: recommendation.rationale[0]?.text ?? '',
        nextSteps: [recommendation.title],
      })
    }
  }
  return [...accounts.values()]
}

/** The accounts that matter most first, then the newest; one line per account and field. */
function newsworthy({ moved, standings }: DigestFacts, muted: ReadonlySet<string>): Moved[] {
  const priority = new Map(standings.map((standing) => [standing.accountId, standing.priority]))
  const rank = ({ accountId }: Moved) => priority.get(accountId) ?? 0
  const sorted = moved
    .filter(({ accountId }) => !muted.has(accountId))
    .toSorted((a, b) => rank(b) - rank(a) || b.at.getTime() - a.at.getTime())
  const latest = new Map<string, Moved>()
  for (const each of sorted) {
    const key = `${each.recordId} ${each.field}`
    if (!latest.has(key)) latest.set(key, each)
  }
  return [...latest.values()].slice(0, LINES)
}
