import { type Activity, isTouch } from '../model/account.ts'
import { type Clock, dayBegan } from '../recommendations/calendar.ts'

/** Contact that is about trouble says nothing good about the relation, however much of it there is. */

const COMPLAINT =
  /\b(outages?|downtime|incidents?|complain\w*|frustrat\w*|disappoint\w*|unacceptable|unhappy|dissatisfied|root cause|refund|stopped working|cancel(ling|lation)?)\b/i
/** Of an open task also: what somebody thought worth these words is not settled. */
const PRESSING = /\b(critical|urgent|escalat\w*|outages?)\b/i
const WITHIN_DAYS = 60
const LETTER_LENGTH = 2000

/** The newest complaint of the last 60 days, or a pressing task that is still open; null when there is none. */
export function complaintOf(
  { activities }: { activities: readonly Activity[] },
  clock: Clock,
): Activity | null {
  const since = dayBegan(WITHIN_DAYS, clock)
  return (
    activities.find((activity) => {
      if (activity.module === 'Tasks' && activity.completed === false) return PRESSING.test(activity.subject)
      const isRecent = activity.at !== null && activity.at >= since && isTouch(activity, clock.now)
      return isRecent && COMPLAINT.test(`${activity.subject} ${activity.body?.slice(0, LETTER_LENGTH) ?? ''}`)
    }) ?? null
  )
}
