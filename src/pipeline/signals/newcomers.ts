import { dayInWords, daysBetween } from '../../recommendations/calendar.ts'
import { count, line } from '../../recommendations/text.ts'
import { accountEvidence, contactEvidence } from '../evidence.ts'
import { zoneOf } from '../facts.ts'
import { type Detector, onAccount } from './signal.ts'

const WINDOW_DAYS = 14

export const newAccount: Detector = (facts, now) => {
  const { account } = facts
  if (!isNew(account.createdAt, now)) return []
  return [
    onAccount('new_account', 'info', account, {
      reason: `The account is new: created on ${dayInWords(account.createdAt, zoneOf(facts))}.`,
      evidence: [accountEvidence(account, 'createdAt', account.createdAt)],
      value: daysBetween(account.createdAt, now),
    }),
  ]
}

/** Contacts that came with a new account are part of it, not news. */
export const contactAdded: Detector = (facts, now) => {
  if (facts.account.createdAt === null || isNew(facts.account.createdAt, now)) return []
  const added = facts.contacts.filter((contact) => isNew(contact.createdAt, now))
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

function isNew(createdAt: Date | null, now: Date): createdAt is Date {
  return createdAt !== null && createdAt <= now && daysBetween(createdAt, now) < WINDOW_DAYS
}
