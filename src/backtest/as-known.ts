import { type Activity, accountStatusOf, closedAs, type Deal, PaymentStatus } from '../model/account.ts'
import type { FieldChange } from '../model/review.ts'
import type { AccountFacts } from '../pipeline/facts.ts'
import { type AccountHistory, endOf, type Past } from './history.ts'

/**
 * An account as it was known at a moment. What carries a date of its own (contact, a deal's beginning and end) is
 * taken by it; any other value is today's, so it is walked back over the moves that were kept, and where those do not
 * reach back far enough it is not known. Nothing that came later may show, not even by what is missing.
 */
export type Moment = {
  at: Date
  /** Whether every move since then was kept. */
  followed: boolean
}

/** Null when nobody knew the account yet, or no longer. */
export function asKnown(history: AccountHistory, { at, followed }: Moment): AccountFacts | null {
  const then = recall(history, { at, followed })
  if (!then.existed(history.account)) return null
  const owner = then.value(history.account.id, 'owner', history.account.ownerId) ?? null
  return {
    account: accountThen(history, then),
    owner: owner === null ? null : (history.owners.get(owner) ?? null),
    contacts: history.contacts.filter((contact) => contact.createdAt !== null && then.existed(contact)),
    deals: history.deals
      .filter((deal) => deal.createdAt !== null && then.existed(deal))
      .map((deal) => dealThen(deal, then)),
    activities: history.activities.filter((activity) => then.existed(activity) && happened(activity, at)),
    changes: history.changes.filter((change) => change.at <= at),
    asOf: at,
    missing: [],
  }
}

/** Whether a task was open then is written nowhere; that a contact took place is. */
function happened(activity: Activity, at: Date): boolean {
  return activity.at !== null && activity.at <= at && activity.completed !== false
}

type Recall = ReturnType<typeof recall>

/** How values of today are led back to a moment. */
function recall({ changes }: AccountHistory, { at, followed }: Moment) {
  const byRecord = new Map<string, FieldChange[]>()
  for (const change of changes) {
    const moves = byRecord.get(change.recordId)
    if (moves) moves.push(change)
    else byRecord.set(change.recordId, [change])
  }
  const moves = (recordId: string, field: string) =>
    (byRecord.get(recordId) ?? [])
      .filter((change) => change.field === field)
      .toSorted((a, b) => a.at.getTime() - b.at.getTime())
  return {
    at,
    followed,
    moves,
    /** Undefined when it cannot be known. */
    value(recordId: string, field: string, today: string | null): string | null | undefined {
      if (!followed) return undefined
      const next = moves(recordId, field).find((change) => change.at > at)
      const back = moves(recordId, 'record').find((change) => change.at > at && change.old === null)
      // What a record became between going and coming back was not seen as a move of its fields.
      if (back && (!next || back.at < next.at)) return undefined
      return next ? next.old : today
    },
    existed({ id, createdAt, deletedAt }: { id: string; createdAt: Date | null; deletedAt: Date | null }) {
      if (createdAt !== null && createdAt > at) return false
      const comings = moves(id, 'record')
      const next = comings.find((change) => change.at > at)
      if (next) return next.old !== null
      const last = comings.findLast((change) => change.at <= at)
      return last ? last.new !== null : deletedAt === null || deletedAt > at
    },
  }
}

function accountThen({ account }: AccountHistory, then: Recall): AccountFacts['account'] {
  const value = (field: string, today: string | null) => then.value(account.id, field, today) ?? null
  const revenue = value('annualRevenue', textOf(account.annualRevenue))
  const statusText = value('status', account.statusText)
  const payment = value('paymentStatus', account.paymentStatus)
  const { deletedAt: _, ...today } = account
  return {
    ...today,
    ownerId: value('owner', account.ownerId),
    status: statusText === account.statusText && then.followed ? account.status : accountStatusOf(statusText),
    statusText,
    annualRevenue: numberOf(revenue),
    renewalDate: value('renewalDate', account.renewalDate),
    paymentStatus: PaymentStatus.safeParse(payment).data ?? 'unknown',
    // Of these only the last value is kept.
    healthScore: null,
    modifiedAt: null,
    lastActivityAt: null,
  }
}

function dealThen({ deletedAt: _, ...deal }: Past<Deal>, then: Recall): Deal {
  return then.followed ? followedDeal(deal, then) : datedDeal(deal, then.at)
}

function followedDeal(deal: Deal, then: Recall): Deal {
  const value = (field: string, today: string | null) => then.value(deal.id, field, today) ?? null
  const stage = value('stage', deal.stage)
  const entered = then.moves(deal.id, 'stage').findLast((change) => change.at <= then.at)
  return {
    ...deal,
    ownerId: value('owner', deal.ownerId),
    stage,
    outcome: stage === deal.stage ? deal.outcome : stage === null ? 'unknown' : (closedAs(stage) ?? 'open'),
    // The column holds the last move only, which may be a later one.
    stageChangedAt: entered?.at ?? null,
    amount: numberOf(value('amount', textOf(deal.amount))),
    closingDate: value('closingDate', deal.closingDate),
    nextStep: value('nextStep', deal.nextStep),
    probability: numberOf(value('probability', textOf(deal.probability))),
    modifiedAt: null,
  }
}

/** Without moves: how it ended counts from the day it ended, and before that it was open and no more is known. */
function datedDeal(deal: Deal, at: Date): Deal {
  const endedAt = endOf(deal)
  const ended = deal.outcome === 'won' || deal.outcome === 'lost'
  if (ended && endedAt !== null && endedAt <= at)
    return { ...deal, stageChangedAt: endedAt, modifiedAt: null }
  return {
    ...deal,
    outcome: ended && endedAt === null ? 'unknown' : deal.outcome === 'unknown' ? 'unknown' : 'open',
    stage: null,
    amount: null,
    closingDate: null,
    probability: null,
    nextStep: null,
    pipeline: null,
    stageChangedAt: null,
    modifiedAt: null,
  }
}

function textOf(value: number | null): string | null {
  return value === null ? null : String(value)
}

function numberOf(text: string | null): number | null {
  return text === null || !Number.isFinite(Number(text)) ? null : Number(text)
}
