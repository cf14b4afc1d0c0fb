import type { Deal } from '../../model/account.ts'
import type { FieldChange } from '../../model/review.ts'
import { type Clock, dayBegan } from '../../recommendations/calendar.ts'
import { type AccountFacts, openDeals } from '../facts.ts'

/** What sync saw move. A value that first appeared is no move: there was nothing to move from. */

type Wanted = { module: FieldChange['module']; field: string; days: number }

/** The newest move of a field of the account itself. */
export function newestChange(facts: AccountFacts, clock: Clock, wanted: Wanted): FieldChange | null {
  return moves(facts, clock, wanted).find((change) => change.recordId === facts.account.id) ?? null
}

/** The newest move of a field for each open deal it happened to. */
export function dealMoves(
  facts: AccountFacts,
  clock: Clock,
  wanted: Omit<Wanted, 'module'>,
): { deal: Deal; change: FieldChange & { old: string; new: string } }[] {
  const found = moves(facts, clock, { ...wanted, module: 'Deals' })
  return openDeals(facts).flatMap((deal) => {
    const change = found.find(({ recordId }) => recordId === deal.id)
    return change ? [{ deal, change }] : []
  })
}

function moves(facts: AccountFacts, clock: Clock, { module, field, days }: Wanted) {
  const since = dayBegan(days, clock)
  return facts.changes
    .filter(
      (change): change is FieldChange & { old: string; new: string } =>
        change.module === module &&
        change.field === field &&
        change.old !== null &&
        change.new !== null &&
        change.old !== change.new &&
        change.at >= since,
    )
    .toSorted((a, b) => b.at.getTime() - a.at.getTime())
}
