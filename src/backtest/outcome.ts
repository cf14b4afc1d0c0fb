import { type AccountStatus, accountStatusOf } from '../model/account.ts'
import { type AccountHistory, endOf } from './history.ts'

/** What became of an account in the horizon: bad when no deal was won and nothing at all was done with it. */
export type Outcome = {
  bad: boolean
  lost: boolean
  churned: boolean
}

const LEFT: ReadonlySet<AccountStatus> = new Set(['closed', 'inactive'])

/** @param from known until then; @param until the horizon's last moment */
export function outcomeOf(history: AccountHistory, { from, until }: { from: Date; until: Date }): Outcome {
  const within = (moment: Date | null) => moment !== null && moment > from && moment <= until
  const ended = history.deals.filter((deal) => deal.deletedAt === null && within(endOf(deal)))
  const won = ended.some(({ outcome }) => outcome === 'won')
  const active = history.activities.some(
    ({ at, completed, deletedAt }) => completed !== false && deletedAt === null && within(at),
  )
  return {
    bad: !won && !active,
    lost: ended.some(({ outcome }) => outcome === 'lost'),
    churned:
      ended.some(({ outcome, stage }) => outcome === 'lost' && /churn/i.test(stage ?? '')) ||
      history.changes.some(
        ({ field, recordId, new: status, at }) =>
          field === 'status' &&
          recordId === history.account.id &&
          within(at) &&
          LEFT.has(accountStatusOf(status)),
      ),
  }
}
