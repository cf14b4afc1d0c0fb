import type { ExecutiveAlignment } from '../../model/pattern.ts'
import { count, line } from '../../recommendations/text.ts'
import { contactEvidence } from '../evidence.ts'
import { executivesOf } from './executives.ts'
import { MOST_CITED, type Seen } from './pattern.ts'

const WITHIN_DAYS = 180
const ALIGNED = 0.5

/** How many of the executives we know were in contact in half a year. */
export function executiveAlignment({ facts, touched }: Seen): ExecutiveAlignment {
  if (!facts.contacts.some(({ title }) => title?.trim())) {
    return { state: 'not measured', reason: 'No contact has a title on record.' }
  }
  const executives = [...new Map(executivesOf(facts.contacts).map((each) => [each.id, each])).values()]
  if (executives.length === 0)
    return { state: 'none', share: 0, reason: 'No executive among the contacts.', evidence: [] }
  const recent = touched.filter(({ daysAgo }) => daysAgo < WITHIN_DAYS)
  if (recent.length > 0 && recent.every(({ contactId }) => contactId === null)) {
    return { state: 'not measured', reason: 'No recent activity names the contact it was with.' }
  }
  const met = new Set(recent.map(({ contactId }) => contactId))
  const inTouch = executives.filter(({ id }) => met.has(id))
  const share = inTouch.length / executives.length
  const names = inTouch.slice(0, 2).map(({ name }) => line(name, 40))
  const who = names.length > 0 ? `: ${names.join(', ')}${inTouch.length > 2 ? ' and others' : ''}` : ''
  return {
    state: inTouch.length === 0 ? 'none' : share >= ALIGNED ? 'aligned' : 'partly',
    share,
    reason: `${inTouch.length} of ${count(executives.length, 'executive')} in contact within half a year${who}.`,
    evidence: (inTouch.length > 0 ? inTouch : executives).slice(0, MOST_CITED).map(contactEvidence),
  }
}
