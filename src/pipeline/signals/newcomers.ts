import { type Clock, dayInWords, daysSince } from '../../recommendations/calendar.ts'
import { count, line } from '../../recommendations/text.ts'
import { accountEvidence, contactEvidence } from '../evidence.ts'
import { type Detector, onAccount } from './signal.ts'

const WINDOW_DAYS = 14

export const newAccount: Detector = (facts, clock) => {
  const { account } = facts
  if (!isNew(account.createdAt, clock)) return []
  return [
    onAccount('new_account', 'info', account, {
      reason: `The account is new: created on ${dayInWords(account.createdAt, clock)}.`,
      evidence: [accountEvidence(account, 'createdAt', account.createdAt)],
      value: daysSince(account.createdAt, clock),
    }),
  ]
}

/** Contacts that came with a new account are part of it, not news. */
export const contactAdded: Detector = (facts, clock) => {
  if (facts.account.createdAt === null || isNew(facts.account.createdAt, clock)) return []
  const added = facts.contacts.filter((contact) => isNew(contact.createdAt, clock))
  if (added.length === 0) return []
  const names = added
    .slice(0, 3)
    .map(({ name }) => line(name, 40))
    .join(', ')
  return [
    onAccount('contact_added', 'info', facts.account, {
      reason: `${count(added.length, 'new contact')} in the last ${WINDOW_DAYS} days: ${names}.`,
      evidence: added.slice(0, 3).map(contactEvidence),
      value: added.length,
    }),
  ]
}

function isNew(createdAt: Date | null, clock: Clock): createdAt is Date {
  return createdAt !== null && createdAt <= clock.now && daysSince(createdAt, clock) < WINDOW_DAYS
}
