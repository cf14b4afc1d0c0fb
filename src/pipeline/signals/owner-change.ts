import { dayInWords, daysBetween } from '../../recommendations/calendar.ts'
import { count, line } from '../../recommendations/text.ts'
import { accountEvidence } from '../evidence.ts'
import { isWatched, touches, zoneOf } from '../facts.ts'
import { newestChange } from './moves.ts'
import { type Detector, onAccount } from './signal.ts'

const WINDOW_DAYS = 30

/** High until somebody has been in contact since; after that it is only worth knowing. */
export const ownerChange: Detector = (facts, now) => {
  const change = newestChange(facts, now, { module: 'Accounts', field: 'owner', days: WINDOW_DAYS })
  if (!change || !isWatched(facts)) return []
  const days = daysBetween(change.at, now)
  const greeted = touches(facts, now).some(({ at }) => at > change.at)
  const to = facts.owner ? ` to ${line(facts.owner.name, 60)}` : ''
  const when = days === 0 ? 'today' : `${count(days, 'day')} ago, on ${dayInWords(change.at, zoneOf(facts))}`
  return [
    onAccount('owner_change', greeted ? 'info' : 'high', facts.account, {
      reason: `The account passed${to} ${when}${greeted ? '' : ', and there has been no contact since'}.`,
      evidence: [accountEvidence(facts.account, 'ownerId', change.at)],
      value: days,
    }),
  ]
}
