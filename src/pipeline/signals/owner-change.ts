import { dayInWords, daysSince } from '../../recommendations/calendar.ts'
import { count, line } from '../../recommendations/text.ts'
import { accountEvidence } from '../evidence.ts'
import { isWatched, touches } from '../facts.ts'
import { newestChange } from './moves.ts'
import { type Detector, onAccount } from './signal.ts'

const WINDOW_DAYS = 30

/** High until somebody has been in contact since; after that it is only worth knowing. */
export const ownerChange: Detector = (facts, clock) => {
  const change = newestChange(facts, clock, { module: 'Accounts', field: 'owner', days: WINDOW_DAYS })
  if (!change || !isWatched(facts)) return []
  const days = daysSince(change.at, clock)
  const greeted = touches(facts, clock.now).some(({ at }) => at > change.at)
  const to = facts.owner ? ` to ${line(facts.owner.name, 60)}` : ''
  const when = days === 0 ? 'today' : `${count(days, 'day')} ago, on ${dayInWords(change.at, clock)}`
  return [
    onAccount('owner_change', greeted ? 'info' : 'high', facts.account, {
      reason: `The account passed${to} ${when}${greeted ? '' : ', and there has been no contact since'}.`,
      evidence: [accountEvidence(facts.account, 'ownerId', change.at)],
      value: days,
    }),
  ]
}
