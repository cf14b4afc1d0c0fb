import { createHash } from 'node:crypto'
import { NO_ANSWER_WORDS, type NoAnswer } from '../model/answer.ts'
import type { FieldMap } from '../model/field.ts'
import type {
  AccountStanding,
  History,
  PastRecommendation,
  Refusal,
  ReviewedDraft,
  ReviewTrigger,
  Snapshot,
} from '../model/review.ts'
import { localDate } from '../recommendations/calendar.ts'
import { newId } from '../store/clock.ts'
import { type Db, transaction } from '../store/db.ts'
import { accountFactsOf } from '../store/mirror.ts'
import { markHomeStale } from '../store/owners.ts'
import {
  acceptanceOf,
  askedOf,
  dropOpen,
  insertRecommendations,
  pastRecommendations,
  suppressedKinds,
} from '../store/recommendations.ts'
import { markOvertaken } from '../store/returning.ts'
import { keepReviews, latestReviews, type NewReview } from '../store/reviews.ts'
import type { ReviewStages } from '../store/schema.ts'
import { setting } from '../store/settings.ts'
import { type AuthorTools, author } from './author.ts'
import { comply } from './compliance.ts'
import type { AccountFacts } from './facts.ts'
import { remember } from './memory-analyst.ts'
import { patternsToTell } from './patterns/tell.ts'
import { scout } from './scout.ts'

/**
 * One review of one account: scout → remember → author → comply, then one transaction that stores what came of
 * it. The stages are pure; this file feeds them from the store.
 */
export type ReviewTools = {
  db: Db
  teamId: string
  /** The fields this CRM really has. */
  fields: () => FieldMap
  /** A model that writes; null: the rules do. */
  author: AuthorTools | null
}

export type Reviewed = {
  accountId: string
  reviewId: string
  /** Nothing had changed, so the last review stands. */
  unchanged: boolean
  recommendationIds: string[]
}

export type ReviewRequest = {
  trigger: ReviewTrigger
  /**
   * The row that stands for it already, when a person asked for this one account. It stays unfinished: whoever
   * answers that person finishes it together with the answer.
   */
  reviewId?: string
  /** Called as each stage of each account begins. */
  onStage?: (stage: Stage) => Promise<void>
}

export type Stage = 'scouting' | 'remembering' | 'authoring' | 'complying'

/** A model is waited for, and a batch should not take as long as all its questions together. */
const AT_ONCE = 5

/** Accounts read at once: one query per table for all of them. */
export const BATCH = 50

export async function reviewAccounts(
  tools: ReviewTools,
  accountIds: readonly string[],
  request: ReviewRequest,
): Promise<Reviewed[]> {
  const reviewed: Reviewed[] = []
  for (let start = 0; start < accountIds.length; start += BATCH) {
    reviewed.push(...(await reviewBatch(tools, accountIds.slice(start, start + BATCH), request)))
  }
  return reviewed
}

async function reviewBatch(
  tools: ReviewTools,
  accountIds: readonly string[],
  request: ReviewRequest,
): Promise<Reviewed[]> {
  const { db } = tools
  const now = new Date()
  const allFacts = await accountFactsOf(db, accountIds, now)
  const latest = await latestReviews(db, accountIds)
  const crm = await setting(db, 'crm_fields')
  const review = async (facts: AccountFacts): Promise<Result> => {
    const known = await knownAbout(db, facts)
    const inputHash = hashOf([facts, known, localDate(now, facts.owner?.zone ?? 'UTC')])
    const last = latest.get(facts.account.id)
    const unchanged = last?.inputHash === inputHash && request.trigger !== 'request'
    return unchanged
      ? { facts, inputHash, sameAs: last.sameAs ?? last.id, standing: last.standing }
      : analyse({ facts, known, inputHash, picklists: crm?.picklists ?? {} }, tools, request, now)
  }
  const results: Result[] = []
  for (let from = 0; from < allFacts.length; from += AT_ONCE) {
    results.push(...(await Promise.all(allFacts.slice(from, from + AT_ONCE).map(review))))
  }
  return storeResults(tools, results, request)
}

/** What we remember of the account's recommendations. */
async function knownAbout(db: Db, { account }: AccountFacts) {
  return {
    past: await pastRecommendations(db, account.id),
    suppressed: await suppressedKinds(db, account.id),
    asked: await askedOf(db, account.id),
    acceptance: account.ownerId ? await acceptanceOf(db, account.ownerId) : {},
  }
}

type Known = { past: PastRecommendation[] } & Awaited<ReturnType<typeof knownAbout>>
type Analysis = {
  snapshot: Snapshot
  history: History
  stages: ReviewStages
  recommendations: ReviewedDraft[]
  refusals: Refusal[]
  /** What a card shows and this review would ask differently. */
  overtaken: string[]
  /** Why the rules wrote it although a model was to. */
  without: NoAnswer | null
}
type Result = { facts: AccountFacts; inputHash: string } & (
  | ({ sameAs?: never } & Analysis)
  | { sameAs: string; standing: AccountStanding | null }
)

async function analyse(
  input: { facts: AccountFacts; known: Known; inputHash: string; picklists: Record<string, string[]> },
  tools: ReviewTools,
  { onStage, reviewId }: ReviewRequest,
  now: Date,
): Promise<Result> {
  const { facts, known, inputHash, picklists } = input
  const stages: ReviewStages = {}
  const stage = async <T>(name: Stage, work: () => T | Promise<T>): Promise<T> => {
    await onStage?.(name)
    const started = performance.now()
    const output = await work()
    stages[name] = { startedAt: new Date().toISOString(), tookMs: Math.round(performance.now() - started) }
    return output
  }
  const snapshot = await stage('scouting', () => scout(facts, now))
  const history = await stage('remembering', () => remember({ facts, ...known }, now))
  const { drafts, without } = await stage('authoring', () =>
    author({ snapshot, history, reviewId: reviewId ?? null }, tools.author, now),
  )
  const open = known.asked.map(({ key }) => key)
  const shown = new Map(known.asked.flatMap(({ key, change }) => (change ? [[key, change] as const] : [])))
  const { overtaken: keys, ...complied } = await stage('complying', () =>
    comply(drafts, { snapshot, history, fields: tools.fields(), picklists, open, shown, now }),
  )
  const overtaken = known.asked.filter(({ key }) => keys.includes(key)).map(({ id }) => id)
  return { facts, inputHash, snapshot, history, stages, ...complied, overtaken, without }
}

/** A review and what it proposes appear together; the App Home of the account's owner follows. */
async function storeResults(
  { db, teamId }: ReviewTools,
  results: readonly Result[],
  { trigger, reviewId }: ReviewRequest,
): Promise<Reviewed[]> {
  return transaction(db, async (tx) => {
    const rows: NewReview[] = []
    const reviewed: Reviewed[] = []
    for (const result of results) {
      const { id: accountId, ownerId } = result.facts.account
      const row = {
        id: reviewId ?? newId(),
        accountId,
        ownerId,
        trigger,
        inputHash: result.inputHash,
        finishedAt: reviewId ? null : new Date(),
      }
      if (result.sameAs !== undefined) {
        rows.push({ ...row, state: 'completed', sameAs: result.sameAs, standing: result.standing })
        reviewed.push({ accountId, reviewId: row.id, unchanged: true, recommendationIds: [] })
        continue
      }
      const { snapshot, history, stages, recommendations, refusals, overtaken, without } = result
      const note = without && NO_ANSWER_WORDS[without]
      rows.push({
        ...row,
        state: recommendations.length > 0 ? 'awaiting_approval' : 'completed',
        stages,
        refusals,
        standing: standingOf(snapshot, history),
        degraded: [
          ...snapshot.missing,
          ...(note ? [`suggestions by Claude, because ${note} (rules wrote them)`] : []),
        ],
      })
      const keep = recommendations.map((recommendation) => recommendation.dedupeKey)
      await dropOpen(tx, accountId, keep, 'a newer review no longer proposes it')
      await markOvertaken(tx, overtaken)
      const recommendationIds = await insertRecommendations(
        tx,
        { id: row.id, teamId, accountId, ownerId, authorNote: note },
        recommendations,
      )
      reviewed.push({ accountId, reviewId: row.id, unchanged: false, recommendationIds })
    }
    await keepReviews(tx, rows)
    await markHomeStale(tx, [...new Set(rows.flatMap((row) => row.ownerId ?? []))])
    return reviewed
  })
}

function standingOf(snapshot: Snapshot, history: History): AccountStanding {
  const { account, risk, health, priority, signals } = snapshot
  return {
    accountId: account.id,
    name: account.name,
    risk,
    health: health.score,
    priority,
    signals,
    severity: signals[0]?.severity ?? null,
    patterns: patternsToTell(history),
  }
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}
